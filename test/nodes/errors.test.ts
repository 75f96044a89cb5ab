import type { IDataObject, INode, INodeParameters, NodeApiError } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { failedCallError } from '../../nodes/OAuth2HttpRequest/errors/failedCallError';
import { TOOL_TYPE } from '../engine/nodeWorkflow';
import type { EngineRun } from '../engine/runWorkflow';
import { postRecords, QUICK_RETRY, records, startWorld, type World } from './world';

const NO_RETRY = { retry: { retry: { maxRetries: 0 } } };

/** Message and description as the editor shows them. */
function shown({ error }: EngineRun): string {
	return `${error?.message}\n${error?.description}`;
}

describe('a credential that cannot be used', () => {
	const cases: Array<[name: string, credential: IDataObject, field: string]> = [
		['no token URL', { tokenUrl: '' }, 'Token URL'],
		['a malformed token URL', { tokenUrl: 'auth.example.com/token' }, 'Token URL'],
		['an http token URL', { tokenUrl: 'http://auth.example.com/token' }, 'Allow Insecure HTTP'],
		['no client ID', { clientId: ' ' }, 'Client ID'],
		['no client secret', { clientSecret: '' }, 'Client Secret'],
		['a wrong secret', { clientSecret: 'wrong-secret' }, 'Client Secret'],
		['an unknown client', { clientId: 'somebody' }, 'Client ID'],
		['a scope it may not have', { scope: 'records:admin' }, 'Scope'],
	];
	it.each(cases)('names the field to change: %s', async (_name, credential, field) => {
		const { run, api } = await startWorld();
		const result = await run(postRecords(api), { credential });
		expect(shown(result)).toContain(field);
		expect(api.requests).toHaveLength(0);
	});

	it('is an error of each item where the run goes on', async () => {
		const { run, api } = await startWorld();
		const { items, errorItems } = await run(postRecords(api), {
			items: records(3),
			credential: { tokenUrl: '' },
			onError: 'continueErrorOutput',
		});
		expect(items).toHaveLength(0);
		expect(errorItems.map(({ json }) => json.id)).toEqual([0, 1, 2]);
		expect(errorItems[0]?.json.error).toMatchObject({ message: 'The token URL is missing' });
	});
});

describe('a token endpoint that answers oddly', () => {
	const cases: Array<[name: string, status: number, body: string, text: string]> = [
		['HTML', 200, '<!doctype html><title>Login</title>', 'a web page instead of a token'],
		['nothing', 200, '', 'an empty response instead of a token'],
		['over 1 MiB', 200, 'x'.repeat(1024 * 1024 + 1), 'too large'],
		['200 with an error', 200, '{"error":"invalid_scope"}', 'refuses the scope'],
		['no access_token', 200, '{"token_type":"Bearer"}', 'contains no access token'],
		['a MAC token', 200, '{"access_token":"a","token_type":"mac"}', 'type of token'],
		['unauthorized_client', 400, '{"error":"unauthorized_client"}', 'may not use the client'],
		['unsupported_grant_type', 400, '{"error":"unsupported_grant_type"}', 'Token URL'],
		['its own words', 400, '{"error":"x","error_description":"Tenant closed"}', 'Tenant closed'],
		['a redirect', 302, '', 'was not followed'],
		['HTML after a comment', 200, '<!-- (C) --><!doctype html>', 'a web page instead of a token'],
		['no realm (Keycloak)', 404, '{"error":"Realm does not exist"}', 'Check Token URL'],
		['401 of Okta', 401, '{"errorCode":"x","errorSummary":"Bad client"}', '"Bad client"'],
		[
			'401 of Apigee',
			401,
			'{"ErrorCode":"x","Error":"ClientId is Invalid"}',
			'ClientId is Invalid',
		],
		['a fault', 401, '{"fault":{"faultstring":"Invalid ApiKey"}}', '"Invalid ApiKey"'],
		['400 of Shopify', 400, '{"errors":"[API] Invalid API key"}', 'Invalid API key'],
	];
	it.each(cases)('is explained: %s', async (_name, status, body, text) => {
		const { run, api, server } = await startWorld();
		server.intercept((_req, res) => {
			res.writeHead(status, status === 302 ? { Location: `${api.origin}/steal` } : {}).end(body);
			return true;
		});
		const result = await run(postRecords(api, NO_RETRY));
		expect(shown(result)).toContain(text);
		expect(api.requests).toHaveLength(0);
	});
});

describe('a secret with a space around it', () => {
	it.each(['client_secret_post', 'client_secret_basic', 'client_secret_jwt'])(
		'is told where it is refused: %s',
		async (clientAuthentication) => {
			const { run, api, server } = await startWorld();
			server.intercept((_req, res) => {
				res.writeHead(401).end('{"error":"invalid_client"}');
				return true;
			});
			const told = async (clientSecret: string) =>
				shown(
					await run({ url: api.origin }, { credential: { clientAuthentication, clientSecret } }),
				);
			expect(await told('a-secret-of-mine ')).toContain('begins or ends with a space');
			expect(await told('a-secret-of-mine')).not.toContain('begins or ends with a space');
		},
	);
});

describe('bad input', () => {
	const base = ({ api }: World): INodeParameters => ({ method: 'POST', url: `${api.origin}/echo` });
	const cases: Array<[name: string, parameters: (world: World) => INodeParameters, text: string]> =
		[
			['no URL', () => ({ url: '={{ $json.nothing }}' }), 'Fill in URL'],
			['no web address', () => ({ url: 'records' }), 'Correct URL'],
			[
				'a URL with a password',
				({ api }) => ({ url: api.origin.replace('//', '//bob:pass@') }),
				'Remove the part before "@" in URL',
			],
			[
				'no method',
				(world) => ({ ...base(world), method: '={{ $json.nothing }}' }),
				'Choose a value for Method',
			],
			[
				'a proxy without a scheme',
				(world) => ({ ...base(world), options: { proxy: 'proxy:3128' } }),
				'Correct Options → Proxy',
			],
			[
				'a proxy that an expression makes a number',
				(world) => ({ ...base(world), options: { proxy: '={{ 3128 }}' } }),
				'Correct Options → Proxy',
			],
			[
				'an unknown response format',
				(world) => ({
					...base(world),
					options: { response: { response: { responseFormat: '={{ "xml" }}' } } },
				}),
				'Options → Response → Response Format',
			],
			[
				'a proxy with a bare "%" in its password',
				(world) => ({ ...base(world), options: { proxy: 'http://bob:50%@127.0.0.1:1' } }),
				'write each "%" in them as "%25"',
			],
			[
				'a content type with a line break',
				(world) => ({
					...base(world),
					sendBody: true,
					contentType: 'raw',
					rawContentType: '={{ "text/plain\\r\\nx: y" }}',
				}),
				'"Content-Type" contains a line break',
			],
			[
				'no JSON body',
				(world) => ({
					...base(world),
					sendBody: true,
					specifyBody: 'json',
					jsonBody: '={{ $json.nothing }}',
				}),
				'Correct JSON Body: it is empty',
			],
			[
				'a HEAD request with a body over reused connections',
				(world) => ({
					...base(world),
					method: 'HEAD',
					sendBody: true,
					options: { reuseConnections: true },
				}),
				'Turn off Options → Reuse Connections',
			],
			['an http URL', () => ({ url: 'http://api.example.com/' }), 'Allow Insecure HTTP'],
			[
				'a header with a line break',
				(world) => ({
					...base(world),
					sendHeaders: true,
					headerParameters: { parameters: [{ name: 'X-Note', value: '={{ "a\\r\\nb: c" }}' }] },
				}),
				'Headers',
			],
			[
				'invalid JSON',
				(world) => ({ ...base(world), sendBody: true, specifyBody: 'json', jsonBody: '{"a":' }),
				'JSON Body',
			],
			[
				'an unknown file field',
				(world) => ({
					...base(world),
					sendBody: true,
					contentType: 'binaryData',
					inputDataFieldName: 'attachment',
				}),
				'Input Data Field Name',
			],
		];
	it.each(cases)('names the field to change: %s', async (_name, parameters, text) => {
		const world = await startWorld();
		const result = await world.run(parameters(world));
		expect(shown(result)).toContain(text);
		expect(world.api.requests).toHaveLength(0);
	});

	it.each([
		['URL', { url: 'bob:hunter2@api.example.com/a?key=hunter2' }],
		['Proxy', { url: 'http://127.0.0.1:1', options: { proxy: 'bob:hunter2@proxy:3128' } }],
	])('shows no password that is in %s', async (field, parameters) => {
		const { run } = await startWorld();
		const result = await run(parameters);
		expect(shown(result)).toContain(field);
		expect(shown(result)).not.toContain('hunter2');
	});

	const notNumbers: Array<[field: string, options: INodeParameters]> = [
		['Timeout', { timeout: '={{ "soon" }}' }],
		['Redirects → Max Redirects', { redirect: { redirect: { maxRedirects: '={{ "many" }}' } } }],
		['Concurrency', { concurrency: '={{ "ten" }}' }],
		['Retry → Max Retries', { retry: { retry: { maxRetries: '={{ "five" }}' } } }],
		['Retry → First Backoff (S)', { retry: { retry: { baseSeconds: '={{ NaN }}' } } }],
		['Retry → Longest Backoff (S)', { retry: { retry: { capSeconds: '={{ [] }}' } } }],
		['Retry → Longest Pause (S)', { retry: { retry: { maxRetryAfterSeconds: '={{ "2 s" }}' } } }],
		['Batching → Items per Batch', { batching: { batch: { batchSize: '={{ "all" }}' } } }],
		['Request Limit → Max Requests', { requestLimit: { limit: { maxRequests: '={{ "" }}' } } }],
		['Request Limit → Interval (S)', { requestLimit: { limit: { intervalSeconds: 0 } } }],
	];
	it.each(notNumbers)('names the option that is no number: %s', async (field, options) => {
		const { run, api } = await startWorld();
		const { items } = await run(postRecords(api, options), {
			items: records(2),
			onError: 'continueRegularOutput',
		});
		expect(items.map(({ json }) => json.error)).toMatchObject(
			Array(2).fill({ description: expect.stringContaining(`Options → ${field}.`) }),
		);
		expect(api.requests).toHaveLength(0);
	});

	it('is not: a number that an expression gives as a text, or not at all', async () => {
		const { run, api } = await startWorld();
		const options = {
			timeout: '={{ "60000" }}',
			concurrency: '={{ $json.nothing }}',
			retry: { retry: { maxRetries: '={{ "1" }}', baseSeconds: '={{ "0.01" }}' } },
		};
		let failures = 3;
		api.intercept((_req, res) => failures-- > 0 && Boolean(res.status(503).end()));
		const { items } = await run(postRecords(api, options), {
			items: records(2),
			onError: 'continueRegularOutput',
		});
		expect(items.filter(({ json }) => json.error === undefined)).toHaveLength(1);
		expect(api.requests).toHaveLength(4);
	});

	it('in the options of the first item does not hold up the others', async () => {
		const { run, api } = await startWorld();
		const { items, error } = await run(postRecords(api, { timeout: '={{ $json.text.toInt() }}' }), {
			items: ['soon', '60000'].map((text, id) => ({ json: { id, text } })),
			onError: 'continueRegularOutput',
		});
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.error !== undefined)).toEqual([true, false]);
		expect(api.requests).toHaveLength(1);
	});

	it('of one item does not hold up the others', async () => {
		const { run, api } = await startWorld();
		const parameters = {
			...postRecords(api),
			jsonBody: '={{ $json.id === 5 ? "{broken" : JSON.stringify($json) }}',
		};
		const { items, errorItems } = await run(parameters, {
			items: records(10),
			onError: 'continueErrorOutput',
		});
		expect(items).toHaveLength(9);
		expect(errorItems).toHaveLength(1);
		expect(errorItems[0]?.json).toMatchObject({ id: 5, error: { message: /JSON Body/ } });
		expect(api.delivered().size).toBe(9);
	});

	it('leaves n8n time for others, however many items fail without a call', async () => {
		const { run } = await startWorld();
		let turns = 0;
		const timer = setInterval(() => turns++, 10);
		const { errorItems } = await run(
			{ url: '={{ $json.nothing }}' },
			{ items: records(2_000), onError: 'continueErrorOutput' },
		);
		clearInterval(timer);
		expect(errorItems).toHaveLength(2_000);
		expect(turns).toBeGreaterThan(3);
	});

	it('stops the run, and says which items were delivered, where errors are not allowed', async () => {
		const { run, api } = await startWorld();
		const parameters = {
			...postRecords(api, { concurrency: 1 }),
			jsonBody: '={{ $json.id === 5 ? "{broken" : JSON.stringify($json) }}',
		};
		const result = await run(parameters, { items: records(10) });
		expect(shown(result)).toContain(
			'5 of 10 items were delivered, 5 were not. Not delivered: items 5–9. The first item is item 0.',
		);
		expect(result.error?.context.itemIndex).toBe(5);
		expect(api.delivered().size).toBe(5);
	});

	it('lets the calls on the wire end before the run stops', async () => {
		const { run, api } = await startWorld();
		// Until an API has answered some calls, fewer are sent at once.
		await run({ url: `${api.origin}/status/200` }, { items: records(20) });
		const before = api.requests.length;
		const result = await run(
			{
				url: `={{ "${api.origin}" + ($json.id === 3 ? "/status/404" : "/slow?ms=300") }}`,
				options: { concurrency: 4 },
			},
			{ items: records(20) },
		);
		expect(shown(result)).toContain(
			'3 of 20 items were delivered, 17 were not. Not delivered: items 3–19.',
		);
		expect(api.requests.slice(before).filter(({ status }) => status === 200)).toHaveLength(3);
	});
});

describe('an item that failed, where the run goes on', () => {
	const refuse = async (onError: 'continueErrorOutput' | 'continueRegularOutput') => {
		const world = await startWorld();
		world.api.intercept((req, res) => {
			const token = req.get('authorization')?.split(' ')[1];
			res.status(422).json({ error: { message: 'Too long' }, field: 'name', token });
			return true;
		});
		const result = await world.run(
			{ url: `${world.api.origin}/any` },
			{ items: [{ json: { id: 7 } }], onError },
		);
		return { ...result, token: world.server.issuedTokens[0] ?? '' };
	};

	it("carries what n8n's own node says of it, without the token", async () => {
		const { errorItems, token } = await refuse('continueErrorOutput');
		expect(errorItems[0]?.json).toMatchObject({
			id: 7,
			error: {
				message: 'The API refuses this call (422 Unprocessable Entity)',
				name: 'NodeApiError',
				httpCode: '422',
				status: 422,
				code: 'ERR_BAD_REQUEST',
				body: { error: { message: 'Too long' }, field: 'name', token: '[hidden]' },
				context: { itemIndex: 0 },
			},
		});
		expect(JSON.stringify(errorItems)).not.toContain(token);
	});

	it('is among the others where errors have no output of their own', async () => {
		const { items } = await refuse('continueRegularOutput');
		expect(Object.keys(items[0]?.json ?? {})).toEqual(['error']);
	});

	it('names the code of a call that took too long as n8n does', async () => {
		const { run, api } = await startWorld();
		api.intercept(() => true);
		const { errorItems } = await run(
			{ url: `${api.origin}/slow`, options: { ...NO_RETRY, timeout: 50 } },
			{ onError: 'continueErrorOutput' },
		);
		expect(errorItems[0]?.json.error).toMatchObject({ code: 'ECONNABORTED' });
	});

	it('names the code where there was no answer', async () => {
		const { run } = await startWorld();
		const { errorItems } = await run(
			{ url: 'http://127.0.0.1:1/', options: QUICK_RETRY },
			{ onError: 'continueErrorOutput' },
		);
		expect(errorItems[0]?.json.error).toMatchObject({ code: 'ECONNREFUSED' });
	});
});

describe('an API that refuses', () => {
	it.each([
		[400, 'The API refuses this call (400 Bad Request)'],
		[403, 'The API forbids this call (403 Forbidden)'],
		[404, 'The API has nothing at this URL (404 Not Found)'],
		[500, 'The API failed (500 Internal Server Error)'],
	])('with status %i is told with its status and its words', async (status, message) => {
		const { run, api } = await startWorld();
		api.intercept((_req, res) => {
			res.status(status).json({ error: { message: 'Because of the moon' } });
			return true;
		});
		const { error } = await run(postRecords(api));
		expect(error).toMatchObject({ name: 'NodeApiError', message, httpCode: String(status) });
		expect(error?.description).toContain('Because of the moon');
	});

	it.each<[who: string, body: object]>([
		['SAP', { error: { code: 'SY/530', message: { lang: 'en', value: 'It is full' } } }],
		['SharePoint', { 'odata.error': { code: '-1', message: { value: 'It is full' } } }],
		['Xero', { ErrorNumber: 10, Type: 'ValidationException', Message: 'It is full' }],
		['Jira', { errorMessages: ['It is full'], errors: {} }],
		['Zendesk', { error: 'RecordInvalid', description: 'It is full', details: {} }],
		['Salesforce', [{ message: 'It is full', errorCode: 'STORAGE_LIMIT_EXCEEDED' }]],
		['express-validator', { errors: [{ value: 'x', msg: 'It is full', param: 'name' }] }],
		['a chatterbox', { error: { details: 'y'.repeat(20_000), message: 'It is full' } }],
	])('is quoted with its message only: %s', async (_who, body) => {
		const { run, api } = await startWorld();
		api.intercept((_req, res) => Boolean(res.status(400).json(body)));
		const { error } = await run(postRecords(api));
		expect(error?.description).toMatch(/^The API says: "It is full"\. /);
	});

	it('may begin with a byte order mark', async () => {
		const { run, api } = await startWorld();
		api.intercept((_req, res) =>
			Boolean(res.status(400).type('json').send('\uFEFF{"message":"It is full"}')),
		);
		const { error } = await run(postRecords(api));
		expect(error?.description).toMatch(/^The API says: "It is full"\. /);
		expect((error as NodeApiError).context.data).toEqual({ message: 'It is full' });
	});

	it('shows no token in the address that redirects have led to', async () => {
		const { run, api } = await startWorld();
		let token = '';
		api.intercept((req, res) => {
			if (req.path.startsWith('/session')) {
				res.sendStatus(404);
			} else {
				token = String(req.headers.authorization).replace('Bearer ', '');
				res.redirect(`/session/${token}`);
			}
			return true;
		});
		const result = await run({ url: `${api.origin}/records` });
		expect(token).not.toBe('');
		expect(shown(result)).toContain('/session/');
		expect(shown(result)).not.toContain(token);
	});

	it('tells the reasons beside a general message', async () => {
		const { run, api } = await startWorld();
		api.intercept((_req, res) => {
			res.status(400).json({
				message: 'Validation failed.',
				errors: [{ field: 'email', message: 'Not an address.' }],
			});
			return true;
		});
		expect(shown(await run({ url: `${api.origin}/records` }))).toContain(
			'The API says: "Validation failed; email: Not an address".',
		);
	});

	it('tells how to get the CSRF token that SAP wants', async () => {
		const { run, api } = await startWorld();
		api.intercept((_req, res) => {
			res.status(403).set('x-csrf-token', 'Required').send('CSRF token validation failed.');
			return true;
		});
		const text = shown(await run(postRecords(api)));
		expect(text).toContain('The API says: "CSRF token validation failed". ');
		expect(text).toContain('the header x-csrf-token with the value fetch');
	});

	it('by "not modified" is no redirect', async () => {
		const { run, api } = await startWorld();
		api.intercept((_req, res) => Boolean(res.status(304).end()));
		const { error } = await run({ url: api.origin });
		expect(error?.message).toBe(
			'The API has nothing newer than what the call names (304 Not Modified)',
		);
		expect(error?.description).toContain('If-None-Match');
	});

	it('never shows the secret or the token, even where the API sends them back', async () => {
		const { run, api, secret, server } = await startWorld();
		api.intercept((req, res) => {
			res.statusMessage = `Bad ${req.get('authorization')}`;
			res.status(400).json({ message: `got ${req.get('authorization')} ${secret}` });
			return true;
		});
		const result = await run(postRecords(api), { mode: 'manual' });
		const everything = JSON.stringify([result.error, result.hints, result.messages]);
		expect(everything).toContain('got ');
		expect(everything).not.toContain(secret);
		expect(everything).not.toContain(server.issuedTokens[0]);
	});

	it('is told in the message to the model whose tool the node is', async () => {
		const { run, api } = await startWorld();
		api.intercept((_req, res) => Boolean(res.status(400).json({ message: 'No such color' })));
		const { error } = await run(postRecords(api), { type: TOOL_TYPE });
		expect(error?.message).toBe(
			`The API refuses this call (400 Bad Request). The API says: "No such color". Check URL, query parameters, headers and body of the call to ${api.origin}/records.`,
		);
	});

	it('is explained by the challenge where nothing else explains it', async () => {
		const { run, api } = await startWorld();
		const challenge = 'Bearer error="insufficient_scope", scope="records:delete"';
		api.intercept((_req, res) =>
			Boolean(res.status(403).set('WWW-Authenticate', challenge).json({})),
		);
		const { error } = await run(postRecords(api));
		expect(error?.description).toContain('The API says: "scope="records:delete"".');
	});

	it('is explained by the challenge rather than by the page that a web server has for all', async () => {
		const { run, api } = await startWorld();
		const challenge = 'Bearer error="invalid_token", error_description="Token is not active."';
		const page = `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">
			<html><head><title>401 Unauthorized</title></head><body>Bad password</body></html>`;
		api.intercept((_req, res) =>
			Boolean(res.status(401).set('WWW-Authenticate', challenge).send(page)),
		);
		const { error } = await run(postRecords(api));
		expect(error?.description).toContain('The API says: "Token is not active". Check Scope');
	});

	it('of headers that are too large is put down to the token', async () => {
		const { run, api } = await startWorld();
		api.intercept((_req, res) => Boolean(res.status(431).end()));
		const { error } = await run(postRecords(api));
		expect(error?.description).toContain('Scope in the credential');
	});

	it('of a proxy is not put down to the API', async () => {
		const { run, api } = await startWorld();
		api.intercept((_req, res) => Boolean(res.status(407).end()));
		const { error } = await run(postRecords(api));
		expect(error?.message).toBe('A proxy refuses this call (407 Proxy Authentication Required)');
		expect(error?.description).toContain('Options → Proxy');
	});

	it('with nothing but an empty object is not quoted', async () => {
		const { run, api } = await startWorld();
		api.intercept((_req, res) => Boolean(res.status(404).json({})));
		const { error } = await run(postRecords(api));
		expect(error?.description).toBe(`Check URL: ${api.origin}/records.`);
	});

	it('by not being there is told by its name', async () => {
		const { run } = await startWorld();
		const result = await run({ url: 'http://127.0.0.1:1/', options: QUICK_RETRY });
		expect(shown(result)).toContain('127.0.0.1:1 could not be reached');
		expect(shown(result)).toContain('ECONNREFUSED');
	});

	it('by speaking http where URL begins with https is told as such', async () => {
		const { run, api } = await startWorld();
		const url = api.origin.replace('http:', 'https:');
		const result = await run({ url, options: QUICK_RETRY });
		expect(result.error?.message).toBe(`${new URL(url).host} does not speak https`);
		expect(result.error?.description).toContain('Check URL');
	});

	it('for too long is told of the calls that are not sent any more', async () => {
		const node = { name: 'Send', type: 'x', typeVersion: 1 } as INode;
		const obstacle = { kind: 'silence', silentForMs: 330_000 } as const;
		const call = { kind: 'notSent', obstacle, inDoubt: false } as const;
		const error = failedCallError(node, call, { itemIndex: 7, nowMs: 0, secrets: [] });
		expect(error.message).toBe('The call was not sent: the API does not answer');
		expect(error.description).toContain('No call has been answered for 6 min.');
		expect(error.context.itemIndex).toBe(7);
	});
});
