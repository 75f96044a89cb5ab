import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { HttpCall } from '../../../http/call/api';
import { callAndRead } from '../../../http/call/callAndRead';
import type { ApiResponse } from '../../../http/call/callApi';
import { ResultNotFetched } from '../../../http/call/effect';
import { isSuccess } from '../../../http/message';
import type { RequestLimit } from '../../../http/pacing/userLimit';
import { isRepeatable } from '../../../http/retry/decideRetry';
import { systemTiming } from '../../../n8n/systemTiming';
import { failedCallError } from '../errors/failedCallError';
import { responseError } from '../errors/responseError';
import { readItemOptions, type ItemOptions } from '../request/options';
import { readPagination, type PaginationParameters } from '../request/pagination';
import type { NodeParameters } from '../request/parameters';
import { readCall, toHttpCall } from '../request/readCall';
import { decodePage, decodeResponse, expressionBody } from '../response/decode';
import { optimize, readOptimization } from '../response/optimize';
import { toItems } from '../response/toItems';
import type { Connection } from './connection';
import type { DeliveryMemory } from './deliveryMemory';
import { createPageBudget } from './pageBudget';
import { fetchPages, isFailedPage } from './pages';
import type { ResponseNotices } from './responseNotices';

/** What all items of a run share. */
export interface ItemRun {
	context: IExecuteFunctions;
	parameters: NodeParameters;
	/** The user's own. */
	limit?: RequestLimit;
	reusesConnections: boolean;
	/** Absent: each item is one call. */
	pagination?: PaginationParameters;
	memory: DeliveryMemory;
	notices: ResponseNotices;
	onPage: () => void;
}

/** An item whose turn it is. */
export interface ItemUnderWay {
	index: number;
	connection: Connection;
	/** Ends its waits. */
	waitSignal: AbortSignal;
}

/**
 * Delivers an item: calls the API, for each of its pages where there are several, and makes items of
 * the responses. What an earlier try of "Retry On Fail" has got is not asked for again.
 *
 * @throws what `toNodeError` knows.
 */
export function createItemDelivery({
	context,
	parameters,
	limit,
	reusesConnections,
	pagination,
	memory,
	notices,
	onPage,
}: ItemRun): (item: ItemUnderWay) => Promise<INodeExecutionData[]> {
	const node = context.getNode();
	const { now, sleep } = systemTiming;
	const holdPage = createPageBudget();

	const errorContext = ({ index: itemIndex, connection }: ItemUnderWay, { token }: ItemOptions) => {
		const { client, secrets } = connection.tokenFor(token);
		const { provider, dpop } = client;
		const hasProof = dpop !== undefined;
		return { itemIndex, nowMs: now(), secrets: secrets(), provider, hasProof, reusesConnections };
	};

	/** Calls the API, and reads its response, whatever its status. */
	async function call<T>(
		wanted: HttpCall,
		item: ItemUnderWay,
		options: ItemOptions,
		read: (result: ApiResponse) => Promise<T>,
	): Promise<T> {
		const { connection, waitSignal } = item;
		const api = { ...connection.apiFor(wanted.request, options.token), limit };
		const result = await callAndRead(wanted, api, read, waitSignal);
		if (result.kind === 'read') return result.value;
		throw failedCallError(node, result, errorContext(item, options));
	}

	async function deliverOne(item: ItemUnderWay): Promise<INodeExecutionData[]> {
		const { index } = item;
		const options = readItemOptions(parameters, index);
		const { response: responseOptions } = options;
		const optimization = readOptimization(parameters, index);
		const wanted = toHttpCall(await readCall(context, parameters, index, options));
		const read = async (result: ApiResponse): Promise<INodeExecutionData[]> => {
			try {
				const whole = await decodeResponse(context, result.response, responseOptions);
				if (isAccepted(result) && !optimization) notices.observe(whole, responseOptions);
				const decoded = await optimize(whole, optimization);
				return await toItems(context, index, { ...result, decoded }, responseOptions);
			} catch (error) {
				const hasHadEffect = isAccepted(result) && !isRepeatable(wanted.request);
				throw hasHadEffect ? new ResultNotFetched(error) : error;
			}
		};
		const known = memory.recall(index);
		if (known?.kind === 'response') return await read(known.result);
		return await call(wanted, item, options, async (result) => {
			if (!isAccepted(result) && !responseOptions.neverError) {
				throw responseError(node, result, errorContext(item, options));
			}
			// What may be asked for again is, if it cannot be read. A stream can be read only once.
			const isKept = !isRepeatable(wanted.request) && !result.response.stream;
			if (isKept) memory.remember(index, { kind: 'response', result });
			return await read(result);
		});
	}

	async function deliverPages(
		item: ItemUnderWay,
		paginationParameters: PaginationParameters,
	): Promise<INodeExecutionData[]> {
		const { index, waitSignal } = item;
		const options = readItemOptions(parameters, index);
		const { response: responseOptions } = options;
		const optimization = readOptimization(parameters, index);
		const description = await readCall(context, parameters, index, options);
		const plan = readPagination(paginationParameters, responseOptions);
		const known = memory.recall(index);
		const toError = (result: ApiResponse): Error =>
			responseError(node, result, errorContext(item, options));
		const pages = await fetchPages(context, index, description, plan, {
			known: known?.kind === 'pages' ? known.pages : [],
			fetch: async (wanted, isFirst) =>
				await call(wanted, item, options, async (result) => {
					const { response, url } = result;
					if (isFailedPage(result, plan, isFirst) && !responseOptions.neverError)
						throw toError(result);
					holdPage(response.body.length);
					const decoded = await decodePage(context, response, responseOptions);
					// A page that only says that it is the last one has not the fields of the others.
					const isPage = isSuccess(response.status);
					if (isPage && !optimization) notices.observe(decoded, responseOptions);
					const optimized = isPage ? await optimize(decoded, optimization) : decoded;
					const received = { response, url, decoded: optimized };
					const items = await toItems(context, index, received, responseOptions);
					const body = expressionBody(decoded, response, responseOptions);
					return { result, body, isFile: decoded.format === 'file', items };
				}),
			onPage(fetched) {
				memory.remember(index, { kind: 'pages', pages: fetched });
				onPage();
			},
			sleep: async (ms) => await sleep(ms, waitSignal),
			toError,
		});
		return pages.flatMap(({ items }) => items);
	}

	return async (item) =>
		pagination ? await deliverPages(item, pagination) : await deliverOne(item);
}

function isAccepted({ response: { status }, isUnauthorized }: ApiResponse): boolean {
	return isSuccess(status) && !isUnauthorized;
}
