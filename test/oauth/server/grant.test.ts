import type { IncomingMessage, ServerResponse } from 'node:http';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClientCredentials } from '../../../oauth/client/clientCredentials';
import { TokenError } from '../../../oauth/errors/tokenError';
import { requestAccessToken } from '../../../oauth/server/grant';
import type { TokenRequest, TokenRequestSender } from '../../../oauth/server/tokenRequest';
import {
	startAuthorizationServer,
	type AuthorizationServer,
} from '../../servers/authorizationServer';
import { clientWith, SECRET, secretBasic, secretPost } from '../exampleClient';
import { sendTokenRequest } from '../sendTokenRequest';

const NOW_MS = 1_700_000_000_000;
/** Characters that each encoding treats in its own way. */
const ODD_SECRET = 'p@ss:w+rd/%20&=?~!*()\'"<b>\\ end';

let server: AuthorizationServer;
beforeAll(async () => {
	server = await startAuthorizationServer({
		clients: [
			{ client_id: 'nightly-sync', client_secret: 'correct-horse-battery-staple' },
			{ client_id: 'odd:id+&', client_secret: ODD_SECRET },
		],
	});
});
afterEach(() => server.intercept());
afterAll(() => server.close());

const clientOfServer = (overrides: Partial<ClientCredentials> = {}) =>
	clientWith({ tokenUrl: server.tokenUrl, scope: 'records:write', ...overrides });

function request(
	overrides: Partial<ClientCredentials> = {},
	{ send = sendTokenRequest, signal }: { send?: TokenRequestSender; signal?: AbortSignal } = {},
) {
	return requestAccessToken(clientOfServer(overrides), { send, now: () => NOW_MS }, signal);
}

/** Lets the server answer every token request with this. */
function answer(status: number, body: string | Buffer | object, headers = {}) {
	server.intercept((_req, res) => {
		const isBytes = typeof body === 'string' || Buffer.isBuffer(body);
		res.writeHead(status, headers).end(isBytes ? body : JSON.stringify(body));
		return true;
	});
}

async function errorOf(granting: Promise<unknown>): Promise<TokenError> {
	const error = await granting.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	expect(error).toBeInstanceOf(TokenError);
	return error as TokenError;
}

const textOf = (error: TokenError) =>
	`${error.message}\n${error.description}\n${JSON.stringify(error.details)}`;

/** Form parameters of the last token request. */
const lastParameters = () => [...new URLSearchParams(server.requests.at(-1)?.body)];

describe('the grant', () => {
	it('yields a token that lasts as the server says, from when it was asked for', async () => {
		expect(await request()).toEqual({
			value: server.issuedTokens.at(-1),
			type: 'Bearer',
			scope: 'records:write',
			expiresAtMs: NOW_MS + 600_000,
			renewAtMs: NOW_MS + 540_000,
		});
	});

	it('asks with the parameters of RFC 6749 §4.4.2 in a form', async () => {
		await request();
		expect(server.requests.at(-1)?.headers['content-type']).toBe(
			'application/x-www-form-urlencoded',
		);
		expect(server.requests.at(-1)?.headers.accept).toContain('application/json');
		expect(Object.fromEntries(lastParameters())).toEqual({
			grant_type: 'client_credentials',
			scope: 'records:write',
			client_id: 'nightly-sync',
			client_secret: 'correct-horse-battery-staple',
		});
	});

	it('sends the secret in a Basic header, and there only, where that was chosen', async () => {
		await request({ clientAuthentication: secretBasic() });
		const { headers } = server.requests.at(-1) ?? {};
		expect(headers?.authorization).toMatch(/^Basic /);
		expect(Object.fromEntries(lastParameters())).toEqual({
			grant_type: 'client_credentials',
			scope: 'records:write',
		});
	});

	it('encodes in a Basic header only what a form encodes, for servers that do not decode it', async () => {
		const clientId = '5f9a1c2e-1111.b_c';
		server.intercept((_req, res) => {
			res.writeHead(400, { 'content-type': 'application/json' });
			res.end('{"error":"invalid_client"}');
			return true;
		});
		const secret = 'a-b_c.d~e';
		const refused = request({ clientId, clientAuthentication: secretBasic(secret) });
		await expect(refused).rejects.toThrow('does not accept this client');
		server.intercept();
		const [, basic = ''] = server.requests.at(-1)?.headers.authorization?.split(' ') ?? [];
		expect(Buffer.from(basic, 'base64').toString()).toBe(`${clientId}:${secret}`);
	});

	it.each([secretPost(ODD_SECRET), secretBasic(ODD_SECRET)])(
		'carries any ID and secret by $method',
		async (clientAuthentication) => {
			const token = await request({ clientId: 'odd:id+&', clientAuthentication });
			expect(token.type).toBe('Bearer');
		},
	);

	it('leaves out an empty scope and an empty audience', async () => {
		await request({ scope: '', audience: '' });
		const names = lastParameters().map(([name]) => name);
		expect(names).not.toContain('scope');
		expect(names).not.toContain('audience');
	});

	it('adds audience and further parameters in the order given, repeated ones too', async () => {
		await request({
			audience: 'https://api.example.com',
			extraParameters: [
				['resource', server.audience],
				['tag', 'b'],
				['tag', 'a&c'],
			],
		});
		expect(lastParameters()).toEqual(
			expect.arrayContaining([['audience', 'https://api.example.com']]),
		);
		expect(lastParameters().filter(([name]) => ['resource', 'tag'].includes(name))).toEqual([
			['resource', server.audience],
			['tag', 'b'],
			['tag', 'a&c'],
		]);
	});

	it('asks the token URL as it stands in the credential, its query included', async () => {
		const sent: TokenRequest[] = [];
		const send: TokenRequestSender = (one, signal) => {
			sent.push(one);
			return sendTokenRequest(one, signal);
		};
		await request({ tokenUrl: `${server.tokenUrl}?tenant=a%20b` }, { send });
		expect(sent.map(({ url }) => url)).toEqual([`${server.tokenUrl}?tenant=a%20b`]);
	});

	it('counts the lifetime from before the request, however long the answer takes', async () => {
		let nowMs = NOW_MS;
		const send: TokenRequestSender = async (one) => {
			nowMs += 30_000;
			return await sendTokenRequest(one);
		};
		const token = await requestAccessToken(clientOfServer(), { send, now: () => nowMs });
		expect(token.expiresAtMs).toBe(NOW_MS + 600_000);
	});

	it('asks once', async () => {
		const before = server.tokenRequests();
		await request();
		answer(400, { error: 'invalid_scope' });
		await errorOf(request());
		expect(server.tokenRequests()).toBe(before + 2);
	});
});

describe('an odd server is understood:', () => {
	it.each([
		['a lifetime as text', 200, { access_token: 'a', token_type: 'Bearer', expires_in: '60' }, 60],
		['no type', 200, { access_token: 'a', expires_in: 60 }, 60],
		['small letters', 200, { access_token: 'a', token_type: 'bearer', expires_in: 60 }, 60],
		['no lifetime', 200, { access_token: 'a', token_type: 'Bearer' }, 300],
		['status 201', 201, { access_token: 'a', token_type: 'Bearer', expires_in: 60 }, 60],
		['the type of Apigee', 200, { access_token: 'a', token_type: 'BearerToken' }, 300],
	])('%s', async (_name, status, body, seconds) => {
		answer(status, body, { 'content-type': 'text/plain' });
		expect(await request()).toMatchObject({
			value: 'a',
			type: 'Bearer',
			expiresAtMs: NOW_MS + seconds * 1000,
		});
	});

	it('a list of one response, or of one error', async () => {
		answer(200, [{ access_token: 'a', expires_in: 60 }]);
		expect(await request()).toMatchObject({ value: 'a', expiresAtMs: NOW_MS + 60_000 });
		answer(400, [{ error: 'invalid_scope' }]);
		await expect(request()).rejects.toThrow('invalid_scope');
	});

	it('a form', async () => {
		answer(200, 'access_token=a&expires_in=60&token_type=bearer');
		expect(await request()).toMatchObject({ value: 'a', expiresAtMs: NOW_MS + 60_000 });
	});

	it('fields of its own', async () => {
		answer(200, { data: { token: 'a', validUntil: NOW_MS + 60_000 } });
		const tokenResponse = {
			tokenPath: 'data.token',
			lifetimePath: 'data.validUntil',
			lifetimeUnit: 'seconds',
		} as const;
		expect(await request({ tokenResponse })).toMatchObject({
			value: 'a',
			expiresAtMs: NOW_MS + 60_000,
		});
	});

	it('nothing but the token', async () => {
		answer(200, 'a-token', { 'content-type': 'text/plain' });
		const tokenResponse = { tokenPath: '', lifetimePath: '', lifetimeUnit: 'seconds' } as const;
		expect(await request({ tokenResponse })).toMatchObject({ value: 'a-token' });
	});

	it('a token that is bound by DPoP', async () => {
		answer(200, { access_token: 'a', token_type: 'DPoP' });
		expect((await request()).type).toBe('DPoP');
	});

	it('an error with status 200, whose own status is told', async () => {
		answer(200, { error: 'invalid_scope' });
		expect((await errorOf(request())).details).toEqual({
			field: 'Scope',
			oauthError: 'invalid_scope',
			status: 200,
		});
	});

	it('an OAuth error with status 503, whose own status is told', async () => {
		answer(503, { error: 'temporarily_unavailable' });
		expect((await errorOf(request())).details).toMatchObject({ status: 503 });
	});
});

describe('a refusal by the real server names what to change:', () => {
	it.each([
		[
			'a wrong secret',
			{ clientAuthentication: secretPost('wrong') },
			401,
			'invalid_client',
			'Client Secret',
		],
		['an unknown client', { clientId: 'nobody' }, 401, 'invalid_client', 'Client Secret'],
		['a scope it does not give', { scope: 'records:admin' }, 400, 'invalid_scope', 'Scope'],
	] as const)('%s', async (_name, overrides, status, oauthError, field) => {
		const { details } = await errorOf(request(overrides));
		expect(details).toEqual({ status, oauthError, field });
	});

	it('a resource it does not know', async () => {
		const extraParameters = [['resource', 'https://other.example']] as const;
		const { details } = await errorOf(request({ extraParameters }));
		expect(details).toMatchObject({ oauthError: 'invalid_target' });
	});

	it('with what the server says', async () => {
		const { description } = await errorOf(request({ scope: 'records:admin' }));
		expect(description).toContain('The server says: "');
	});
});

describe('the error of an answer', () => {
	it.each(['constructor', 'toString', '__proto__', 'valueOf'])(
		'with the unknown code %s says so',
		async (code) => {
			answer(400, `{"error":${JSON.stringify(code)}}`);
			const error = await errorOf(request());
			expect(error.message).toBe(`The authorization server refuses the token request (${code})`);
		},
	);

	it.each([429, 500, 502, 503])(
		'with status %i and an OAuth error advises to run the workflow again later',
		async (status) => {
			answer(status, { error: 'temporarily_unavailable' });
			expect((await errorOf(request())).description).toMatch(/again later/);
		},
	);

	it.each([301, 302, 303, 307, 308])(
		'with status %i tells where it leads, and nothing went there',
		async (status) => {
			const before = server.tokenRequests();
			answer(status, '', { location: `${server.issuer}/login?session=abc#top` });
			const error = await errorOf(request());
			expect(error.message).toContain(`${server.issuer}/login`);
			expect(textOf(error)).not.toContain('session');
			expect(error.details).toEqual({ field: 'Token URL', status });
			expect(server.tokenRequests()).toBe(before + 1);
		},
	);

	it('that redirects to a relative address tells the whole one, to be put into the credential', async () => {
		answer(302, '', { location: '/realms/main/token' });
		const { message } = await errorOf(request());
		expect(message).toContain(`${server.issuer}/realms/main/token`);
	});

	it.each([400, 403, 404])('with status %i and nothing else quotes nothing', async (status) => {
		answer(status, '');
		expect((await errorOf(request())).description).not.toContain('The server says');
	});

	it('that redirects nowhere is told, too', async () => {
		answer(302, '');
		expect((await errorOf(request())).message).toBe('The token URL redirects (status 302)');
	});

	it('that is JSON, but no object, does not call it a web page', async () => {
		answer(200, '[1]');
		expect((await errorOf(request())).message).toContain('with text instead of a token');
	});

	it.each([[5], [''], [{}], [['a']], [true]])(
		'whose access token is %j says that there is none',
		async (access_token) => {
			answer(200, { access_token, token_type: 'Bearer' });
			const error = await errorOf(request());
			expect(error.message).toBe('The token response contains no access token');
		},
	);

	it('whose token type is no text does not say that the token is missing', async () => {
		answer(200, { access_token: 'a-token', token_type: 5 });
		const granted = await request().catch((error: unknown) => error);
		if (granted instanceof TokenError) expect(granted.message).not.toContain('no access token');
	});

	it('that never came names the host', async () => {
		const { port } = new URL(server.tokenUrl);
		server.intercept((req) => Boolean(req.socket.destroy()));
		const error = await errorOf(request());
		expect(error.message).toContain(`127.0.0.1:${port}`);
		expect(error.details).toEqual({ field: 'Token URL' });
	});
});

describe('a cancelled grant', () => {
	it('ends the request, and rejects with the reason', async () => {
		const cancel = new AbortController();
		const reason = new Error('The run was cancelled');
		const closed = new Promise<void>((resolve) => {
			server.intercept((req) => {
				req.on('close', resolve).resume();
				req.socket.on('close', resolve);
				cancel.abort(reason);
				return true;
			});
		});
		await expect(request({}, { signal: cancel.signal })).rejects.toBe(reason);
		await closed;
	});

	it('is not explained as a failure of the server', async () => {
		const cancel = new AbortController();
		const reason = new Error('The run was cancelled');
		const send: TokenRequestSender = async () => {
			cancel.abort(reason);
			return { kind: 'failed', code: 'ECONNRESET', message: 'aborted' };
		};
		await expect(request({}, { send, signal: cancel.signal })).rejects.toBe(reason);
	});
});

it('hands on what is no matter of the token, such as an error of the network policy', async () => {
	const error = new RangeError('not ours');
	await expect(request({}, { send: () => Promise.reject(error) })).rejects.toBe(error);
});

describe('whatever the server answers', () => {
	const status = fc.integer({ min: 200, max: 599 });
	const oauthJson = fc.record(
		{
			access_token: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
			token_type: fc.oneof(fc.constantFrom('Bearer', 'DPoP', 'mac'), fc.jsonValue()),
			expires_in: fc.oneof(fc.double(), fc.string(), fc.jsonValue()),
			error: fc.oneof(fc.constantFrom('invalid_client', 'x'), fc.string(), fc.jsonValue()),
			error_description: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
		},
		{ requiredKeys: [] },
	);
	const body = fc.oneof(
		fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
		fc.jsonValue().map((json) => Buffer.from(JSON.stringify(json))),
		oauthJson.map((json) => Buffer.from(JSON.stringify(json))),
	);

	it('it is a token or a TokenError', async () => {
		await fc.assert(
			fc.asyncProperty(status, body, async (code, bytes) => {
				answer(code, bytes);
				const outcome = await request().catch((error: unknown) => error);
				if (outcome instanceof TokenError) {
					expect(outcome.message).toMatch(/^[A-Z]/);
					expect(outcome.message).not.toContain('undefined');
					expect(outcome.description).toMatch(/\w/);
				} else {
					expect(outcome).toMatchObject({ value: expect.any(String), type: /^(Bearer|DPoP)$/ });
				}
			}),
			{ numRuns: 300 },
		);
	});

	it('a lifetime that is an object without a value is none', async () => {
		answer(200, '{"access_token":"a","expires_in":{"toString":1,"valueOf":1}}');
		expect((await request()).expiresAtMs).toBe(NOW_MS + 300_000);
	});

	it('a large page of opened tags is explained in no time', async () => {
		answer(400, '<'.repeat(500_000));
		const startedAt = performance.now();
		await errorOf(request());
		expect(performance.now() - startedAt).toBeLessThan(5_000);
	});
});

describe('no error shows the secret', () => {
	const oauthFormEncode = (text: string) =>
		encodeURIComponent(text).replace(/%20|[-_.!~*'()]/g, (match) =>
			match === '%20' ? '+' : `%${match.charCodeAt(0).toString(16).toUpperCase()}`,
		);
	const base64 = (text: string) => Buffer.from(text).toString('base64');

	/** Forms in which a secret travels, and those in which a server may echo it. */
	const formsOf = (secret: string) => ({
		raw: secret,
		percentEncoded: encodeURIComponent(secret),
		formEncoded: new URLSearchParams([['', secret]]).toString().slice(1),
		basic: base64(`nightly-sync:${secret}`),
		basicFormEncoded: base64(`${oauthFormEncode('nightly-sync')}:${oauthFormEncode(secret)}`),
	});

	/** Where a server may put what it received. */
	const echoes: Record<string, (text: string, res: ServerResponse, status: number) => void> = {
		description: (text, res, status) =>
			res.writeHead(status).end(JSON.stringify({ error: 'x', error_description: `got ${text}` })),
		code: (text, res, status) => res.writeHead(status).end(JSON.stringify({ error: text })),
		text: (text, res, status) => res.writeHead(status).end(`Bad client: ${text}.`),
		page: (text, res, status) =>
			res.writeHead(status).end(`<div class="error"><p>got <b>${text}</b></p></div>`),
		location: (text, res) =>
			res.writeHead(302, { location: `https://login.example/${encodeURI(text)}` }).end(),
	};

	// Nothing that occurs in our own texts, and nothing that a header or a page would not carry.
	const secret = fc
		.string({ unit: 'grapheme', maxLength: 30 })
		.map((text) => `Zq9${text.replace(/\p{C}/gu, '')}Xw7`);

	async function expectHidden(clientSecret: string, error: TokenError) {
		for (const [form, text] of Object.entries(formsOf(clientSecret))) {
			expect(textOf(error), form).not.toContain(text);
		}
	}

	it.each(['raw', 'percentEncoded', 'formEncoded', 'basic', 'basicFormEncoded'] as const)(
		'that a server sends back in the form %s',
		async (form) => {
			await fc.assert(
				fc.asyncProperty(
					secret,
					fc.constantFrom(...Object.keys(echoes)),
					fc.constantFrom(200, 400, 401, 403, 404, 500),
					async (clientSecret, echo, status) => {
						const text = formsOf(clientSecret)[form];
						server.intercept((_req, res) => {
							echoes[echo]?.(text, res, status);
							return true;
						});
						const clientAuthentication = secretPost(clientSecret);
						await expectHidden(clientSecret, await errorOf(request({ clientAuthentication })));
					},
				),
				{ numRuns: 100 },
			);
		},
	);

	it.each([secretPost, secretBasic])(
		'that a server sends back as it came by %o',
		async (authentication) => {
			server.intercept(async (req: IncomingMessage, res) => {
				let body = '';
				for await (const chunk of req) body += String(chunk);
				res.writeHead(400).end(`got ${req.headers.authorization} and ${body}`);
				return true;
			});
			await fc.assert(
				fc.asyncProperty(secret, async (clientSecret) => {
					const clientAuthentication = authentication(clientSecret);
					await expectHidden(clientSecret, await errorOf(request({ clientAuthentication })));
				}),
				{ numRuns: 50 },
			);
		},
	);

	it('that is in the message of a failed request', async () => {
		const send: TokenRequestSender = async ({ body }) => ({
			kind: 'failed',
			code: 'EPROTO',
			message: `could not write ${body}`,
		});
		await expectHidden(SECRET, await errorOf(request({}, { send })));
	});
});

describe('no error shows a token', () => {
	const TOKEN = 'opaque-0123456789';
	it.each([
		['in a form under another name', 200, `token=${TOKEN}&token_type=bearer`],
		['under another name', 200, JSON.stringify({ data: { token: TOKEN } })],
		['as a name', 200, JSON.stringify({ [`access_token=${TOKEN}`]: 1 })],
		['as bare text', 200, JSON.stringify(TOKEN)],
		['in a list of several', 200, JSON.stringify([{ access_token: TOKEN }, {}])],
		['with status 400', 400, JSON.stringify({ access_token: TOKEN, token_type: 'Bearer' })],
		['beside an error', 403, JSON.stringify({ access_token: TOKEN, error: 'x' })],
		['of an unknown type', 200, JSON.stringify({ access_token: TOKEN, token_type: 'mac' })],
	])('that a server sends %s', async (_name, status, body) => {
		answer(status, body);
		expect(textOf(await errorOf(request()))).not.toContain(TOKEN);
	});

	it('that a server hangs on a redirect', async () => {
		answer(302, '', { location: `https://login.example/#access_token=${TOKEN}` });
		expect(textOf(await errorOf(request()))).not.toContain(TOKEN);
	});
});
