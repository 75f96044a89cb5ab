import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { breakOff, postRecords, QUICK_RETRY, records, startWorld } from './world';

describe('an API that limits the rate', () => {
	it.each(['seconds', 'date', 'none'] as const)(
		'gets every item once, with Retry-After in %s',
		async (retryAfter) => {
			const { run, api } = await startWorld({
				rateLimit: { requests: 5, windowMs: 1_000, retryAfter },
			});
			const { items, error } = await run(
				postRecords(api, { retry: { retry: { baseSeconds: 0.2, capSeconds: 0.5 } } }),
				{ items: records(12) },
			);
			expect(error).toBeUndefined();
			expect(items).toHaveLength(12);
			expect([...api.delivered().values()]).toEqual(Array.from({ length: 12 }, () => 1));
			expect(api.refused429()).toBeGreaterThan(0);
		},
	);

	it('gets every item once even where far more calls are under way than it allows', async () => {
		const { run, api } = await startWorld({ rateLimit: { requests: 5, windowMs: 100 } });
		const { error } = await run(
			postRecords(api, { concurrency: 60, retry: { retry: { maxRetries: 1 } } }),
			{ items: records(20) },
		);
		expect(error).toBeUndefined();
		expect([...api.delivered().values()]).toEqual(Array.from({ length: 20 }, () => 1));
	});

	it('fails at once where it wants too long a pause, and says when to come back', async () => {
		const { run, api } = await startWorld();
		api.intercept((_req, res) => {
			res.status(429).set('Retry-After', '3600').json({ error: 'quota' });
			return true;
		});
		const { errorItems } = await run(postRecords(api, { concurrency: 1 }), {
			items: records(10),
			onError: 'continueErrorOutput',
		});
		expect(errorItems[0]?.json.error).toMatchObject({
			message: 'The API refuses further calls for now (429 Too Many Requests)',
			description: expect.stringMatching(/asked for a pause of 60 min: try again after .* UTC/),
		});
		expect(errorItems[9]?.json.error).toMatchObject({
			message: 'The call was not sent: the API has asked for a pause',
		});
		expect(api.requests).toHaveLength(1);
	});

	it('is told of in a hint, and while the run goes on', async () => {
		const { run, api } = await startWorld({ rateLimit: { requests: 4, windowMs: 2_000 } });
		const { hints, messages } = await run(postRecords(api), {
			items: records(14),
			mode: 'manual',
		});
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringMatching(
				/^(A call was sent again|Calls were sent again \d+ times), .* held calls back for \d+ s in all\.$/,
			),
			expect.stringContaining('Only production runs also save it'),
		]);
		expect(messages).toContainEqual(
			expect.stringMatching(/^\d+ of 14 done, paused \d+ s by the API$/),
		);
	});

	it('is told of while all calls wait', async () => {
		const { run, api } = await startWorld();
		let isAsked = false;
		api.intercept((_req, res) => {
			if (isAsked) return false;
			isAsked = true;
			res.status(429).set('retry-after', '3').json({});
			return true;
		});
		const { messages } = await run(postRecords(api), { items: records(3), mode: 'manual' });
		expect(messages).toEqual([expect.stringMatching(/^0 of 3 done, paused \d s by the API$/)]);
		expect(api.delivered().size).toBe(3);
	});
});

describe('a request limit', () => {
	it('is kept by all items of all runs of the process, in any span', async () => {
		const { run, api } = await startWorld();
		const node = postRecords(api, {
			requestLimit: { limit: { maxRequests: 4, intervalSeconds: 0.5 } },
		});
		const runs = await Promise.all([
			run(node, { items: records(6) }),
			run(node, { items: records(6) }),
		]);
		expect(runs.map(({ error }) => error)).toEqual([undefined, undefined]);
		const at = api.requests.map((request) => request.at).sort((a, b) => a - b);
		expect(at).toHaveLength(12);
		for (const [index, first] of at.entries()) {
			const fifth = at[index + 4];
			if (fifth !== undefined) expect(fifth - first).toBeGreaterThanOrEqual(500);
		}
	});

	it.each([
		[{ maxRequests: 'many', intervalSeconds: 1 }, '"many" is not a whole number'],
		[{ maxRequests: 5, intervalSeconds: 0 }, '"0" is not a number of seconds'],
	])('that cannot be one is an error of the item: %o', async (limit, message) => {
		const { run, api } = await startWorld();
		const { error } = await run(postRecords(api, { requestLimit: { limit } }));
		expect(error?.message).toContain(message);
		expect(api.requests).toHaveLength(0);
	});
});

describe('batching', () => {
	it('lets a batch of calls begin in each interval', async () => {
		const { run, api } = await startWorld();
		const startedAt = Date.now();
		await run(postRecords(api, { batching: { batch: { batchSize: 3, batchInterval: 300 } } }), {
			items: records(8),
		});
		const after = api.requests.map(({ at }) => at - startedAt);
		expect(after).toHaveLength(8);
		expect(after[3]).toBeGreaterThanOrEqual(300);
		expect(after[6]).toBeGreaterThanOrEqual(600);
	});

	it.each([-300_000, 300_000])(
		'does not mind a clock that is set by %i ms meanwhile',
		async (byMs) => {
			const { run, api } = await startWorld();
			const startedAt = performance.now();
			const after: number[] = [];
			onTestFinished(() => void vi.useRealTimers());
			api.intercept(() => {
				if (after.push(performance.now() - startedAt) === 2) {
					vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + byMs });
				}
				return false;
			});
			const batching = { batch: { batchSize: 3, batchInterval: 1_500 } };
			await run(postRecords(api, { batching, concurrency: 1 }), { items: records(5) });
			expect(after).toHaveLength(5);
			expect(after[3]).toBeGreaterThanOrEqual(1_500);
		},
	);
});

describe('an API that fails', () => {
	it('is asked again where a repeated call does no harm', async () => {
		const { run, api } = await startWorld();
		const failures = [502, 504, 408, 'reset'];
		api.intercept((req, res) => {
			const failure = failures.shift();
			if (failure === undefined) return false;
			if (failure === 'reset') req.socket.destroy();
			else res.sendStatus(failure as number);
			return true;
		});
		const { error } = await run({ url: `${api.origin}/echo`, options: QUICK_RETRY });
		expect(error).toBeUndefined();
		expect(api.requests).toHaveLength(5);
	});

	it.each([false, true])(
		'is asked again for a file that breaks off, reused connections: %s',
		async (reuseConnections) => {
			const { run, api } = await startWorld();
			api.intercept(breakOff(2));
			const { items, error } = await run({
				url: `${api.origin}/echo/report.pdf`,
				options: { ...QUICK_RETRY, reuseConnections },
			});
			expect(error).toBeUndefined();
			expect(items[0]?.json).toMatchObject({ path: '/echo/report.pdf' });
			expect(api.requests).toHaveLength(3);
		},
	);

	it('says so where a file breaks off time and again', async () => {
		const { run, api } = await startWorld();
		api.intercept(breakOff(Infinity));
		const retry = { retry: { retry: { ...QUICK_RETRY.retry, maxRetries: 1 } } };
		const { error } = await run({ url: `${api.origin}/report.pdf`, options: retry });
		expect(error?.description).toContain('ECONNRESET');
		expect(api.requests).toHaveLength(2);
	});

	it('is not asked again where it may have acted on the call', async () => {
		const { run, api } = await startWorld();
		api.intercept((_req, res) => {
			res.sendStatus(504);
			return true;
		});
		const { errorItems } = await run(postRecords(api, QUICK_RETRY), {
			onError: 'continueErrorOutput',
		});
		expect(errorItems[0]?.json.error).toMatchObject({
			httpCode: '504',
			description: expect.stringContaining('The call may still have taken effect'),
			inDoubt: true,
		});
		expect(api.requests).toHaveLength(1);
	});

	it('has perhaps acted on a call however deeply its answer is nested', async () => {
		const { run, api } = await startWorld();
		api.intercept((_req, res) => {
			res
				.status(504)
				.type('json')
				.send(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
			return true;
		});
		const { errorItems } = await run(postRecords(api, QUICK_RETRY), {
			onError: 'continueErrorOutput',
		});
		expect(errorItems[0]?.json.error).toMatchObject({ httpCode: '504', inDoubt: true });
		expect(api.requests).toHaveLength(1);
	});

	it.each([
		['POST', true],
		['PUT', undefined],
	])(
		'has perhaps acted on a %s that it accepts in a way that cannot be read',
		async (method, inDoubt) => {
			const { run, api } = await startWorld();
			api.intercept((_req, res) => {
				res.status(201).type('json').send('<p>Saved');
				return true;
			});
			const { errorItems } = await run(
				{ ...postRecords(api), method },
				{ onError: 'continueErrorOutput' },
			);
			const error = errorItems[0]?.json.error as { message: string; inDoubt?: boolean };
			expect(error.message).toBe('The response is not valid JSON');
			expect(error.inDoubt).toBe(inDoubt);
			expect(api.requests).toHaveLength(1);
		},
	);

	it('is asked again after a 503 whatever the method', async () => {
		const { run, api } = await startWorld();
		let tries = 0;
		api.intercept((_req, res) => {
			if (++tries > 2) return false;
			res.sendStatus(503);
			return true;
		});
		const { error } = await run(postRecords(api, QUICK_RETRY), { items: records(1) });
		expect(error).toBeUndefined();
		expect(api.delivered()).toEqual(new Map([['0', 1]]));
	});
});

describe('cancelling a run', () => {
	it('ends a wait of a minute at once, and keeps what was delivered', async () => {
		const { run, api } = await startWorld();
		const cancel = new AbortController();
		api.intercept((_req, res) => {
			if (api.requests.length <= 2) return false;
			res.status(429).set('Retry-After', '60').end();
			setTimeout(() => cancel.abort(), 100);
			return true;
		});
		const startedAt = Date.now();
		const result = await run(postRecords(api, { concurrency: 1 }), {
			items: records(5),
			cancelSignal: cancel.signal,
		});
		expect(Date.now() - startedAt).toBeLessThan(10_000);
		expect(result.run.status).toBe('canceled');
		expect(result.items.map(({ json }) => json.id)).toEqual([0, 1]);
		expect(api.requests).toHaveLength(3);
	});

	it('ends a call on the wire at once', async () => {
		const { run, api } = await startWorld();
		const cancel = new AbortController();
		api.intercept(() => {
			setTimeout(() => cancel.abort(), 100);
			return true;
		});
		const startedAt = Date.now();
		const result = await run(postRecords(api), { cancelSignal: cancel.signal });
		expect(Date.now() - startedAt).toBeLessThan(10_000);
		expect(result.run.status).toBe('canceled');
	});

	it('ends the wait for a token at once', async () => {
		const { run, api, server } = await startWorld();
		const cancel = new AbortController();
		server.intercept((_req, res) => {
			res.writeHead(503, { 'Retry-After': '60' }).end();
			setTimeout(() => cancel.abort(), 100);
			return true;
		});
		const startedAt = Date.now();
		const result = await run(postRecords(api), { cancelSignal: cancel.signal });
		expect(Date.now() - startedAt).toBeLessThan(10_000);
		expect(result.run.status).toBe('canceled');
	});
});
