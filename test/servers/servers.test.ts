import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
	startAuthorizationServer,
	type AuthorizationServer,
	type AuthorizationServerOptions,
} from './authorizationServer';
import { startProtectedApi, type ProtectedApi, type RateLimit } from './protectedApi';

let authorizationServer: AuthorizationServer;
let api: ProtectedApi;

async function start(options: AuthorizationServerOptions & { rateLimit?: RateLimit } = {}) {
	authorizationServer = await startAuthorizationServer(options);
	api = await startProtectedApi({ authorizationServer, rateLimit: options.rateLimit });
}

afterEach(async () => {
	await Promise.all([api.close(), authorizationServer.close()]);
});

function requestToken(
	parameters: Record<string, string> = {},
	headers: Record<string, string> = {},
) {
	const [client] = authorizationServer.clients;
	return fetch(authorizationServer.tokenUrl, {
		method: 'POST',
		headers,
		body: new URLSearchParams({
			grant_type: 'client_credentials',
			client_id: client?.client_id ?? '',
			client_secret: client?.client_secret ?? '',
			...parameters,
		}),
	});
}

async function getToken(parameters: Record<string, string> = { scope: 'records:write' }) {
	const { access_token } = (await (await requestToken(parameters)).json()) as {
		access_token: string;
	};
	return access_token;
}

function call(path: string, token: string, init: RequestInit = {}) {
	const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
	return fetch(`${api.origin}${path}`, { ...init, headers });
}

const deliver = (id: string, token: string) =>
	call('/records', token, { method: 'POST', body: JSON.stringify({ id }) });

describe('the authorization server', () => {
	beforeEach(() => start({ tokenLifetimeSeconds: () => 120 }));

	it('issues a token that the API accepts', async () => {
		const answer = (await (await requestToken({ scope: 'records:write' })).json()) as object;
		expect(answer).toMatchObject({
			token_type: 'Bearer',
			expires_in: 120,
			scope: 'records:write',
		});

		const response = await deliver('1', authorizationServer.issuedTokens[0] ?? '');
		expect(response.status).toBe(201);
		expect(await response.json()).toEqual({ id: '1' });
	});

	it('accepts the secret in a Basic header too', async () => {
		const [client] = authorizationServer.clients;
		const response = await fetch(authorizationServer.tokenUrl, {
			method: 'POST',
			headers: {
				authorization: `Basic ${btoa(`${client?.client_id}:${client?.client_secret}`)}`,
			},
			body: new URLSearchParams({ grant_type: 'client_credentials' }),
		});
		expect(response.status).toBe(200);
	});

	it.each([
		['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
		['a scope it does not give', { scope: 'records:admin' }, 400, 'invalid_scope'],
		['a resource it does not know', { resource: 'https://other.example' }, 400, 'invalid_target'],
	])('refuses %s', async (_, parameters, status, error) => {
		const response = await requestToken(parameters);
		expect(response.status).toBe(status);
		expect(await response.json()).toMatchObject({ error });
	});

	it('lets a test answer in its place, and records both', async () => {
		authorizationServer.intercept((_req, res) => {
			res.writeHead(429, { 'Retry-After': '2' }).end('<html>busy</html>');
			return true;
		});
		expect((await requestToken()).status).toBe(429);
		authorizationServer.intercept();
		expect((await requestToken()).status).toBe(200);

		expect(authorizationServer.tokenRequests()).toBe(2);
		expect(authorizationServer.requests.map(({ status }) => status)).toEqual([429, 200]);
		expect(authorizationServer.requests[1]?.body).toContain('grant_type=client_credentials');
	});
});

describe('the protected API', () => {
	it('counts deliveries, so that a duplicate shows', async () => {
		await start();
		const token = await getToken();
		for (const id of ['1', '2', '2']) await deliver(id, token);
		expect(api.delivered()).toEqual(new Map([['1', 1], ['2', 2]])); // prettier-ignore
	});

	it('challenges as RFC 6750 says', async () => {
		await start();
		const challengeOf = async (response: Promise<Response>) => {
			const { status, headers } = await response;
			return [status, headers.get('www-authenticate')];
		};
		expect(await challengeOf(fetch(`${api.origin}/echo`))).toEqual([401, 'Bearer realm="api"']);
		expect(await challengeOf(call('/echo', 'forged'))).toEqual([
			401,
			expect.stringContaining('error="invalid_token"'),
		]);
		expect(await challengeOf(deliver('1', await getToken({ scope: 'records:read' })))).toEqual([
			403,
			expect.stringContaining('error="insufficient_scope"'),
		]);
		expect(api.unauthorized()).toBe(2);
	});

	it('refuses a token from the moment it is revoked', async () => {
		await start();
		const token = await getToken();
		expect((await deliver('1', token)).status).toBe(201);
		api.revoke(...authorizationServer.issuedTokens);
		expect((await deliver('2', token)).status).toBe(401);
		expect((await deliver('2', await getToken())).status).toBe(201);
	});

	it('refuses a token as soon as it has expired', async () => {
		await start({ tokenLifetimeSeconds: 1 });
		const token = await getToken();
		await new Promise((resolve) => setTimeout(resolve, 1000));
		expect((await deliver('1', token)).status).toBe(401);
	});

	it.each([
		['seconds', /^(59|60)$/],
		['date', /GMT$/],
		['none', /^null$/],
	] as const)('limits the rate, with Retry-After as %s', async (retryAfter, form) => {
		await start({ rateLimit: { requests: 2, windowMs: 60_000, retryAfter, headers: 'draft-8' } });
		const token = await getToken();
		const responses = [];
		for (const id of ['1', '2', '3']) responses.push(await deliver(id, token));
		expect(responses.map(({ status }) => status)).toEqual([201, 201, 429]);
		expect(String(responses[2]?.headers.get('retry-after'))).toMatch(form);
		expect(responses[2]?.headers.get('ratelimit')).toContain('r=0');
		expect(api.refused429()).toBe(1);
		expect([...api.delivered().keys()]).toEqual(['1', '2']);
	});

	it('echoes what arrived, without the token', async () => {
		await start();
		const response = await call('/echo/a/b?x=1&x=2', await getToken(), {
			method: 'PUT',
			body: '{"a":1}',
		});
		const echo = (await response.json()) as { headers: object };
		expect(echo).toMatchObject({
			method: 'PUT',
			path: '/echo/a/b',
			query: { x: ['1', '2'] },
			headers: { 'content-type': 'application/json' },
			body: '{"a":1}',
		});
		expect(echo.headers).not.toHaveProperty('authorization');
		expect(api.requests[0]?.body).toBe('{"a":1}');
	});

	it('redirects, sends a file, and answers late or with any status', async () => {
		await start();
		const token = await getToken();
		const redirect = await call('/redirect?to=/echo&status=307', token, { redirect: 'manual' });
		expect([redirect.status, redirect.headers.get('location')]).toEqual([307, '/echo']);
		const file = await call('/file', token);
		expect(file.headers.get('content-disposition')).toBe('attachment; filename=report.bin');
		expect((await file.arrayBuffer()).byteLength).toBe(256);
		expect(await (await call('/slow?ms=50', token)).json()).toEqual({ slow: true });
		expect((await call('/status/503', token)).status).toBe(503);
	});

	it('lets a test answer in its place, or break the connection', async () => {
		await start();
		const token = await getToken();
		api.intercept((_req, res) => Boolean(res.sendStatus(503)));
		expect((await deliver('1', token)).status).toBe(503);
		api.intercept((req) => Boolean(req.socket.destroy()));
		await expect(deliver('1', token)).rejects.toThrow('fetch failed');
		api.intercept();
		expect((await deliver('1', token)).status).toBe(201);
		expect(api.requests.map(({ status }) => status)).toEqual([503, 0, 201]);
	});
});
