import type { IExecuteFunctions } from 'n8n-workflow';
import { InputError } from '../inputError';

/** The node's "Pagination" as the editor stores it: with expressions, since each page has its own values. */
export interface PaginationParameters {
	paginationMode?: string;
	nextURL?: string;
	parameters?: { parameters?: Array<{ type?: string; name?: string; value?: unknown }> };
	paginationCompleteWhen?: string;
	/** Separated by commas. */
	statusCodesWhenComplete?: string;
	completeExpression?: string;
	limitPagesFetched?: boolean;
	maxRequests?: number | string;
	/** Milliseconds. */
	requestInterval?: number | string;
}

export interface PageParameters {
	qs?: Record<string, unknown>;
	headers?: Record<string, unknown>;
	body?: Record<string, unknown>;
}

/** What is to be fetched page by page, for n8n's pagination helper. */
export interface Pagination {
	/** What changes with each page; its values are expressions. */
	request: PageParameters & {
		/** Next URL. */
		next?: string;
		/** Those parameters that a response gives, once more: what is nothing is left out of the request. */
		told?: PageParameters;
	};
	/** Whether there is another page, as an expression. Absent: where the `Link` header says so. */
	continue?: string;
	/** Statuses that end the pagination without being an error. */
	finalStatuses: number[];
	/** A page without a body, whatever its status, ends them. */
	endsWhereEmpty: boolean;
	maxRequests?: number | string;
	requestInterval: number | string;
}

/** The same for all items, as in n8n's own node. `undefined`: there is only one page. */
export function readPaginationParameters(
	context: IExecuteFunctions,
): PaginationParameters | undefined {
	const parameters = context.getNodeParameter('options.pagination.pagination', 0, null, {
		rawExpressions: true,
	}) as PaginationParameters | null;
	const mode = parameters?.paginationMode;
	return mode === undefined || mode === 'off' ? undefined : (parameters ?? undefined);
}

/** "Response Is Empty": what the editor begins with. */
const EMPTY = 'responseIsEmpty';

/** @throws {InputError} where it could not come to an end, or is incomplete. */
export function readPagination(
	parameters: PaginationParameters,
	{ neverError }: { neverError: boolean },
): Pagination {
	const {
		paginationMode,
		paginationCompleteWhen,
		limitPagesFetched,
		maxRequests,
		requestInterval,
	} = parameters;
	const byLink = paginationMode === 'linkHeader';
	const finalStatuses = byLink ? [] : readFinalStatuses(parameters);
	return {
		request: readPageRequest(parameters),
		...(!byLink && { continue: continueExpression(parameters, finalStatuses, neverError) }),
		finalStatuses,
		endsWhereEmpty: !byLink && (paginationCompleteWhen ?? EMPTY) === EMPTY,
		requestInterval: requestInterval ?? 0,
		...(limitPagesFetched && maxRequests !== undefined && { maxRequests }),
	};
}

function readPageRequest({
	paginationMode,
	nextURL,
	parameters,
}: PaginationParameters): Pagination['request'] {
	switch (paginationMode) {
		case 'linkHeader':
			return {};
		case 'responseContainsNextURL':
			return { next: nextURL ?? '' };
		case 'updateAParameterInEachRequest':
			return readPageParameters(parameters?.parameters ?? []);
		case undefined:
		default:
			throw new InputError(
				`The pagination mode "${paginationMode}" is not available here`,
				'Choose another one for Options → Pagination → Pagination Mode.',
			);
	}
}

function readPageParameters(
	list: NonNullable<NonNullable<PaginationParameters['parameters']>['parameters']>,
): Pagination['request'] {
	const request: Record<string, Record<string, unknown>> = {};
	const told: Record<string, Record<string, unknown>> = {};
	for (const [index, { type = 'qs', name = '', value = '' }] of list.entries()) {
		const missing = name === '' ? 'name' : value === '' ? 'value' : undefined;
		if (missing !== undefined) {
			throw new InputError(
				`Parameter ${index + 1} of the pagination has no ${missing}`,
				'Fill in Name and Value under Options → Pagination → Parameters: without them, every request would be the same.',
			);
		}
		if (type !== 'qs' && type !== 'headers' && type !== 'body') {
			throw new InputError(
				`Parameter ${index + 1} of the pagination has an unknown type`,
				'Choose Body, Header or Query for Type under Options → Pagination → Parameters.',
			);
		}
		request[type] = { ...request[type], [name]: value };
		if (readsResponse(value)) told[type] = { ...told[type], [name]: value };
	}
	if (list.length === 0) {
		throw new InputError(
			'The pagination does not change any parameter',
			'Add one under Options → Pagination → Parameters.',
		);
	}
	return { ...request, told };
}

/** Whether an expression, or one of them, takes its value from the last page. */
function readsResponse(parameters: unknown): boolean {
	return JSON.stringify(parameters ?? '').includes('$response');
}

function readFinalStatuses({
	paginationCompleteWhen,
	statusCodesWhenComplete = '',
}: PaginationParameters): number[] {
	if (paginationCompleteWhen !== 'receiveSpecificStatusCodes') return [];
	const statuses = statusCodesWhenComplete
		.split(',')
		.map((status) => Number.parseInt(status, 10))
		.filter((status) => !Number.isNaN(status));
	if (statuses.length > 0) return statuses;
	throw new InputError(
		'The status code that ends the pagination is missing',
		'Fill in Options → Pagination → Status Code(s) When Complete, for example 404.',
	);
}

/**
 * Most APIs wrap their list: `{ "items": [], "total": 40 }` is empty. Only where pages are counted; one that
 * names the next page may be empty in between.
 */
const HAS_ENTRIES =
	'(!Object.values($response.body).some(Array.isArray) || Object.values($response.body).filter(Array.isArray).flat().length > 0)';

/** As n8n's own node words it: what `$response` is, is known only to the helper. */
function continueExpression(
	{
		paginationMode,
		parameters,
		paginationCompleteWhen = EMPTY,
		completeExpression = '',
	}: PaginationParameters,
	finalStatuses: readonly number[],
	neverError: boolean,
): string {
	if (paginationCompleteWhen === 'receiveSpecificStatusCodes') {
		return `={{ !${JSON.stringify(finalStatuses)}.includes($response.statusCode) }}`;
	}
	if (paginationCompleteWhen === EMPTY) {
		const isCounted =
			paginationMode === 'updateAParameterInEachRequest' && !readsResponse(parameters);
		return `={{ Array.isArray($response.body) ? $response.body.length > 0 : !!$response.body${isCounted ? ` && ${HAS_ENTRIES}` : ''} }}`;
	}
	const isComplete = /^=\s*\{\{([\s\S]+)\}\}\s*$/.exec(completeExpression)?.[1];
	if (isComplete === undefined) {
		throw new InputError(
			'The Complete Expression of the pagination is empty or not an expression',
			'Correct Options → Pagination → Complete Expression: enter an expression such as {{ $response.body.next === null }}.',
		);
	}
	const failed = '$response.statusCode < 200 || $response.statusCode >= 300';
	// An error status goes on to the next request, which is where the helper raises it.
	return neverError ? `={{ !(${isComplete}) }}` : `={{ !(${isComplete}) || ${failed} }}`;
}
