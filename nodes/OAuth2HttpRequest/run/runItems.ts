import {
	NodeError,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
} from 'n8n-workflow';
import { systemTiming } from '../../../n8n/systemTiming';
import { isInDoubt, toErrorJson, toNodeError } from '../errors';
import type { InputError } from '../request/inputError';
import { readRunSettings, type NodeOptions, type RunSettings } from '../request/options';
import { readPaginationParameters } from '../request/pagination';
import { readParameters, type Parameters } from '../request/parameters';
import { connect } from './connection';
import { deliver, type Delivery } from './deliver';
import { recallDeliveries } from './deliveryMemory';
import { createItemDelivery } from './itemDelivery';
import { howFar, reportProgress, runHints, type RunState } from './report';

/** Runs the node: one call for each input item, and its response as items, in input order. */
export async function runItems(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const total = context.getInputData().length;
	const node = context.getNode();
	const parameters = readParameters(context);
	const { settings, error: settingsError } = settingsOfRun(parameters, total);
	const cancelSignal = context.getExecutionCancelSignal();
	const { awakeMs, sleep } = systemTiming;
	const startedAtMs = awakeMs();
	const pagination = readPaginationParameters(context);

	const counts = { done: 0, total, retries: 0, pages: 0 };
	const state = (): RunState => ({ ...counts, pausedMs: connections.pausedMs() });
	const connections = await connect(context, {
		retry: settings.retry,
		reuseConnections: settings.reuseConnections,
		providesCertificate: settings.providesCertificate,
		signal: cancelSignal,
		onRetry: () => counts.retries++,
	});

	const memory = recallDeliveries(context);
	const deliverAnew = createItemDelivery({
		context,
		parameters,
		limit: settings.limit,
		pagination,
		memory,
		onPage: () => counts.pages++,
	});
	let begun = 0;
	/** Items that failed, though the API may have acted on them. */
	const doubts = new Set<number>();
	/** What items fail with that are not sent again: the others still are. */
	const recalled = new Set<unknown>();

	/** The item fails with this rather than being sent again. */
	const rememberDoubt = (index: number, error: NodeError): void => {
		const { message, description } = error;
		memory.remember(index, { kind: 'inDoubt', error, texts: { message, description } });
	};

	async function deliverItem(
		index: number,
		waitSignal: AbortSignal,
	): Promise<INodeExecutionData[]> {
		try {
			const known = memory.recall(index);
			if (known?.kind === 'output') return known.items;
			if (known?.kind === 'inDoubt') {
				// Without what the try before has added for the whole run.
				Object.assign(known.error, known.texts);
				recalled.add(known.error);
				throw known.error;
			}
			if (settingsError !== undefined) throw settingsError;
			// Those that an earlier try has delivered take no place in a batch.
			const waitMs = startedAtMs + settings.startsAfterMs(begun++) - awakeMs();
			if (waitMs > 0) await sleep(waitMs, waitSignal);
			const connection = await connections.of(index);
			const items = await deliverAnew({ index, connection, waitSignal });
			memory.remember(index, { kind: 'output', items });
			return items;
		} catch (error) {
			const shown = toNodeError(node, error, index);
			if (isInDoubt(shown)) {
				doubts.add(index);
				// Pages are asked for rather than delivered; and what was answered can be read again.
				if (!pagination && memory.recall(index)?.kind !== 'response') rememberDoubt(index, shown);
			}
			throw shown;
		}
	}

	const endReport = reportProgress(context, state, sleep);
	const deliveries = await deliver(total, deliverItem, {
		concurrency: settings.concurrency,
		stops: (error) => !context.continueOnFail() && !recalled.has(error),
		cancelSignal,
		onSettled: () => counts.done++,
		timing: systemTiming,
	}).finally(endReport);

	// A cancelled run is ended by n8n itself.
	if (!context.continueOnFail() && !cancelSignal?.aborted) {
		throwFirstFailure(deliveries, doubts, node);
	}
	const output = deliveries.flatMap(toOutput);
	memory.ended(output);
	const hints = runHints(state(), {
		tokenRequests: connections.tokenRequests(),
		isManual: context.getMode() === 'manual',
		output,
	});
	if (hints.length > 0) context.addExecutionHints(...hints);
	return output;
}

/**
 * By the first item whose options can be read. What cannot be used is an error of each item, so that the
 * others have their say with "On Error".
 */
function settingsOfRun(
	parameters: Parameters,
	total: number,
): { settings: RunSettings; error?: InputError } {
	let options: NodeOptions = {};
	let providesCertificate = false;
	for (let index = 0; index < total; index++) {
		try {
			options = parameters.get<NodeOptions>('options', index, {});
			providesCertificate = parameters.get('provideSslCertificates', index, false);
			break;
		} catch {
			// That item fails when its own options are read.
		}
	}
	try {
		return { settings: readRunSettings(options, providesCertificate) };
	} catch (error) {
		return { settings: readRunSettings({}, providesCertificate), error: error as InputError };
	}
}

/** The run fails with what failed first, and says how far it got: nothing is silently lost. */
function throwFirstFailure(
	deliveries: ReadonlyArray<Delivery<unknown>>,
	doubts: ReadonlySet<number>,
	node: INode,
): void {
	const failure = deliveries.find((delivery) => delivery.kind === 'failed');
	if (failure === undefined) return;
	const { error } = failure;
	if (error instanceof NodeError) {
		if (deliveries.length > 1) {
			const isDelivered = deliveries.map(({ kind }) => kind === 'delivered');
			const reached = howFar(isDelivered, doubts);
			error.description = [error.description, reached].filter(Boolean).join(' ');
		}
		// Of a tool that fails, n8n hands the model the message only: it could not correct its call.
		if (node.type.endsWith('Tool')) {
			error.message = [error.message, error.description].filter(Boolean).join('. ');
		}
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
			return {
				json: { error: toErrorJson(delivery.error, index) },
				pairedItem: { item: index },
			};
		case 'notSent':
			return [];
	}
}
