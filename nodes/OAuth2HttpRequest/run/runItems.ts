import {
	NodeError,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
} from 'n8n-workflow';
import { callAndRead, type ApiResponse } from '../../../http/callAndRead';
import { ResultNotFetched, type HttpCall } from '../../../http/call';
import { isSuccess } from '../../../http/message';
import { isRepeatable } from '../../../http/retry';
import type { TokenOverrides } from '../../../oauth/readTokenRequest';
import { connect, type Connection } from './connection';
import { deliver, type Delivery } from './deliver';
import { recallDeliveries } from './deliveryMemory';
import { failedCallError, isInDoubt, responseError, toErrorJson, toNodeError } from '../errors';
import { howFar, reportProgress, runHints, type RunState } from './report';
import {
	readResponseOptions,
	readRunSettings,
	readTokenOverrides,
	type NodeOptions,
	type ResponseOptions,
	type RunSettings,
} from '../request/options';
import type { InputError } from '../request/inputError';
import { readParameters, type Parameters } from '../request/parameters';
import { readCall, toHttpCall } from '../request/readCall';
import {
	readPagination,
	readPaginationParameters,
	type PaginationParameters,
} from '../request/pagination';
import { decodePage, decodeResponse, expressionBody } from '../response/decode';
import { optimize, readOptimization } from '../response/optimize';
import { toItems } from '../response/toItems';
import { createPageBudget, fetchPages, isFailedPage } from './pages';
import { systemTiming } from './systemTiming';

/** An item whose turn it is. */
interface ItemUnderWay {
	index: number;
	connection: Connection;
	/** Ends its waits. */
	waitSignal: AbortSignal;
}

/** Runs the node: one call for each input item, and its response as items, in input order. */
export async function runItems(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const total = context.getInputData().length;
	const node = context.getNode();
	const parameters = readParameters(context);
	const { settings, error: settingsError } = settingsOfRun(parameters, total);
	const cancelSignal = context.getExecutionCancelSignal();
	const { now, awakeMs, sleep } = systemTiming;
	const startedAtMs = awakeMs();
	const responseOptions = (index: number): ResponseOptions =>
		readResponseOptions(parameters.get<NodeOptions>('options', index, {}));

	const pagination = readPaginationParameters(context);
	const holdPage = createPageBudget();

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

	const tokenOverrides = (index: number): TokenOverrides =>
		readTokenOverrides(parameters.get<NodeOptions>('options', index, {}));

	const errorContext = ({ index: itemIndex, connection }: ItemUnderWay) => {
		const { client, secrets } = connection.tokenFor(tokenOverrides(itemIndex));
		return { itemIndex, nowMs: now(), secrets: secrets(), provider: client.provider };
	};

	/** Calls the API, and reads its response, whatever its status. */
	async function call<T>(
		wanted: HttpCall,
		item: ItemUnderWay,
		read: (result: ApiResponse) => Promise<T>,
	): Promise<T> {
		const { index, connection, waitSignal } = item;
		const api = {
			...connection.apiFor(wanted.request, tokenOverrides(index)),
			limit: settings.limit,
		};
		const result = await callAndRead(wanted, api, read, waitSignal);
		if (result.kind === 'read') return result.value;
		throw failedCallError(node, result, errorContext(item));
	}

	async function deliverOne(item: ItemUnderWay): Promise<INodeExecutionData[]> {
		const { index } = item;
		const options = responseOptions(index);
		const optimization = readOptimization(parameters, index);
		const wanted = toHttpCall(await readCall(context, parameters, index));
		const isAccepted = ({ response: { status }, isRefusal }: ApiResponse): boolean =>
			isSuccess(status) && !isRefusal;
		const read = async (result: ApiResponse): Promise<INodeExecutionData[]> => {
			try {
				const whole = await decodeResponse(context, result.response, options);
				const decoded = await optimize(whole, optimization);
				return await toItems(context, index, { ...result, decoded }, options);
			} catch (error) {
				const hasHadEffect = isAccepted(result) && !isRepeatable(wanted.request);
				throw hasHadEffect ? new ResultNotFetched(error) : error;
			}
		};
		const known = memory.recall(index);
		if (known?.kind === 'response') return await read(known.result);
		return await call(wanted, item, async (result) => {
			if (!isAccepted(result) && !options.neverError) {
				throw responseError(node, result, errorContext(item));
			}
			// A stream can be read only once.
			if (!result.response.stream) memory.remember(index, { kind: 'response', result });
			return await read(result);
		});
	}

	async function deliverPages(
		item: ItemUnderWay,
		paginationParameters: PaginationParameters,
	): Promise<INodeExecutionData[]> {
		const { index, waitSignal } = item;
		const options = responseOptions(index);
		const optimization = readOptimization(parameters, index);
		const description = await readCall(context, parameters, index);
		const plan = readPagination(paginationParameters, options);
		const known = memory.recall(index);
		const toError = (result: ApiResponse): Error => responseError(node, result, errorContext(item));
		const pages = await fetchPages(context, index, description, plan, {
			known: known?.kind === 'pages' ? known.pages : [],
			fetch: async (wanted, isFirst) =>
				await call(wanted, item, async (result) => {
					const { response, url, isRefusal } = result;
					const isFailed = isRefusal || isFailedPage(response.status, plan, isFirst);
					if (isFailed && !options.neverError) throw toError(result);
					holdPage(response.body.length);
					const decoded = await decodePage(context, response, options);
					// A page that only says that it is the last one has not the fields of the others.
					const isPage = isSuccess(response.status);
					const optimized = isPage ? await optimize(decoded, optimization) : decoded;
					const received = { response, url, decoded: optimized };
					const items = await toItems(context, index, received, options);
					const body = expressionBody(decoded, response, options);
					return { result, body, isFile: decoded.format === 'file', items };
				}),
			onPage(fetched) {
				memory.remember(index, { kind: 'pages', pages: fetched });
				counts.pages++;
			},
			sleep: async (ms) => await sleep(ms, waitSignal),
			toError,
		});
		return pages.flatMap(({ items }) => items);
	}

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
			const item = { index, connection: await connections.of(index), waitSignal };
			const items = pagination ? await deliverPages(item, pagination) : await deliverOne(item);
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
