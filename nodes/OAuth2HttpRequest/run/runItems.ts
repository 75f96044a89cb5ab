import { NodeError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';
import { callApi } from '../../../http/call';
import { isSuccess } from '../../../http/message';
import { connect } from './connection';
import { deliver, type Delivery } from './deliver';
import { recallDeliveries, type ApiResponse } from './deliveryMemory';
import { failedCallError, responseError, toErrorJson, toNodeError } from '../errors';
import { createProgress, runHints } from './report';
import {
	batchDelayMs,
	readConcurrency,
	readResponseOptions,
	readRetryPolicy,
	type NodeOptions,
	type ResponseOptions,
} from '../request/options';
import { readParameters } from '../request/parameters';
import { readCall, toHttpCall } from '../request/readCall';
import { toItems } from '../response/toItems';
import { systemTiming } from './systemTiming';

/** Runs the node: one call for each input item, and its response as items, in input order. */
export async function runItems(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const total = context.getInputData().length;
	const node = context.getNode();
	const parameters = readParameters(context);
	const runOptions = parameters.get<NodeOptions>('options', 0, {});
	const cancelSignal = context.getExecutionCancelSignal();
	const { now, sleep } = systemTiming;
	const startedAtMs = now();
	const responseOptions = (index: number): ResponseOptions =>
		readResponseOptions(parameters.get<NodeOptions>('options', index, {}));

	const counts = { done: 0, total, retries: 0 };
	const progress = createProgress(context, now);
	const connection = await connect(context, {
		retry: readRetryPolicy(runOptions),
		reuseConnections: runOptions.reuseConnections ?? false,
		signal: cancelSignal,
		onRetry: () => {
			counts.retries++;
			progress({ ...counts, pausedMs: connection.pausedMs() });
		},
	});

	const memory = recallDeliveries(context);

	/** Calls the API for one item, and returns only with a response that is a success. */
	async function callFor(index: number, waitSignal: AbortSignal): Promise<ApiResponse> {
		const call = await toHttpCall(await readCall(context, parameters, index));
		const result = await callApi(call, connection.apiOf(call.request.url), waitSignal);
		const at = { itemIndex: index, nowMs: now(), secrets: connection.secrets() };
		if (result.kind !== 'response') throw failedCallError(node, result, at);
		if (!isSuccess(result.response.status) && !responseOptions(index).neverError) {
			throw responseError(node, result, at);
		}
		return result;
	}

	async function deliverItem(
		index: number,
		waitSignal: AbortSignal,
	): Promise<INodeExecutionData[]> {
		try {
			const known = memory.recall(index);
			if (known?.kind === 'output') return known.items;
			const waitMs = startedAtMs + batchDelayMs(runOptions, index) - now();
			if (waitMs > 0) await sleep(waitMs, waitSignal);
			const result = known?.result ?? (await callFor(index, waitSignal));
			// A stream can be read only once.
			if (!result.response.stream) memory.remember(index, { kind: 'response', result });
			const items = await toItems(context, index, result, responseOptions(index));
			memory.remember(index, { kind: 'output', items });
			return items;
		} catch (error) {
			throw toNodeError(node, error, index);
		}
	}

	const deliveries = await deliver(total, deliverItem, {
		concurrency: readConcurrency(runOptions),
		continueOnFail: context.continueOnFail(),
		cancelSignal,
		onSettled: () => {
			counts.done++;
			progress({ ...counts, pausedMs: connection.pausedMs() });
		},
	});

	// A cancelled run is ended by n8n itself; what was delivered until then stays visible.
	if (!context.continueOnFail() && !cancelSignal?.aborted) throwFirstFailure(deliveries);
	const hints = runHints(
		{ ...counts, pausedMs: connection.pausedMs() },
		{ tokenRequests: connection.tokenRequests(), isManual: context.getMode() === 'manual' },
	);
	if (hints.length > 0) context.addExecutionHints(...hints);
	const output = deliveries.flatMap(toOutput);
	memory.ended(output);
	return output;
}

/** The run fails with what failed first, and says how far it got: nothing is silently lost. */
function throwFirstFailure(deliveries: ReadonlyArray<Delivery<unknown>>): void {
	const failure = deliveries.find((delivery) => delivery.kind === 'failed');
	if (failure === undefined) return;
	const { error } = failure;
	const total = deliveries.length;
	if (total > 1 && error instanceof NodeError) {
		const delivered = deliveries.filter(({ kind }) => kind === 'delivered').length;
		const counts = `${delivered} of ${total} items were delivered, ${total - delivered} were not.`;
		error.description = [error.description, counts].filter(Boolean).join(' ');
	}
	throw error;
}

function toOutput(
	delivery: Delivery<INodeExecutionData[]>,
	index: number,
): INodeExecutionData | INodeExecutionData[] {
	switch (delivery.kind) {
		case 'delivered':
			return delivery.value;
		case 'failed':
			return { json: { error: toErrorJson(delivery.error) }, pairedItem: { item: index } };
		case 'notSent':
			return [];
	}
}
