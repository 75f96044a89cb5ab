import type { Answer, ParityGroup } from '../parityCase';
import { each, headers, jsonText, NO_RETRIES, redirects, response } from './helpers';

const STATUSES = [
	400, 401, 402, 403, 404, 405, 409, 410, 415, 418, 422, 429, 500, 501, 502, 503, 504,
];

const BODIES: Array<[string, Answer]> = [
	['JSON with a message', { body: { message: 'No such record', code: 'E1' } }],
	['JSON with an OAuth error', { body: { error: 'bad', error_description: 'Wrong field' } }],
	['JSON with a list of errors', { body: { errors: [{ detail: 'First' }, { detail: 'Second' }] } }],
	['text', { headers: { 'content-type': 'text/plain' }, body: 'Wrong: größe' }],
	['a page', { headers: { 'content-type': 'text/html' }, body: '<h1>Wrong</h1>' }],
	['nothing', { body: '' }],
	['bytes', { headers: { 'content-type': 'image/png' }, body: { base64: 'AAH/' } }],
];

const FORMATS = ['autodetect', 'json', 'text', 'file'];

const errors: ParityGroup = {
	title: 'Error statuses',
	cases: [
		...STATUSES.map((status) => ({
			title: `${status}`,
			answers: { status, body: { message: 'Because' } },
			options: NO_RETRIES,
			withToken: true as const,
		})),
		...each([400, 404, 500], BODIES, (status, [what, answer]) => ({
			title: `${status} with ${what}`,
			answers: { ...answer, status },
			options: NO_RETRIES,
		})),
		...each([404, 500], FORMATS, (status, responseFormat) => ({
			title: `${status}, format ${responseFormat}`,
			answers: { status, body: { message: 'Because' } },
			options: { ...NO_RETRIES, ...response({ responseFormat }) },
		})),
		...each([404, 500], FORMATS, (status, responseFormat) => ({
			title: `Never error: ${status}, format ${responseFormat}`,
			answers: { status, body: { message: 'Because' } },
			options: { ...NO_RETRIES, ...response({ responseFormat, neverError: true }) },
		})),
		...each([400, 500], FORMATS, (status, responseFormat) => ({
			title: `Never error, full: ${status}, format ${responseFormat}`,
			answers: { status, body: { message: 'Because' } },
			options: {
				...NO_RETRIES,
				...response({ responseFormat, neverError: true, fullResponse: true }),
			},
		})),
		...[429, 401].map((status) => ({
			title: `Never error: ${status}`,
			answers: { status, body: { message: 'Because' } },
			options: { ...NO_RETRIES, ...response({ neverError: true }) },
			withToken: true as const,
		})),
		{
			title: 'Never error: JSON that is not valid',
			answers: { body: '{nope' },
			options: response({ neverError: true }),
		},
		{
			title: 'Never error, format json: JSON that is not valid',
			answers: { body: '{nope' },
			options: response({ neverError: true, responseFormat: 'json' }),
		},
		{
			title: 'Never error: text with status 404',
			answers: { status: 404, headers: { 'content-type': 'text/plain' }, body: 'gone' },
			options: response({ neverError: true }),
		},
		...[404, 500].map((status) => ({
			title: `${status}, to the error output`,
			answers: { status, body: { message: 'Because' } },
			options: NO_RETRIES,
			onError: 'continueErrorOutput' as const,
		})),
		{
			title: '404, stops the workflow',
			answers: { status: 404, body: { message: 'Because' } },
			onError: 'stopWorkflow',
		},
		{
			title: 'JSON that is not valid stops the workflow',
			answers: { body: '{nope' },
			onError: 'stopWorkflow',
		},
	],
};

const network: ParityGroup = {
	title: 'No response',
	cases: [
		{ title: 'Nobody listens', parameters: { url: 'http://127.0.0.1:9/' }, options: NO_RETRIES },
		{ title: 'The connection is closed', answers: { drop: 'before' }, options: NO_RETRIES },
		...FORMATS.map((responseFormat) => ({
			title: `The connection is closed within the body, format ${responseFormat}`,
			answers: { drop: 'within' as const },
			options: { ...NO_RETRIES, ...response({ responseFormat }) },
		})),
		{
			title: 'No response in time',
			answers: { delayMs: 1_500 },
			options: { ...NO_RETRIES, timeout: 400 },
		},
		{
			title: 'Never error: no response in time',
			answers: { delayMs: 1_500 },
			options: { ...NO_RETRIES, timeout: 400, ...response({ neverError: true }) },
		},
		{ title: 'A response in time', answers: { delayMs: 300 }, options: { timeout: 20_000 } },
		...['autodetect', 'json', 'text', 'file'].map((responseFormat) => ({
			title: `A response that takes longer than the timeout, but goes on, format ${responseFormat}`,
			answers: { body: { a: 'x'.repeat(20) }, chunked: true, pauseMs: 60 },
			options: { ...NO_RETRIES, timeout: 1_000, ...response({ responseFormat }) },
		})),
		{
			title: 'Nobody listens, stops the workflow',
			parameters: { url: 'http://127.0.0.1:9/' },
			options: NO_RETRIES,
			onError: 'stopWorkflow',
		},
	],
};

const fails: Answer = { status: 503, body: { message: 'Busy' } };
const quick = { retry: { retry: { baseSeconds: 0.1, capSeconds: 0.2 } } };

const retries: ParityGroup = {
	title: 'Sending again',
	cases: [
		{ title: '503, then 200', answers: [fails, {}], options: quick },
		{
			title: 'POST: 503, then 200',
			parameters: jsonText('{"a":1}'),
			answers: [fails, {}],
			options: quick,
		},
		{ title: '502, then 200', answers: [{ status: 502 }, {}], options: quick },
		{
			title: 'POST: 502, then 200',
			parameters: jsonText('{"a":1}'),
			answers: [{ status: 502, body: { message: 'Bad' } }, {}],
			options: quick,
		},
		{
			title: '429 with Retry-After: 1, then 200',
			answers: [{ status: 429, headers: { 'retry-after': '1' }, body: '' }, {}],
		},
		{
			title: 'The connection is closed, then 200',
			answers: [{ drop: 'before' }, {}],
			options: quick,
		},
		{
			title: '401, then 200',
			withToken: true,
			answers: [{ status: 401, headers: { 'www-authenticate': 'Bearer' }, body: '' }, {}],
		},
	],
};

const REDIRECTS = [301, 302, 303, 307, 308];

const redirect = (status: number, location: string): Answer => ({
	status,
	headers: { location, 'content-type': 'text/plain' },
	body: 'moved',
});

const REDIRECTED: Array<[string, Record<string, unknown>]> = [
	['GET', { method: 'GET' }],
	['HEAD', { method: 'HEAD' }],
	['POST', jsonText('{"a":1}')],
	['PUT', { ...jsonText('{"a":1}'), method: 'PUT' }],
	['DELETE', { method: 'DELETE' }],
];

const redirectCases: ParityGroup = {
	title: 'Redirects',
	cases: [
		...each(REDIRECTED, REDIRECTS, ([what, parameters], status) => ({
			title: `${what}: ${status}`,
			parameters,
			answers: { '/records': redirect(status, '/moved'), '/moved': { body: { moved: true } } },
		})),
		...each(['GET', 'POST'], REDIRECTS, (method, status) => ({
			title: `${method}: ${status} to another origin`,
			parameters: {
				...headers(['X-Own', '1'], ['Cookie', 'a=1']),
				...(method === 'POST' ? jsonText('{"a":1}') : {}),
			},
			answers: {
				'/records': redirect(status, '{other}/moved'),
				'/moved': { body: { moved: true } },
			},
			withToken: true as const,
		})),
		...each(['GET', 'POST'], REDIRECTS, (method, status) => ({
			title: `${method}: ${status}, not followed`,
			parameters: method === 'POST' ? jsonText('{"a":1}') : {},
			answers: { '/records': redirect(status, '/moved') },
			options: redirects({ followRedirects: false }),
		})),
		{
			title: 'Not followed, never error, full',
			answers: redirect(302, '/moved'),
			options: {
				...redirects({ followRedirects: false }),
				...response({ neverError: true, fullResponse: true }),
			},
		},
		...[0, 1, 2, 3].map((maxRedirects) => ({
			title: `Two redirects, at most ${maxRedirects}`,
			answers: {
				'/records': redirect(302, '/second'),
				'/second': redirect(307, '/third'),
				'/third': { body: { third: true } },
			},
			options: redirects({ followRedirects: true, maxRedirects }),
		})),
		{
			title: 'Redirects in a circle',
			answers: redirect(302, '/records'),
			options: NO_RETRIES,
		},
		...[
			['relative', 'moved?x=1'],
			['without a protocol', '//127.0.0.1:{api port}/moved'],
			['with unicode', '/größe'],
			['with blanks', '/a b'],
			['with a fragment', '/moved#part'],
			['to another protocol', 'ftp://127.0.0.1/moved'],
			['that is none', 'http://'],
			['that is empty', ' '],
		].map(([what, location = '']) => ({
			title: `A location ${what}`,
			answers: {
				'/records': redirect(
					302,
					encodeURI(location).replaceAll('%7B', '{').replaceAll('%7D', '}').replaceAll('%20', ' '),
				),
			},
			options: NO_RETRIES,
		})),
		{
			title: 'No location',
			answers: { status: 302, headers: { 'content-type': 'text/plain' }, body: 'moved' },
			options: NO_RETRIES,
		},
		{
			title: 'A form that is redirected by 307',
			parameters: {
				method: 'POST',
				sendBody: true,
				contentType: 'form-urlencoded',
				specifyBody: 'keypair',
				bodyParameters: { parameters: [{ name: 'a', value: '1' }] },
			},
			answers: { '/records': redirect(307, '/moved'), '/moved': { body: { moved: true } } },
		},
		{
			title: 'A file that is redirected by 307',
			input: 'files',
			parameters: {
				method: 'POST',
				sendBody: true,
				contentType: 'binaryData',
				inputDataFieldName: 'bytes',
			},
			answers: { '/records': redirect(307, '/moved'), '/moved': { body: { moved: true } } },
		},
		{
			title: '300, which is none to follow',
			answers: redirect(300, '/moved'),
			options: NO_RETRIES,
		},
	],
};

export const FAILURES: ParityGroup[] = [errors, network, retries, redirectCases];
