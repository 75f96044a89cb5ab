import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { freshProcess, postRecords, QUICK_RETRY, records, startWorld } from './world';

describe('the token of a run', () => {
	it('is requested once for 1,000 items', async () => {
		const { server, api, run } = await startWorld();
		const { items, error } = await run(postRecords(api), { items: records(1_000) });
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.id)).toEqual(records(1_000).map(({ json }) => json.id));
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
			records(1_000).map((_, item) => ({ item })),
		);
		expect([...api.delivered().values()].every((times) => times === 1)).toBe(true);
		expect(server.tokenRequests()).toBe(1);
	});

	it('is shared by runs of the process, and by a new process through static data', async () => {
		const { server, api, run } = await startWorld();
		const first = await run(postRecords(api), { items: records(3) });
		await run(postRecords(api), { items: records(3) });
		expect(server.tokenRequests()).toBe(1);

		const node = await freshProcess();
		const again = await run(postRecords(api), {
			items: records(3),
			staticData: first.savedStaticData,
			node,
		});
		expect(again.error).toBeUndefined();
		expect(server.tokenRequests()).toBe(1);
		expect(again.staticDataChanged).toBe(false);
	});

	it('leaves neither token nor secret in static data', async () => {
		const { server, api, run, secret } = await startWorld();
		const { savedStaticData } = await run(postRecords(api));
		const stored = JSON.stringify(savedStaticData);
		expect(stored).toContain('sealed');
		expect(stored).not.toContain(server.issuedTokens[0]);
		expect(stored).not.toContain(secret);
	});

	it('is requested at once by runs that begin at the same time', async () => {
		const { server, api, run } = await startWorld();
		await Promise.all([1, 2, 3].map(() => run(postRecords(api), { items: records(5) })));
		expect(server.tokenRequests()).toBe(1);
	});

	it('is renewed when it expires in the middle of a run, and no item fails', async () => {
		const lifetimes = [2];
		const { server, api, run } = await startWorld({
			server: { tokenLifetimeSeconds: () => lifetimes.shift() ?? 600 },
		});
		// 25 calls of 100 ms, one after the other: longer than the first token lives.
		const { items, error } = await run(
			{ url: `${api.origin}/slow?ms=100`, options: { concurrency: 1 } },
			{ items: records(25) },
		);
		expect(error).toBeUndefined();
		expect(items).toHaveLength(25);
		expect(server.tokenRequests()).toBe(2);
	});

	it('is renewed early without holding up the run, though the token URL hangs', async () => {
		const { server, api, run } = await startWorld();
		await run(postRecords(api));
		vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 550_000 });
		onTestFinished(() => void vi.useRealTimers());
		const held: Array<() => void> = [];
		server.intercept((_req, res) => {
			held.push(() => res.writeHead(503).end());
			return true;
		});
		onTestFinished(() => held.forEach((end) => end()));
		const { items, error } = await run(postRecords(api), { items: records(50) });
		expect(error).toBeUndefined();
		expect(items).toHaveLength(50);
		expect(held).toHaveLength(1);
	});

	it('is renewed once when all items meet a 401 at once', async () => {
		const { server, api, run } = await startWorld();
		await run(postRecords(api));
		api.revoke(...server.issuedTokens);
		const { items, error } = await run(postRecords(api, { concurrency: 50 }), {
			items: records(50),
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(50);
		expect(api.unauthorized()).toBeGreaterThan(1);
		expect(server.tokenRequests()).toBe(2);
	});

	it('is renewed only once for an API that refuses every token', async () => {
		const { server, api, run } = await startWorld();
		api.intercept((_req, res) => {
			res.status(401).set('WWW-Authenticate', 'Bearer error="invalid_token"').json({});
			return true;
		});
		const { items } = await run(postRecords(api), {
			items: records(100),
			onError: 'continueRegularOutput',
		});
		expect(items).toHaveLength(100);
		expect(items[0]?.json.error).toMatchObject({
			message: 'The API does not accept the token (401 Unauthorized)',
			httpCode: '401',
		});
		expect(server.tokenRequests()).toBe(2);
	});

	it('is renewed only once for single records that the API refuses with 401', async () => {
		const { server, api, run } = await startWorld();
		api.intercept((req, res) => {
			const isRefused = Number(req.originalUrl.slice(1)) % 2 === 1;
			res.status(isRefused ? 401 : 200).json({});
			return true;
		});
		const { items } = await run(
			{ url: `=${api.origin}/{{ $json.id }}`, options: { concurrency: 1 } },
			{ items: records(40), onError: 'continueRegularOutput' },
		);
		expect(items.map(({ json }) => json.error !== undefined)).toEqual(
			records(40).map((_, id) => id % 2 === 1),
		);
		expect(server.tokenRequests()).toBe(2);
	});

	it('is not renewed where it only lacks a scope', async () => {
		const { server, api, run } = await startWorld();
		api.intercept((_req, res) => {
			res.status(401).set('WWW-Authenticate', 'Bearer error="insufficient_scope"').json({});
			return true;
		});
		await run(postRecords(api));
		expect(server.tokenRequests()).toBe(1);
	});

	it('is requested once with a wrong secret and 1,000 items', async () => {
		const { server, api, run } = await startWorld();
		const { items } = await run(postRecords(api), {
			items: records(1_000),
			onError: 'continueRegularOutput',
			credential: { clientSecret: 'a-wrong-secret' },
		});
		expect(items).toHaveLength(1_000);
		expect(items[999]?.json.error).toMatchObject({
			message: 'The authorization server does not accept this client (invalid_client)',
		});
		expect(server.tokenRequests()).toBe(1);
		expect(api.requests).toHaveLength(0);
	});

	it.each(['{"error":"access_denied"}', 'slow down'])(
		'that its endpoint has for nobody for an hour fails with when to come back: %s',
		async (body) => {
			const { server, api, run } = await startWorld();
			server.intercept((_req, res) => {
				res.writeHead(429, { 'Retry-After': '3600' }).end(body);
				return true;
			});
			const { error } = await run(postRecords(api));
			const [, day = '', minute = ''] =
				/again after (\S+) (\S+) UTC, as the server asks/.exec(error?.description ?? '') ?? [];
			const leftMs = Date.parse(`${day}T${minute}Z`) - Date.now();
			expect(leftMs).toBeGreaterThan(3_500_000);
			expect(leftMs).toBeLessThan(3_700_000);
			expect(server.tokenRequests()).toBe(1);
		},
	);

	it('is asked for again when its endpoint is busy, failing or gone', async () => {
		const { server, api, run } = await startWorld();
		let tries = 0;
		server.intercept((req, res) => {
			tries++;
			if (tries === 1) res.writeHead(429, { 'Retry-After': '0' }).end();
			else if (tries === 2) res.writeHead(503).end();
			else if (tries === 3) res.writeHead(500).end('oops');
			else if (tries === 4) req.socket.destroy();
			else return false;
			return true;
		});
		const { items, error } = await run(postRecords(api, QUICK_RETRY), { items: records(20) });
		expect(error).toBeUndefined();
		expect(items).toHaveLength(20);
		expect(server.tokenRequests()).toBe(5);
	});
});
