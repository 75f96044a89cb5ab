import { Expression, type INodeExecutionData, type INodeParameters } from 'n8n-workflow';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startForwardProxy } from '../servers/forwardProxy';
import { records, startWorld } from './world';

interface Echo {
	method: string;
	url: string;
	headers: Record<string, string>;
	body: string;
	bodyBase64: string;
}

/** What the API receives when the node is set to these parameters. */
async function send(parameters: INodeParameters, item: INodeExecutionData = { json: {} }) {
	const { run, api } = await startWorld();
	const { items, error } = await run(
		{ method: 'POST', url: `${api.origin}/echo`, ...parameters },
		{ items: [item] },
	);
	expect(error).toBeUndefined();
	return items[0]?.json as unknown as Echo;
}

const pairs = (...list: Array<[name: string, value: string]>): INodeParameters => ({
	parameters: list.map(([name, value]) => ({ name, value })),
});

describe('the query', () => {
	it('is taken from fields, encoded, after what the URL has already', async () => {
		const { run, api } = await startWorld();
		const { items } = await run({
			url: `${api.origin}/echo?fixed=1#part`,
			sendQuery: true,
			queryParameters: pairs(['q', 'a b&c=ü'], ['', 'unnamed']),
		});
		expect(items[0]?.json.url).toBe('/echo?fixed=1&q=a%20b%26c%3D%C3%BC');
	});

	it.each([
		['brackets', 'id%5B%5D=1&id%5B%5D=2'],
		['indices', 'id%5B0%5D=1&id%5B1%5D=2'],
		['repeat', 'id=1&id=2'],
	])('writes a name given twice as %s', async (queryParameterArrays, query) => {
		const { url } = await send({
			sendQuery: true,
			queryParameters: pairs(['id', '1'], ['id', '2']),
			options: { queryParameterArrays },
		});
		expect(url).toBe(`/echo?${query}`);
	});

	it('makes no list of a name whose first expression gave nothing', async () => {
		const { url } = await send({
			sendQuery: true,
			queryParameters: pairs(['id', '={{ undefined }}'], ['id', '2']),
		});
		expect(url).toBe('/echo?id=2');
	});

	it('is taken from JSON', async () => {
		const { url } = await send({
			sendQuery: true,
			specifyQuery: 'json',
			jsonQuery: '{"limit": 10, "filter": {"state": "open"}}',
		});
		expect(url).toBe('/echo?limit=10&filter%5Bstate%5D=open');
	});
});

describe('the headers', () => {
	it('are sent in lower case unless told otherwise', async () => {
		const { headers } = await send({
			sendHeaders: true,
			headerParameters: pairs(['X-Source', 'n8n']),
		});
		expect(headers['x-source']).toBe('n8n');
	});

	it('are taken from JSON, and win over the defaults', async () => {
		const { headers } = await send({
			sendHeaders: true,
			specifyHeaders: 'json',
			jsonHeaders: '{"Accept": "text/csv", "Content-Type": "application/vnd.api+json"}',
			sendBody: true,
			specifyBody: 'json',
			jsonBody: '{"a": 1}',
		});
		expect(headers).toMatchObject({
			accept: 'text/csv',
			'content-type': 'application/vnd.api+json',
		});
	});
});

describe('a value that an expression gives', () => {
	it.each([
		['{{ $json.nothing * 100 }}', 'NaN'],
		['{{ new Date(0) }}', '1970-01-01T00:00:00.000Z'],
		['{{ 12n }}', '12'],
		['{{ false }}', 'false'],
		['{{ [1, "a"] }}', '1, a'],
	])('is sent as text: %s', async (expression, text) => {
		const { headers } = await send({
			sendHeaders: true,
			headerParameters: pairs(['x-value', `=${expression}`]),
		});
		expect(headers['x-value']).toBe(text);
	});
});

describe('a method', () => {
	it.each([
		['GET IT', '"GET IT" is not a method'],
		['', 'The method is missing'],
	])('that is none is an error before anything is sent: "%s"', async (method, message) => {
		const { run, api } = await startWorld();
		const { error } = await run({ method, url: api.origin });
		expect(error?.message).toBe(message);
		expect(error?.description).toContain('Method');
		expect(api.requests).toHaveLength(0);
	});
});

describe('a header', () => {
	it('of your own never replaces the token', async () => {
		const { run, api } = await startWorld();
		const { error } = await run({
			url: `${api.origin}/echo`,
			sendHeaders: true,
			headerParameters: pairs(['Authorization', 'Bearer of-my-own']),
		});
		expect(error).toBeUndefined();
		expect(api.requests[0]?.headers.authorization).not.toContain('of-my-own');
	});

	it('is sent without blanks and line breaks around its value', async () => {
		const { headers } = await send({
			sendHeaders: true,
			headerParameters: pairs([' x-trace\t', ' a b\n']),
		});
		expect(headers['x-trace']).toBe('a b');
	});

	it.each([false, true])(
		'says no other length than that of the body (Reuse Connections: %s)',
		async (reuseConnections) => {
			const { headers, body } = await send({
				sendHeaders: true,
				headerParameters: pairs(['Content-Length', '3']),
				sendBody: true,
				specifyBody: 'json',
				jsonBody: '{"a": 1}',
				options: { reuseConnections },
			});
			expect(headers['content-length']).toBe('7');
			expect(body).toBe('{"a":1}');
		},
	);

	it('that an expression gives nothing for is not sent', async () => {
		const { headers } = await send({
			sendHeaders: true,
			headerParameters: pairs(['x-trace', '={{ $json.nothing }}']),
		});
		expect(headers).not.toHaveProperty('x-trace');
	});
});

describe('the body', () => {
	it('is JSON from fields, with objects in objects', async () => {
		const { body, headers } = await send({
			sendBody: true,
			bodyParameters: pairs(['name', 'Ada'], ['address.city', 'London']),
		});
		expect(JSON.parse(body)).toEqual({ name: 'Ada', address: { city: 'London' } });
		expect(headers['content-type']).toBe('application/json');
	});

	it('is JSON as an expression gives it', async () => {
		const { body } = await send(
			{ sendBody: true, specifyBody: 'json', jsonBody: '={{ $json }}' },
			{ json: { text: 'ü "quoted"\n', list: [1, null] } },
		);
		expect(JSON.parse(body)).toEqual({ text: 'ü "quoted"\n', list: [1, null] });
	});

	it('is a form from fields', async () => {
		const { body, headers } = await send({
			sendBody: true,
			contentType: 'form-urlencoded',
			bodyParameters: pairs(['a', '1 2'], ['b', 'ü&']),
		});
		expect(body).toBe('a=1%202&b=%C3%BC%26');
		expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
	});

	it('is a form from one text', async () => {
		const { body } = await send({
			sendBody: true,
			contentType: 'form-urlencoded',
			specifyBody: 'string',
			body: 'a=1&b=2',
		});
		expect(body).toBe('a=1&b=2');
	});

	it('is sent raw', async () => {
		const { body, headers } = await send({
			sendBody: true,
			contentType: 'raw',
			rawContentType: 'text/csv',
			body: 'id;name\n1;Ada',
		});
		expect(body).toBe('id;name\n1;Ada');
		expect(headers['content-type']).toBe('text/csv');
	});

	it.each([
		['of the field', [], 'text/csv', 'text/csv'],
		[
			'of the field, whatever the headers say',
			['Content-Type', 'text/x-own'],
			'text/csv',
			'text/csv',
		],
		['empty, as in the HTTP Request node', [], '', ''],
	])('that is raw has the content type %s', async (_name, header, rawContentType, expected) => {
		const [name = '', value = ''] = header;
		const { headers } = await send({
			sendHeaders: true,
			headerParameters: pairs([name, value]),
			sendBody: true,
			contentType: 'raw',
			rawContentType,
			body: 'a',
		});
		expect(headers['content-type']).toBe(expected);
	});

	it.each([
		['{ "a" : 1.0 }\n', '{ "a" : 1.0 }'],
		['hello', '"hello"'],
		['', '""'],
	])('that is raw JSON is made JSON where it is none: %j', async (body, expected) => {
		const rawContentType = 'application/json; charset=utf-8';
		const echo = await send({ sendBody: true, contentType: 'raw', rawContentType, body });
		expect(echo.body).toBe(expected);
	});

	it('is JSON also where a single field was specified', async () => {
		const { body } = await send({
			sendBody: true,
			contentType: 'json',
			specifyBody: 'string',
			body: 'a=1&b=x%20y',
		});
		expect(JSON.parse(body)).toEqual({ a: '1', b: 'x y' });
	});

	it('is not an empty form where it was specified as JSON', async () => {
		const { run, api } = await startWorld();
		const { error } = await run({
			method: 'POST',
			url: `${api.origin}/echo`,
			sendBody: true,
			contentType: 'form-urlencoded',
			specifyBody: 'json',
			jsonBody: '{"a": 1}',
		});
		expect(error?.description).toContain('for Specify Body');
		expect(api.requests).toHaveLength(0);
	});

	it('is a file of the item, byte for byte', async () => {
		const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
		const { bodyBase64, headers } = await send(
			{ sendBody: true, contentType: 'binaryData', inputDataFieldName: 'scan' },
			{
				json: {},
				binary: { scan: { data: bytes.toString('base64'), mimeType: 'image/png' } },
			},
		);
		expect(bodyBase64).toBe(bytes.toString('base64'));
		expect(headers['content-type']).toBe('image/png');
	});

	it('is a form of texts and files', async () => {
		const { body, headers } = await send(
			{
				sendBody: true,
				contentType: 'multipart-form-data',
				bodyParameters: {
					parameters: [
						{ name: 'title', value: 'Üben' },
						{ parameterType: 'formBinaryData', name: 'scan', inputDataFieldName: 'file' },
					],
				},
			},
			{
				json: {},
				binary: {
					file: {
						data: Buffer.from('%PDF').toString('base64'),
						mimeType: 'application/pdf',
						fileName: 'a.pdf',
					},
				},
			},
		);
		const form = await new Response(body, {
			headers: { 'content-type': headers['content-type'] ?? '' },
		}).formData();
		const scan = form.get('scan') as File;
		expect(form.get('title')).toBe('Üben');
		expect({ name: scan.name, type: scan.type, text: await scan.text() }).toEqual({
			name: 'a.pdf',
			type: 'application/pdf',
			text: '%PDF',
		});
	});

	it.each(['GET', 'OPTIONS', 'DELETE'])('goes along with %s, too', async (method) => {
		const { body, headers } = await send({
			method,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: '{"a": 1}',
		});
		expect({ body, type: headers['content-type'] }).toEqual({
			body: '{"a":1}',
			type: 'application/json',
		});
	});

	it('takes the form that the Content-Type header asks for', async () => {
		const { body } = await send({
			sendHeaders: true,
			headerParameters: pairs(['Content-Type', 'application/x-www-form-urlencoded']),
			sendBody: true,
			bodyParameters: pairs(['a', '1'], ['b', '2']),
		});
		expect(body).toBe('a=1&b=2');
	});

	it('that is a form is always announced as one', async () => {
		const { headers } = await send({
			sendHeaders: true,
			headerParameters: pairs(['Content-Type', 'multipart/form-data']),
			sendBody: true,
			contentType: 'multipart-form-data',
			bodyParameters: pairs(['a', '1']),
		});
		expect(headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
	});

	it('with files goes along with GET, too', async () => {
		const { method, body, headers } = await send({
			method: 'GET',
			sendBody: true,
			contentType: 'multipart-form-data',
			bodyParameters: pairs(['a', '1']),
		});
		expect(method).toBe('GET');
		expect(headers['content-type']).toMatch(/^multipart\/form-data; boundary=/i);
		expect(body).toContain('name="a"\r\n\r\n1\r\n');
	});
});

describe('several cookies', () => {
	it('are one header, as cookies are written', async () => {
		const { headers } = await send({
			sendHeaders: true,
			headerParameters: pairs(['Cookie', 'a=1'], ['Cookie', 'b=2'], ['X-A', '1'], ['X-A', '2']),
		});
		expect(headers).toMatchObject({ cookie: 'a=1; b=2', 'x-a': '1, 2' });
	});
});

describe('a redirect', () => {
	it('is followed, with the token within the origin', async () => {
		const { run, api } = await startWorld();
		const { items, error } = await run({ url: `${api.origin}/redirect?to=/echo/there` });
		expect(error).toBeUndefined();
		expect(items[0]?.json.url).toBe('/echo/there');
	});

	it('to another origin does not carry the token', async () => {
		const { run, api, server } = await startWorld();
		const other = await startWorld();
		other.api.intercept((_req, res) => Boolean(res.json({ reached: true })));
		const to = encodeURIComponent(`${other.api.origin}/elsewhere`);
		const { items } = await run({ url: `${api.origin}/redirect?status=307&to=${to}` });
		expect(items[0]?.json).toEqual({ reached: true });
		expect(other.api.requests[0]?.headers.authorization).toBeUndefined();
		expect(server.issuedTokens).toHaveLength(1);
	});

	it('is followed where Max Redirects is 0: that is the default', async () => {
		const { run, api } = await startWorld();
		const { items } = await run({
			url: `${api.origin}/redirect?to=/echo/there`,
			options: { redirect: { redirect: { maxRedirects: 0 } } },
		});
		expect(items[0]?.json.url).toBe('/echo/there');
	});

	it('in a circle fails with what to change', async () => {
		const { run, api } = await startWorld();
		const { items } = await run(
			{
				url: `${api.origin}/redirect?to=${encodeURIComponent('/redirect?to=/redirect')}`,
				options: { redirect: { redirect: { maxRedirects: 1 } } },
			},
			{ onError: 'continueRegularOutput' },
		);
		expect(items[0]?.json.error).toMatchObject({
			message: 'The API redirects this call too many times (302 Found)',
			description: expect.stringContaining('Max Redirects'),
			status: 302,
			code: 'ERR_FR_TOO_MANY_REDIRECTS',
		});
		expect(api.requests).toHaveLength(2);
	});

	it('to no web address fails with what to change', async () => {
		const { run, api } = await startWorld();
		const { items } = await run(
			{ url: `${api.origin}/redirect?to=ftp:files` },
			{ onError: 'continueRegularOutput' },
		);
		expect(items[0]?.json.error).toMatchObject({
			message: 'The API redirects this call to an address that cannot be called (302 Found)',
			description: expect.stringContaining(`${api.origin}/redirect redirects to`),
			code: 'ERR_FR_REDIRECTION_FAILURE',
		});
	});

	it('is not followed where that is turned off', async () => {
		const { run, api } = await startWorld();
		const { error } = await run({
			url: `${api.origin}/redirect?to=/echo`,
			options: { redirect: { redirect: { followRedirects: false } } },
		});
		expect(error).toMatchObject({ httpCode: '302' });
		expect(api.requests).toHaveLength(1);
	});
});

describe('parameters without an expression', () => {
	it('are the same for all items, those with one are not', async () => {
		const { run, api } = await startWorld();
		const { items } = await run(
			{
				url: `={{ "${api.origin}/echo/" + $json.id }}`,
				sendHeaders: true,
				headerParameters: pairs(['x-fixed', 'one']),
			},
			{ items: [{ json: { id: 'a' } }, { json: { id: 'b' } }] },
		);
		expect(
			items.map(({ json }) => [json.url, (json.headers as Echo['headers'])['x-fixed']]),
		).toEqual([
			['/echo/a', 'one'],
			['/echo/b', 'one'],
		]);
	});
});

describe('an expression', () => {
	/** Counts how often n8n evaluates each of a run. */
	function countEvaluations() {
		const counts = new Map<string, number>();
		const { resolveSimpleParameterValue } = Expression.prototype;
		vi.spyOn(Expression.prototype, 'resolveSimpleParameterValue').mockImplementation(function (
			this: Expression,
			...args
		) {
			const [value] = args;
			if (typeof value === 'string' && value.startsWith('=')) {
				counts.set(value, (counts.get(value) ?? 0) + 1);
			}
			return resolveSimpleParameterValue.apply(this, args);
		});
		onTestFinished(() => {
			vi.restoreAllMocks();
		});
		return counts;
	}

	it('is evaluated once for an item, in Options, too', async () => {
		const { run, api } = await startWorld();
		const counts = countEvaluations();
		const timeout = '={{ 1000 + $json.id }}';
		const jsonBody = '={{ $json }}';
		const neverError = '={{ false }}';
		const { error } = await run(
			{
				method: 'POST',
				url: `${api.origin}/echo`,
				sendBody: true,
				specifyBody: 'json',
				jsonBody,
				options: { timeout, response: { response: { neverError } } },
			},
			{ items: records(10) },
		);
		expect(error).toBeUndefined();
		expect(counts.get(timeout)).toBe(10);
		expect(counts.get(neverError)).toBe(10);
		// Only then is it known that it gives an object.
		expect(counts.get(jsonBody)).toBe(11);
	});

	it('that fails for all items does so once for a few of them before the run begins', async () => {
		const { run, api } = await startWorld();
		const counts = countEvaluations();
		const concurrency = "={{ $('Nope').item.json.x }}";
		const { items } = await run(
			{ url: `${api.origin}/echo`, options: { concurrency } },
			{ items: records(100), onError: 'continueRegularOutput' },
		);
		const { message } = items[99]?.json.error as { message: string };
		expect(message).toBe("Referenced node doesn't exist");
		expect(items).toHaveLength(100);
		expect(api.requests).toHaveLength(0);
		expect(counts.get(concurrency)).toBeLessThan(20);
	});

	it('in Options is not evaluated again for each page, nor are those of the pagination', async () => {
		const { run, api } = await startWorld();
		const counts = countEvaluations();
		const timeout = '={{ 1000 }}';
		const value = '={{ $pageCount + 1 }}';
		const pagination = {
			paginationMode: 'updateAParameterInEachRequest',
			parameters: { parameters: [{ type: 'qs', name: 'page', value }] },
			limitPagesFetched: true,
			maxRequests: 5,
		};
		const { items } = await run({
			url: `${api.origin}/echo`,
			options: { timeout, pagination: { pagination } },
		});
		expect(items).toHaveLength(5);
		expect(counts.get(timeout)).toBe(1);
		expect(counts.get(value)).toBe(5);
	});
});

describe('a proxy', () => {
	it('takes the calls to the API, and not the token request', async () => {
		const { run, api } = await startWorld();
		const proxy = await startForwardProxy();
		onTestFinished(() => proxy.close());
		const { items, error } = await run({
			url: `${api.origin}/echo`,
			options: { proxy: proxy.url },
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		expect(proxy.requests.map(({ target }) => target)).toEqual([`${api.origin}/echo`]);
	});

	it.each([
		['that is no address', { proxy: 'myproxy:3128' }, 'Correct Options → Proxy'],
		[
			'with reused connections',
			{ proxy: 'http://127.0.0.1:1', reuseConnections: true },
			'Turn one of them off',
		],
	])('%s is an error', async (_name, options, text) => {
		const { run, api } = await startWorld();
		const { error } = await run({ url: `${api.origin}/echo`, options });
		expect(error?.description).toContain(text);
		expect(api.requests).toHaveLength(0);
	});
});
