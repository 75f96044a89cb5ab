import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { HttpCall } from '../../../http/call/api';
import type { ApiResponse } from '../../../http/call/callApi';
import { isSuccess } from '../../../http/message';
import { isObject } from '../../../text/json';
import { InputError } from '../inputError';
import type { Pagination } from '../request/pagination';
import { toHttpCall, type CallDescription } from '../request/readCall';
import {
	askedBefore,
	checkNextUrl,
	noNextValue,
	readNextLink,
	readNextUrl,
	withHttps,
} from './nextUrl';
import {
	givesNothing,
	identify,
	pageParts,
	toHelperRequest,
	type PageOptions,
} from './pageRequest';

/** A page that has been fetched. */
export interface Page {
	/** Tells a page that was fetched before from another one. */
	request: string;
	result: ApiResponse;
	/** `$response.body` of expressions. */
	body: unknown;
	isFile: boolean;
	items: INodeExecutionData[];
}

export interface PageFetcher {
	/** Fetches one page: paced, retried and authorized as a call of its own. */
	fetch: (call: HttpCall, isFirst: boolean) => Promise<Omit<Page, 'request'>>;
	/** Pages that an earlier try of this item has fetched, from the first one on. */
	known: readonly Page[];
	/** Told of all pages so far. */
	onPage: (pages: Page[]) => void;
	sleep: (ms: number) => Promise<void>;
	/** The error of a page that should not have been the last one. */
	toError: (result: ApiResponse) => Error;
}

type Paginate = IExecuteFunctions['helpers']['requestWithAuthenticationPaginated'];

/**
 * Fetches page after page, in n8n's own loop: only its helper can resolve expressions with
 * `$response`, `$request` and `$pageCount`. What it sends through is ours.
 *
 * @throws {InputError} where the next page must not be asked for.
 * @throws what `fetch` and `toError` give, and the helper's error where the pages do not end.
 */
export async function fetchPages(
	context: IExecuteFunctions,
	itemIndex: number,
	description: CallDescription,
	pagination: Pagination,
	{ fetch, known, onPage, sleep, toError }: PageFetcher,
): Promise<Page[]> {
	const pages: Page[] = [];
	const asked = new Set<string>();
	let next: string | undefined;
	const { requestInterval, maxRequests } = pagination;
	const byLink = pagination.continue === undefined;
	// Without a limit, whoever asks for one address until something is ready might do so for ever.
	const byUrl =
		pagination.request.next !== undefined &&
		description.parts.method === 'GET' &&
		maxRequests === undefined;
	const helperOptions = {
		request: pagination.request,
		get continue() {
			return byLink ? next !== undefined : pagination.continue;
		},
		// A fixed one is waited for below, where a cancelled run ends it.
		requestInterval: typeof requestInterval === 'number' ? 0 : requestInterval,
		...(maxRequests !== undefined && { maxRequests }),
		binaryResult: false,
	};

	const sendPage = async (options: PageOptions): Promise<object> => {
		const last = pages.at(-1)?.result;
		// It would begin at the first page again, and so for ever.
		if (last && givesNothing(options.told)) {
			throw noNextValue('The parameters of the pagination have no value', 'Value', pages.length);
		}
		const given =
			last && pagination.request.next !== undefined
				? readNextUrl(options.next, last.url, pages.length)
				: undefined;
		if (pages.length > 0 && typeof requestInterval === 'number') await sleep(requestInterval);
		const named =
			next === undefined
				? pageParts(description.parts, given === undefined ? options : { ...options, uri: given })
				: { ...description.parts, url: next, query: {} };
		const parts = { ...named, url: withHttps(named.url, description.parts.url) };
		checkNextUrl(parts.url, description.parts.url);
		const request = identify(parts);
		if ((byLink || byUrl) && asked.has(request)) {
			throw askedBefore(byLink ? 'The Link header' : 'Next URL', pages.length);
		}
		asked.add(request);
		const before = known[pages.length];
		const isKnown = before?.request === request && isPage(before.result, pagination);
		const page = isKnown
			? before
			: { request, ...(await fetch(toHttpCall({ ...description, parts }), pages.length === 0)) };
		pages.push(page);
		onPage(pages);
		const { response, url } = page.result;
		if (byLink) {
			next = readNextLink(response, url);
			const isSelf = next && withHttps(next, parts.url) === new URL(parts.url).href;
			// Some APIs name the last page itself as the next one, such as Okta's System Log.
			if (isSelf && isEmpty(page.body)) next = undefined;
		}
		helperOptions.binaryResult = page.isFile;
		return {
			body: page.body,
			// By it, n8n tells one page from another: those that have an address each may be alike, or empty.
			headers: byLink ? { ...response.headers, etag: request } : response.headers,
			statusCode: response.status,
			statusMessage: response.statusText,
		};
	};

	const self = { helpers: { request: sendPage } } as unknown as ThisParameterType<Paginate>;
	try {
		await context.helpers.requestWithAuthenticationPaginated.call(
			self,
			toHelperRequest(description.parts) as Parameters<Paginate>[0],
			itemIndex,
			helperOptions as Parameters<Paginate>[2],
		);
	} catch (error) {
		throw explain(error, pages, toError);
	}
	return pages;
}

/** The helper's own errors, in the words of this node. */
function explain(error: unknown, pages: readonly Page[], toError: PageFetcher['toError']): unknown {
	const last = pages.at(-1)?.result;
	if (error instanceof Error && 'isAxiosError' in error && last) return toError(last);
	// n8n's own words name a field that does not exist.
	const isAlwaysTheSame =
		error instanceof Error && error.message.startsWith('The returned response was identical');
	if (isAlwaysTheSame) return alwaysTheSame();
	return error;
}

function alwaysTheSame(): InputError {
	return new InputError(
		'The same page came back again and again',
		'If all pages were fetched, choose "Other" for Options → Pagination → Pagination Complete When, and an expression that is true on the last page. Otherwise, check the parameters: does the API know them by these names?',
	);
}

/** An object whose lists are all empty counts as well. */
function isEmpty(body: unknown): boolean {
	if (!isObject(body)) return body === undefined || body === null || body === '';
	const lists = Array.isArray(body) ? [body] : Object.values(body).filter(Array.isArray);
	return lists.flat().length === 0 && (lists.length > 0 || Object.keys(body).length === 0);
}

/** An error that ended the pages may be none when the page is asked for again. */
function isPage({ response: { status } }: ApiResponse, { finalStatuses }: Pagination): boolean {
	return isSuccess(status) || finalStatuses.includes(status);
}

/**
 * Whether a page is an error, wherever the pages seem to end: past the last one an
 * API answers 404, for example, but a failure that was taken for the end would lose pages.
 */
export function isFailedPage(
	{ response: { status }, isUnauthorized }: ApiResponse,
	{ continue: goOn, finalStatuses, endsWhereEmpty }: Pagination,
	isFirst: boolean,
): boolean {
	if (finalStatuses.includes(status)) return false;
	if (isUnauthorized) return true;
	if (isSuccess(status)) return false;
	// Nothing has come yet that it could be the end of.
	if (isFirst && endsWhereEmpty) return true;
	// The header says where the end is; an error has none.
	return goOn === undefined || [401, 403, 429].includes(status) || status >= 500;
}
