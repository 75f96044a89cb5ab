import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';
import type { HttpCall } from '../../../http/call/api';
import type { ApiResponse } from '../../../http/call/callApi';
import { isSuccess } from '../../../http/message';
import { nextLink } from '../../../http/nextLink';
import { InputError } from '../inputError';
import type { Pagination } from '../request/pagination';
import type { RequestBody, RequestParts } from '../request/parts';
import { checkNoUserInfo, toHttpCall, type CallDescription } from '../request/readCall';

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

/** What n8n's pagination helper hands on for each page: the options of its older request helper. */
interface PageOptions {
	uri: string;
	/** What Next URL gave; absent where that is nothing: `uri` is then that of the first page. */
	url?: string;
	qs?: object;
	headers?: Record<string, unknown>;
	body?: unknown;
	form?: object;
	formData?: Record<string, unknown>;
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
	let next: string | undefined;
	const { requestInterval } = pagination;
	const byLink = pagination.continue === undefined;
	const helperOptions = {
		request: pagination.request,
		get continue() {
			return byLink ? next !== undefined : pagination.continue;
		},
		// A fixed one is waited for below, where a cancelled run ends it.
		requestInterval: typeof requestInterval === 'number' ? 0 : requestInterval,
		...(pagination.maxRequests !== undefined && { maxRequests: pagination.maxRequests }),
		binaryResult: false,
	};

	const sendPage = async (options: PageOptions): Promise<object> => {
		const goesOnByUrl = pages.length > 0 && pagination.request.url !== undefined;
		// It would begin at the first page again, and so for ever.
		if (goesOnByUrl && options.url === undefined) throw noNextUrl(pages.length);
		if (pages.length > 0 && typeof requestInterval === 'number') await sleep(requestInterval);
		const named =
			next === undefined
				? pageParts(description.parts, options)
				: { ...description.parts, url: next, query: {} };
		const parts = { ...named, url: withHttps(named.url, description.parts.url) };
		checkNextUrl(parts.url, description.parts.url);
		const request = identify(parts);
		const before = known[pages.length];
		const isKnown = before?.request === request && isPage(before.result, pagination);
		const page = isKnown
			? before
			: { request, ...(await fetch(toHttpCall({ ...description, parts }), pages.length === 0)) };
		pages.push(page);
		onPage(pages);
		const { response, url } = page.result;
		if (byLink) next = readNextLink(response, url);
		helperOptions.binaryResult = page.isFile;
		return {
			body: page.body,
			headers: response.headers,
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
	if (error instanceof NodeOperationError && error.type === 'invalid_url') {
		if (last && /^'(null|undefined|\s*)' is/.test(error.message)) return noNextUrl(pages.length);
		return new InputError(
			error.message,
			'Correct Options → Pagination → Next URL: it must return an address that starts with https:// or http://.',
		);
	}
	return error;
}

/** Not the end in silence: an expression that is misspelt would lose all pages but the first. */
function noNextUrl(page: number): InputError {
	return new InputError(
		`Next URL gives no address after page ${page}`,
		'If that was the last page, choose "Other" for Options → Pagination → Pagination Complete When, and a Complete Expression such as {{ !$response.body.next }}, with the field that Next URL reads. Otherwise, correct Next URL.',
	);
}

/** The first request, in the form that `$request` has in n8n's own node. */
function toHelperRequest({ method, url, query, headers, body }: RequestParts): PageOptions {
	const request = { method, uri: url, qs: query, headers };
	switch (body?.kind) {
		case 'json':
			return { ...request, body: body.json };
		case 'form':
			return { ...request, form: body.fields };
		case 'multipart':
			return { ...request, formData: {} };
		case 'bytes':
		case 'raw':
		case undefined:
			return request;
	}
}

function pageParts(parts: RequestParts, options: PageOptions): RequestParts {
	const body = pageBody(parts.body, options);
	const { uri, qs = {} } = options;
	return {
		...parts,
		url: uri,
		query: uri === parts.url ? qs : withoutThose(uri, qs),
		headers: options.headers ?? {},
		...(body && { body }),
	};
}

/**
 * The query without what the next URL has already: twice, some APIs refuse it (OData: "specified more
 * than once"), and others give the first page again.
 */
function withoutThose(nextUrl: string, query: object): object {
	const names = new Set(
		[...new URL(nextUrl).searchParams.keys()].map((name) => name.replace(/\[.*$/, '')),
	);
	return Object.fromEntries(Object.entries(query).filter(([name]) => !names.has(name)));
}

function pageBody(
	body: RequestBody | undefined,
	{ body: json, form, formData = {} }: PageOptions,
): RequestBody | undefined {
	switch (body?.kind) {
		case 'form':
			return { kind: 'form', fields: form ?? {} };
		case 'multipart':
			return {
				kind: 'multipart',
				parts: [
					...body.parts.filter(({ name }) => !(name in formData)),
					...Object.entries(formData).map(([name, value]) => ({ name, value: String(value) })),
				],
			};
		case 'bytes':
		case 'raw':
			if (json === undefined) return body;
			throw new InputError(
				'The pagination cannot change a body that is a file or text',
				'Choose Query or Header for Type under Options → Pagination → Parameters, or another Body Content Type.',
			);
		case 'json':
		case undefined:
			return json === undefined ? undefined : { kind: 'json', json };
	}
}

/** Behind a proxy that speaks https for them, APIs name their own pages with http. */
function withHttps(pageUrl: string, firstUrl: string): string {
	const [page, first] = [new URL(pageUrl), new URL(firstUrl)];
	const isOnlyLessSecure =
		page.protocol === 'http:' && first.protocol === 'https:' && page.host === first.host;
	return isOnlyLessSecure ? pageUrl.replace(/^\s*http:/i, 'https:') : pageUrl;
}

/** The token is for the API that the node names, wherever a response points to. */
function checkNextUrl(pageUrl: string, firstUrl: string): void {
	checkNoUserInfo(pageUrl, 'Next URL');
	const { origin } = new URL(pageUrl);
	if (origin === new URL(firstUrl).origin) return;
	throw new InputError(
		`The next page is at another address: ${origin}`,
		`The token is not sent there, because URL names ${new URL(firstUrl).origin}. If it is the same API, correct URL, or change the address in Next URL with an expression.`,
	);
}

function readNextLink(response: ApiResponse['response'], url: string): string | undefined {
	if (!isSuccess(response.status)) return undefined;
	try {
		return nextLink(response, url);
	} catch {
		// Malformed: told below.
	}
	throw new InputError(
		'The Link header of the response cannot be read',
		'Choose another Options → Pagination → Pagination Mode.',
	);
}

/** An error that ended the pages may be none when the page is asked for again. */
function isPage({ response: { status } }: ApiResponse, { finalStatuses }: Pagination): boolean {
	return isSuccess(status) || finalStatuses.includes(status);
}

/** By what may change from page to page: files are the same for all pages of an item. */
function identify({ method, url, query, headers, body }: RequestParts): string {
	return JSON.stringify([method, url, query, headers, body && withoutFiles(body)]);
}

function withoutFiles(body: RequestBody): object {
	if (body.kind === 'bytes') return [];
	if (body.kind !== 'multipart') return body;
	return body.parts.map((part) => ('bytes' in part ? part.name : part));
}

/** For the text of all pages of a run. JSON takes several times as much when it is read. */
const MAX_PAGE_BYTES = 256 * 1024 * 1024;

/**
 * Counts what the pages of a run take in memory. n8n hands on all items of a run at once, so there
 * is a bound, and an error at it is better than an n8n that dies with all its other runs.
 */
export function createPageBudget(maxBytes = MAX_PAGE_BYTES): (bytes: number) => void {
	let heldBytes = 0;
	return (bytes) => {
		heldBytes += bytes;
		if (heldBytes <= maxBytes) return;
		throw new InputError(
			`The pages are larger than ${maxBytes / 1024 / 1024} MB in all`,
			'This is too much for the memory of one run. Turn on Options → Pagination → Limit Pages Fetched and fetch the rest in another run, or request less from the API: fewer fields, or a shorter period.',
		);
	};
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
