import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { systemTiming } from '../../../n8n/systemTiming';
import { toErrorJson } from '../errors/toErrorJson';
import { readPaginationParameters } from '../request/pagination';
import { nodeParameters } from '../request/parameters';
import { connect } from './connection';
import { deliver, type Delivery } from './deliver';
import { createOnceDelivery } from './deliverOnce';
import { recallDeliveries } from './deliveryMemory';
import { throwFirstFailure } from './failedRun';
import { createItemDelivery } from './itemDelivery';
import { reportProgress, runHints, type RunState } from './report';
import { createResponseNotices } from './responseNotices';
import { readRunSettings } from './settings';

/** Runs the node: one call for each input item, and its response as items, in input order. */
export async function runItems(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const total = context.getInputData().length;
	const node = context.getNode();
	const parameters = nodeParameters(context);
	const { settings, error: settingsError } = readRunSettings(parameters, total);
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
	const notices = createResponseNotices();
	// Pages are asked for rather than delivered.
	const once = createOnceDelivery(node, memory, pagination === undefined);
	const deliverAnew = createItemDelivery({
		context,
		parameters,
		limit: settings.limit,
		reusesConnections: settings.reuseConnections,
		pagination,
		memory,
		notices,
		onPage: () => counts.pages++,
	});
	let begun = 0;

	async function deliverItem(
		index: number,
		waitSignal: AbortSignal,
	): Promise<INodeExecutionData[]> {
		return await once.deliver(index, async () => {
			if (settingsError !== undefined) throw settingsError;
			// Those that an earlier try has delivered take no place in a batch.
			const waitMs = startedAtMs + settings.startsAfterMs(begun++) - awakeMs();
			if (waitMs > 0) await sleep(waitMs, waitSignal);
			const connection = await connections.of(index);
			return await deliverAnew({ index, connection, waitSignal });
		});
	}

	const endReport = reportProgress(context, state, sleep);
	const deliveries = await deliver(total, deliverItem, {
		concurrency: settings.concurrency,
		stops: (error) => !context.continueOnFail() && !once.isRecalled(error),
		cancelSignal,
		onSettled: () => counts.done++,
		timing: systemTiming,
	}).finally(endReport);

	// A cancelled run is ended by n8n itself.
	if (!context.continueOnFail() && !cancelSignal?.aborted) {
		throwFirstFailure(deliveries, once.doubts, node);
	}
	const output = deliveries.flatMap(toOutput);
	memory.ended(output);
	const hints = runHints(state(), {
		newTokens: connections.newTokens(),
		isManual: context.getMode() === 'manual',
		output,
		notices: notices.texts(),
	});
	if (hints.length > 0) context.addExecutionHints(...hints);
	return output;
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
