import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listenOnLoopback } from '../servers/loopback';
import { records, startWorld, type World } from './world';

/** A world whose authorization server answers every token request with this, and whose API tells what it got. */
async function oddWorld(answer: (request: number) => string): Promise<World> {
	const world = await startWorld();
	world.server.intercept((_req, res) => {
		res.writeHead(200).end(answer(world.server.tokenRequests()));
		return true;
	});
	world.api.intercept((req, res) => {
		res.json({ authorization: req.headers.authorization });
		return true;
	});
	return world;
}

const CUSTOM: IDataObject = { customTokenResponse: true };

describe('a token response of another form is understood:', () => {
	it.each<[string, string, IDataObject]>([
		['a form', 'access_token=odd-token&token_type=bearer', {}],
		[
			'fields of its own',
			JSON.stringify({ data: { jwt: 'odd-token', ttl: 60_000 } }),
			{
				...CUSTOM,
				tokenPath: 'data.jwt',
				lifetimePath: 'data.ttl',
				lifetimeUnit: 'milliseconds',
			},
		],
		['nothing but the token', 'odd-token\n', { ...CUSTOM, tokenPath: '' }],
	])('%s', async (_name, body, credential) => {
		const { api, server, run } = await oddWorld(() => body);
		const { items, error } = await run({ url: `${api.origin}/records/1` }, { credential });
		expect(error).toBeUndefined();
		expect(items[0]?.json).toEqual({ authorization: 'Bearer odd-token' });
		expect(server.tokenRequests()).toBe(1);
	});

	it('and a token elsewhere than the credential says is an error that names the fields', async () => {
		const { api, run } = await oddWorld(() => JSON.stringify({ data: { jwt: 'odd-token' } }));
		const { error } = await run({ url: api.origin });
		expect(error?.description).toContain('Its fields: data.jwt.');
		expect(JSON.stringify(error)).not.toContain('odd-token');
	});
});

describe('the token is sent as the credential says:', () => {
	/** A world whose API says what arrived, the token included. */
	async function tellingWorld() {
		const world = await startWorld();
		world.api.intercept((req, res) => {
			const chunks: Buffer[] = [];
			req.on('data', (chunk: Buffer) => chunks.push(chunk));
			req.on('end', () => {
				const { headers, originalUrl: url } = req;
				res.json({ headers, url, body: Buffer.concat(chunks).toString() });
			});
			return true;
		});
		return world;
	}

	it('in another header', async () => {
		const { api, server, run } = await tellingWorld();
		const { items } = await run(
			{
				url: `${api.origin}/records`,
				sendHeaders: true,
				headerParameters: { parameters: [{ name: 'Authorization', value: 'Basic for-a-proxy' }] },
			},
			{
				credential: {
					sendTokenAs: 'header',
					tokenHeaderName: 'X-Access-Token',
					tokenHeaderPrefix: 'Token',
				},
			},
		);
		expect(items[0]?.json.headers).toMatchObject({
			'x-access-token': `Token ${server.issuedTokens[0]}`,
			authorization: 'Basic for-a-proxy',
		});
	});

	it('in the query', async () => {
		const { api, server, run } = await tellingWorld();
		const credential = { sendTokenAs: 'query', tokenParameterName: 'key' };
		const { items } = await run({ url: `${api.origin}/records?a=%20b` }, { credential });
		expect(items[0]?.json.url).toBe(`/records?a=%20b&key=${server.issuedTokens[0]}`);
		expect(items[0]?.json.headers).not.toHaveProperty('authorization');
	});

	it('in the form', async () => {
		const { api, server, run } = await tellingWorld();
		const { items } = await run(
			{
				method: 'POST',
				url: `${api.origin}/records`,
				sendBody: true,
				contentType: 'form-urlencoded',
				specifyBody: 'keypair',
				bodyParameters: { parameters: [{ name: 'id', value: '5' }] },
			},
			{ credential: { sendTokenAs: 'form' } },
		);
		expect(items[0]?.json.body).toBe(`id=5&access_token=${server.issuedTokens[0]}`);
	});

	it('and a call that has no form is not sent', async () => {
		const { api, run } = await tellingWorld();
		const { error } = await run({ url: api.origin }, { credential: { sendTokenAs: 'form' } });
		expect(error?.message).toBe('The token must be sent in a form, but this call has none');
		expect(api.requests).toHaveLength(0);
	});

	it('in a header, whatever the node has of that name', async () => {
		const { api, server, run } = await tellingWorld();
		const { items } = await run(
			{
				url: api.origin,
				sendHeaders: true,
				headerParameters: { parameters: [{ name: 'X-KEY', value: '1' }] },
			},
			{ credential: { sendTokenAs: 'header', tokenHeaderName: 'X-Key' } },
		);
		expect(items[0]?.json.headers).toMatchObject({ 'x-key': server.issuedTokens[0] });
	});

	it('in the query, and goes to no other origin that the API redirects to with it', async () => {
		const { api, server, run } = await startWorld();
		const elsewhere = await listenOnLoopback();
		onTestFinished(elsewhere.close);
		const seen: string[] = [];
		elsewhere.server.on('request', (req, res) => {
			seen.push(`${req.url} ${JSON.stringify(req.headers)}`);
			res.end('{}');
		});
		api.intercept((req, res) => {
			res.redirect(307, `${elsewhere.origin}/file?id=5&${req.originalUrl.split('?')[1]}`);
			return true;
		});
		const { error } = await run({ url: api.origin }, { credential: { sendTokenAs: 'query' } });
		expect(error).toBeUndefined();
		expect(seen).toHaveLength(1);
		expect(seen[0]).toContain('/file?id=5 ');
		expect(seen[0]).not.toContain(server.issuedTokens[0]);
	});

	it('in the query, and where the API redirects to a part of a page', async () => {
		const { api, server, run } = await startWorld();
		api.intercept((req, res) => {
			if (req.path === '/old') res.redirect(307, '/new?a=1#part');
			else res.json({ url: req.originalUrl });
			return true;
		});
		const { items } = await run(
			{ url: `${api.origin}/old` },
			{ credential: { sendTokenAs: 'query' } },
		);
		expect(items[0]?.json.url).toBe(`/new?a=1&access_token=${server.issuedTokens[0]}`);
	});

	it.each(['status', 'reset'])('in the query, and is in no error text: %s', async (how) => {
		const { api, server, run } = await startWorld();
		api.intercept((req, res) => {
			if (how === 'reset') req.socket.destroy();
			else res.status(400).send(`Cannot ${req.method} ${req.originalUrl}`);
			return true;
		});
		const { error, items, hints } = await run(
			{ method: 'POST', url: `${api.origin}/x` },
			{ credential: { sendTokenAs: 'query', tokenParameterName: 'k' } },
		);
		const { message, description, stack } = error ?? {};
		const told = JSON.stringify([error, message, description, stack, items, hints]);
		expect(error).toBeDefined();
		expect(told).not.toContain(server.issuedTokens[0]);
		expect(told).not.toContain(server.issuedTokens[0]?.split('.')[2]);
	});
});

describe('an expired token that the API tells of in its own way', () => {
	const BODY = { otherRefusal: true, refusalPath: 'errors.code', refusalValues: '601, 602' };
	const expired = { success: false, errors: [{ code: '602', message: 'Access token expired' }] };

	it.each<[string, number, object, IDataObject]>([
		['by a status', 498, {}, { otherRefusal: true, refusalStatuses: '403, 498' }],
		['in the body of a 200', 200, expired, BODY],
	])('is replaced once, %s, and every item is delivered once', async (_n, status, body, fields) => {
		const { api, server, run } = await startWorld();
		const bySecond: string[] = [];
		api.intercept((req, res) => {
			const isFirst = req.headers.authorization === `Bearer ${server.issuedTokens[0]}`;
			if (!isFirst) bySecond.push(req.originalUrl);
			res.status(isFirst ? status : 200).json(isFirst ? body : { ok: true });
			return true;
		});
		const { items, error } = await run(
			{ method: 'POST', url: `=${api.origin}/records/{{ $json.id }}` },
			{ items: records(30), credential: fields },
		);
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json)).toEqual(records(30).map(() => ({ ok: true })));
		expect(new Set(bySecond).size).toBe(30);
		expect(bySecond).toHaveLength(30);
		expect(server.tokenRequests()).toBe(2);
	});

	it('is an error where a new token is refused as well', async () => {
		const { api, server, run } = await startWorld();
		api.intercept((_req, res) => Boolean(res.json(expired)));
		const { error } = await run({ url: api.origin }, { credential: BODY });
		expect(error?.message).toBe('The API does not accept the token (200 OK)');
		expect(error?.description).toContain('The API says: "Access token expired"');
		expect(server.tokenRequests()).toBe(2);
	});

	it('is seen in what was asked for as a file, too', async () => {
		const { api, server, run } = await startWorld();
		api.intercept((req, res) => {
			const isFirst = req.headers.authorization === `Bearer ${server.issuedTokens[0]}`;
			if (isFirst) res.json(expired);
			else res.type('application/octet-stream').send('bytes');
			return true;
		});
		const options = { response: { response: { responseFormat: 'file' } } };
		const { items, error } = await run({ url: api.origin, options }, { credential: BODY });
		expect(error).toBeUndefined();
		expect(items[0]?.binary?.data?.mimeType).toBe('application/octet-stream');
		expect(server.tokenRequests()).toBe(2);
	});

	it('is no matter of an ordinary answer', async () => {
		const { api, server, run } = await startWorld();
		api.intercept((_req, res) => Boolean(res.json({ errors: [{ code: '600' }] })));
		const { items } = await run({ url: api.origin }, { credential: BODY });
		expect(items[0]?.json).toEqual({ errors: [{ code: '600' }] });
		expect(server.tokenRequests()).toBe(1);
	});
});
