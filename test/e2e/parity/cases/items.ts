import type { Answer, ParityCase, ParityGroup } from '../parityCase';
import { formFields, jsonText, multipart, NO_RETRIES, query, response } from './helpers';

const several: ParityGroup = {
	title: 'Items',
	cases: [
		{ title: 'Three items', input: 'three', parameters: query(['id', '={{ $json.id }}']) },
		{
			title: 'Three items with a JSON body',
			input: 'three',
			parameters: jsonText('={{ JSON.stringify($json) }}'),
		},
		{
			title: 'Three items, a list for each',
			input: 'three',
			parameters: { url: '={api}/{{ $json.name }}' },
			answers: {
				'/one': { body: [{ n: 1 }, { n: 2 }] },
				'/two': { body: [] },
				'/three': { body: [{ n: 3 }] },
			},
		},
		{
			title: 'Three items, the second fails',
			input: 'three',
			parameters: { url: '={api}/{{ $json.name }}' },
			answers: { '/two': { status: 404, body: { message: 'Because' } } },
		},
		{
			title: 'Three items, the second fails, to the error output',
			input: 'three',
			parameters: { url: '={api}/{{ $json.name }}' },
			answers: { '/two': { status: 404, body: { message: 'Because' } } },
			onError: 'continueErrorOutput',
		},
		{
			title: 'Three items, the second gives no valid JSON',
			input: 'three',
			parameters: { url: '={api}/{{ $json.name }}' },
			answers: { '/two': { body: '{nope' } },
		},
		{
			title: 'Three items, of different kinds',
			input: 'three',
			parameters: { url: '={api}/{{ $json.name }}' },
			answers: {
				'/one': { body: { a: 1 } },
				'/two': { headers: { 'content-type': 'text/plain' }, body: 'text' },
				'/three': { headers: { 'content-type': 'image/png' }, body: 'x' },
			},
		},
		{
			title: 'Three items, of different kinds, full',
			input: 'three',
			parameters: { url: '={api}/{{ $json.name }}' },
			answers: {
				'/one': { body: { a: 1 } },
				'/two': { headers: { 'content-type': 'text/plain' }, body: 'text' },
				'/three': { headers: { 'content-type': 'image/png' }, body: 'x' },
			},
			options: response({ fullResponse: true }),
		},
		{
			title: 'Three items as files',
			input: 'three',
			parameters: { url: '={api}/{{ $json.name }}.txt' },
			answers: { headers: { 'content-type': 'text/plain' }, body: 'x' },
			options: response({ responseFormat: 'file' }),
		},
		{
			title: 'The URL of the second item is missing',
			input: 'uneven',
			parameters: { url: '={{ $json.path && "{api}/" + $json.path }}' },
		},
		{
			title: 'The expression of the second item fails',
			input: 'uneven',
			parameters: { url: '={api}/{{ $json.path ? $json.path : $("Nowhere").item.json.x }}' },
		},
		{
			title: 'The body of the second item is no JSON',
			input: 'uneven',
			parameters: jsonText('={"path": {{ $json.path ? 1 : "" }} }'),
		},
		{
			title: 'Full response differs by item',
			input: 'three',
			options: { response: { response: { fullResponse: '={{ $json.id === 2 }}' } } },
		},
		{
			title: 'Never error differs by item',
			input: 'three',
			answers: { status: 404, body: { message: 'Because' } },
			options: { response: { response: { neverError: '={{ $json.id !== 2 }}' } } },
		},
		{ title: 'No items', input: 'none' },
		{
			title: 'Batches of one',
			input: 'three',
			parameters: query(['id', '={{ $json.id }}']),
			options: { batching: { batch: { batchSize: 1, batchInterval: 50 } } },
		},
		{
			title: 'Batches of two',
			input: 'three',
			parameters: query(['id', '={{ $json.id }}']),
			options: { batching: { batch: { batchSize: 2, batchInterval: 50 } } },
		},
		{
			title: 'Batching turned off',
			input: 'three',
			parameters: query(['id', '={{ $json.id }}']),
			options: { batching: { batch: { batchSize: -1, batchInterval: 0 } } },
		},
		{
			title: 'The first item of three fails, stops the workflow',
			input: 'three',
			parameters: { url: '={api}/{{ $json.name }}' },
			answers: { '/one': { status: 404, body: { message: 'Because' } } },
			onError: 'stopWorkflow',
		},
	],
};

const page = (...ids: number[]): Answer => ({ body: ids.map((id) => ({ id })) });
const pages = (...bodies: unknown[]): Answer[] => bodies.map((body) => ({ body }));

interface Pagination {
	paginationMode?: string;
	parameters?: Array<{ type: string; name: string; value: string }>;
	nextURL?: string;
	paginationCompleteWhen?: string;
	statusCodesWhenComplete?: string;
	completeExpression?: string;
	limitPagesFetched?: boolean;
	maxRequests?: number;
	requestInterval?: number;
}

const pagination = ({ parameters, ...settings }: Pagination): Record<string, unknown> => ({
	pagination: {
		pagination: {
			paginationMode: 'updateAParameterInEachRequest',
			...(parameters && { parameters: { parameters } }),
			...settings,
		},
	},
});

const BY_PAGE = [{ type: 'qs', name: 'page', value: '={{ $pageCount + 1 }}' }];
const NEXT = {
	paginationMode: 'responseContainsNextURL',
	nextURL: '={{ $response.body.next }}',
	paginationCompleteWhen: 'other',
	completeExpression: '={{ !$response.body.next }}',
};
const untilDone = {
	paginationCompleteWhen: 'other',
	completeExpression: '={{ $response.body.done }}',
};

const paginationCases: ParityCase[] = [
	{
		title: 'Turned off',
		answers: page(1),
		options: pagination({ paginationMode: 'off', parameters: BY_PAGE }),
	},
	{
		title: 'query parameter until a page is empty',
		answers: [page(1, 2), page(3), page()],
		options: pagination({ parameters: BY_PAGE }),
	},
	{
		title: 'query parameter beside a query of its own',
		parameters: query(['limit', '2'], ['page', '0']),
		answers: [page(1, 2), page()],
		options: pagination({ parameters: BY_PAGE }),
	},
	{
		title: 'query parameter with a query in the URL',
		parameters: { url: '{api}/records?limit=2' },
		answers: [page(1, 2), page()],
		options: pagination({ parameters: BY_PAGE }),
	},
	{
		title: 'header',
		answers: [page(1), page()],
		options: pagination({
			parameters: [{ type: 'headers', name: 'X-Page', value: '={{ $pageCount }}' }],
		}),
	},
	{
		title: 'body',
		parameters: jsonText('{"limit": 2}'),
		answers: [page(1), page(2), page()],
		options: pagination({
			parameters: [{ type: 'body', name: 'page', value: '={{ $pageCount }}' }],
		}),
	},
	...[formFields(['limit', '2']), multipart(['limit', '2'])].map((parameters) => ({
		title: `field of a body of ${String(parameters.contentType)}`,
		parameters,
		answers: [page(1), page()],
		options: pagination({
			parameters: [{ type: 'body', name: 'page', value: '={{ $pageCount }}' }],
		}),
	})),
	...[404, 500].map((status) => ({
		title: `an empty page with status ${status}`,
		answers: [page(1), { status, body: '' }],
		options: { ...NO_RETRIES, ...pagination({ parameters: BY_PAGE }) },
	})),
	{
		title: 'a page that is not valid JSON',
		answers: [page(1), { body: '{nope' }, page()],
		options: pagination({ parameters: BY_PAGE }),
	},
	{
		title: 'cursor of the response',
		answers: pages({ items: [1], cursor: 'b' }, { items: [2], cursor: 'c' }, { items: [3] }),
		options: pagination({
			parameters: [{ type: 'qs', name: 'cursor', value: '={{ $response.body.cursor }}' }],
			paginationCompleteWhen: 'other',
			completeExpression: '={{ !$response.body.cursor }}',
		}),
	},
	{
		title: 'until an expression holds',
		answers: pages({ n: 1 }, { n: 2, done: true }),
		options: pagination({ parameters: BY_PAGE, ...untilDone }),
	},
	{
		title: 'until an expression about headers holds',
		answers: [
			{ headers: { 'x-more': 'yes' }, body: [{ n: 1 }] },
			{ headers: { 'x-more': 'no' }, body: [{ n: 2 }] },
		],
		options: pagination({
			parameters: BY_PAGE,
			paginationCompleteWhen: 'other',
			completeExpression: '={{ $response.headers["x-more"] !== "yes" }}',
		}),
	},
	{
		title: 'until a status',
		answers: [page(1), page(2), { status: 404, body: { message: 'No more' } }],
		options: pagination({
			parameters: BY_PAGE,
			paginationCompleteWhen: 'receiveSpecificStatusCodes',
			statusCodesWhenComplete: '404, 410',
		}),
	},
	{
		title: 'until a good status',
		answers: [page(1), { status: 206, body: [{ id: 2 }] }],
		options: pagination({
			parameters: BY_PAGE,
			paginationCompleteWhen: 'receiveSpecificStatusCodes',
			statusCodesWhenComplete: '206',
		}),
	},
	{
		title: 'until a status, but another error comes',
		answers: [page(1), { status: 400, body: { message: 'Because' } }],
		options: {
			...NO_RETRIES,
			...pagination({
				parameters: BY_PAGE,
				paginationCompleteWhen: 'receiveSpecificStatusCodes',
				statusCodesWhenComplete: '404',
			}),
		},
	},
	{
		title: 'at most two pages',
		answers: [page(1), page(2), page(3), page()],
		options: pagination({ parameters: BY_PAGE, limitPagesFetched: true, maxRequests: 2 }),
	},
	{
		title: 'at most one page',
		answers: [page(1), page(2), page()],
		options: pagination({ parameters: BY_PAGE, limitPagesFetched: true, maxRequests: 1 }),
	},
	{
		title: 'an interval',
		answers: [page(1), page(2), page()],
		options: pagination({ parameters: BY_PAGE, requestInterval: 50 }),
	},
	{
		title: 'next URL',
		answers: {
			'/records': { body: { n: 1, next: '{api}/page2?x=1' } },
			'/page2': { body: { n: 2, next: '{api}/page3' } },
			'/page3': { body: { n: 3 } },
		},
		options: pagination(NEXT),
	},
	{
		title: 'next URL beside a query of its own',
		parameters: query(['limit', '2']),
		answers: {
			'/records': { body: { n: 1, next: '{api}/page2?limit=2&x=1' } },
			'/page2': { body: { n: 2 } },
		},
		options: pagination(NEXT),
	},
	{
		title: 'next URL that is relative',
		answers: { '/records': { body: { n: 1, next: '/page2' } }, '/page2': { body: { n: 2 } } },
		options: pagination(NEXT),
	},
	{
		title: 'next URL of a header',
		answers: {
			'/records': { headers: { 'x-next': '{api}/page2' }, body: [{ n: 1 }] },
			'/page2': { body: [{ n: 2 }] },
		},
		options: pagination({
			...NEXT,
			nextURL: '={{ $response.headers["x-next"] }}',
			completeExpression: '={{ !$response.headers["x-next"] }}',
		}),
	},
	{
		title: 'next URL at another origin',
		withToken: true,
		answers: {
			'/records': { body: { n: 1, next: '{other}/page2' } },
			'/page2': { body: { n: 2 } },
		},
		options: pagination(NEXT),
	},
	{
		title: 'an error on the second page',
		answers: [page(1), { status: 500, body: { message: 'Because' } }],
		options: { ...NO_RETRIES, ...pagination({ parameters: BY_PAGE }) },
	},
	{
		title: 'an error on the first page',
		answers: { status: 404, body: { message: 'Because' } },
		options: { ...NO_RETRIES, ...pagination({ parameters: BY_PAGE }) },
	},
	{
		title: 'an error on the second page, never error',
		answers: [page(1), { status: 404, body: { message: 'Because' } }, page()],
		options: {
			...NO_RETRIES,
			...response({ neverError: true }),
			...pagination({ parameters: BY_PAGE }),
		},
	},
	{
		title: 'an error on the second page, until an expression holds',
		answers: [{ body: { n: 1 } }, { status: 404, body: { message: 'Because' } }],
		options: { ...NO_RETRIES, ...pagination({ parameters: BY_PAGE, ...untilDone }) },
	},
	{
		title: 'full response',
		answers: [page(1), page()],
		options: { ...pagination({ parameters: BY_PAGE }), ...response({ fullResponse: true }) },
	},
	...['json', 'text', 'file'].map((responseFormat) => ({
		title: `format ${responseFormat}`,
		answers: [page(1), page(2), page()],
		options: {
			...pagination({ parameters: BY_PAGE, limitPagesFetched: true, maxRequests: 3 }),
			...response({ responseFormat }),
		},
	})),
	{
		title: 'pages of text',
		answers: [
			{ headers: { 'content-type': 'text/plain' }, body: 'a' },
			{ headers: { 'content-type': 'text/plain' }, body: '' },
		],
		options: pagination({ parameters: BY_PAGE }),
	},
	{
		title: 'an empty object ends nothing',
		answers: pages({ a: 1 }, {}, { a: 3 }),
		options: pagination({ parameters: BY_PAGE, limitPagesFetched: true, maxRequests: 3 }),
	},
	{
		title: 'the same page again and again',
		answers: page(1),
		options: pagination({ parameters: [{ type: 'qs', name: 'page', value: '1' }] }),
	},
	{
		title: 'three items',
		input: 'three',
		parameters: { url: '={api}/{{ $json.name }}' },
		answers: {
			'/one': { body: { done: true, n: 1 } },
			'/two': { body: { done: true, n: 2 } },
			'/three': { body: { done: true, n: 3 } },
		},
		options: pagination({ parameters: BY_PAGE, ...untilDone }),
	},
	{
		title: 'a value that depends on the item',
		input: 'three',
		answers: { body: { done: true } },
		options: pagination({
			parameters: [{ type: 'qs', name: 'id', value: '={{ $json.id }}' }],
			...untilDone,
		}),
	},
	{
		title: 'no parameter named',
		options: pagination({ parameters: [{ type: 'qs', name: '', value: '' }] }),
	},
	{
		title: 'no value',
		options: pagination({ parameters: [{ type: 'qs', name: 'page', value: '' }] }),
	},
	{
		title: 'no expression to complete',
		options: pagination({
			parameters: BY_PAGE,
			paginationCompleteWhen: 'other',
			completeExpression: '',
		}),
	},
	{
		title: 'no next URL',
		answers: { body: { n: 1 } },
		options: pagination({ ...NEXT, completeExpression: '={{ false }}' }),
	},
];

const paginationGroup: ParityGroup = {
	title: 'Pagination',
	cases: paginationCases,
};

export const ITEMS: ParityGroup[] = [several, paginationGroup];
