import { json } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { loadEngine } from '../engine/engine';
import { TOOL_TYPE } from '../engine/nodeWorkflow';
import { breakOff, postRecords, records, startWorld } from './world';

const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 10 };
const once = (count: number) => Array.from({ length: count }, () => 1);

describe("n8n's own Retry On Fail", () => {
	it('sends only what was not delivered before', async () => {
		const { run, api } = await startWorld();
		let failures = 2;
		api.intercept((req, res) => {
			if (!req.is('json') || api.requests.length < 51 || failures === 0) return false;
			failures--;
			res.sendStatus(500);
			return true;
		});
		const { items, error } = await run(postRecords(api), { items: records(100), ...RETRY });
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.id)).toEqual(records(100).map(({ json }) => json.id));
		expect([...api.delivered().values()]).toEqual(once(100));
	});

	it('does not wait for the batches of what was delivered before', async () => {
		const { run, api } = await startWorld();
		api.intercept((_req, res) => {
			if (api.requests.length !== 4) return false;
			res.sendStatus(500);
			return true;
		});
		const batching = { batch: { batchSize: 1, batchInterval: 400 } };
		const { error } = await run(postRecords(api, { batching }), { items: records(4), ...RETRY });
		expect(error).toBeUndefined();
		expect([...api.delivered().values()]).toEqual(once(4));
		const [failedAt = 0, againAt = Infinity] = api.requests.slice(3).map(({ at }) => at);
		expect(againAt - failedAt).toBeLessThan(400);
	});

	it('says at last how many were delivered, over all tries', async () => {
		const { run, api } = await startWorld();
		const parameters = {
			...postRecords(api, { concurrency: 1 }),
			jsonBody: '={{ $json.id === 7 ? "{broken" : JSON.stringify($json) }}',
		};
		const { error } = await run(parameters, { items: records(10), ...RETRY });
		expect(error?.description).toContain('7 of 10 items were delivered, 3 were not.');
		expect([...api.delivered().values()]).toEqual(once(7));
	});

	it('sends nothing again where n8n takes the output for a failure', async () => {
		const { run, api } = await startWorld();
		const parameters = {
			...postRecords(api),
			jsonBody: '={{ $json.id === 0 ? "{broken" : JSON.stringify($json) }}',
		};
		const { errorItems } = await run(parameters, {
			items: records(10),
			...RETRY,
			onError: 'continueErrorOutput',
		});
		expect(errorItems).toHaveLength(1);
		expect([...api.delivered().values()]).toEqual(once(9));
	});

	it('sends nothing again where a delivered item has no readable response', async () => {
		const { run, api } = await startWorld();
		api.intercept((_req, res) => {
			res.type('json').send('{"broken":');
			return true;
		});
		const { error } = await run(postRecords(api), { items: records(1), ...RETRY });
		expect(error?.message).toBe('The response is not valid JSON');
		expect(error?.description).toContain('may still have taken effect');
		expect(api.requests).toHaveLength(1);
	});

	it('asks again where the response to a call that may be repeated cannot be read', async () => {
		const { run, api } = await startWorld();
		api.intercept((_req, res) => {
			const isFirst = api.requests.length === 1;
			res.type('json').send(isFirst ? '{"broken":' : '{"fine":true}');
			return true;
		});
		const { items } = await run(
			{ method: 'GET', url: `${api.origin}/records/1` },
			{ items: records(1), ...RETRY },
		);
		expect(items?.map(({ json }) => json)).toEqual([{ fine: true }]);
		expect(api.requests).toHaveLength(2);
	});

	it('sends nothing again that the API may have acted on, and says so', async () => {
		const { run, api } = await startWorld();
		api.intercept((req) => {
			if (api.requests.length === 2) req.socket.destroy();
			return api.requests.length === 2;
		});
		const { error } = await run(postRecords(api, { concurrency: 1 }), {
			items: records(2),
			...RETRY,
		});
		expect(error?.description).toMatch(
			/may still have taken effect.* before you send it again\. 1 of 2 items was delivered, 1 perhaps\. Perhaps delivered: item \d\. The first item is item 0\.$/,
		);
		expect(api.requests).toHaveLength(2);
	});

	it('tells the model of an item in doubt the same in each try, as an AI tool', async () => {
		const { run, api } = await startWorld();
		api.intercept((req) => {
			req.socket.destroy();
			return true;
		});
		const { error } = await run(postRecords(api), { ...RETRY, type: TOOL_TYPE });
		expect(api.requests).toHaveLength(1);
		expect(error?.message.match(/may still have taken effect/g)).toHaveLength(1);
	});

	it('sends the others where one item is in doubt', async () => {
		const { run, api } = await startWorld();
		api.intercept(async (req) => {
			const isSecond = api.requests.length === 2;
			if (isSecond) req.socket.destroy();
			return isSecond;
		});
		const { error } = await run(postRecords(api, { concurrency: 1 }), {
			items: records(6),
			...RETRY,
		});
		expect(error?.description).toContain(
			'5 of 6 items were delivered, 1 perhaps. Perhaps delivered: item 1.',
		);
		expect([...api.delivered().keys()]).toEqual(['0', '2', '3', '4', '5']);
		expect([...api.delivered().values()]).toEqual(once(5));
	});

	it.each([
		['leads nowhere', 'ftp://files.example/1', {}],
		['is not to be followed', '/records/1', { followRedirects: false }],
	])('sends no POST again that was answered by a redirect which %s', async (_how, to, redirect) => {
		const { run, api } = await startWorld();
		api.intercept((_req, res) => Boolean(res.redirect(303, to)) || true);
		const options = { redirect: { redirect } };
		const { error } = await run(postRecords(api, options), { items: records(1), ...RETRY });
		expect(error?.description).toContain('may still have taken effect');
		expect(api.requests).toHaveLength(1);
	});

	it('sends nothing again where a file that the API answers with breaks off', async () => {
		const { run, api } = await startWorld();
		api.intercept(breakOff(Infinity));
		const { error } = await run(postRecords(api), { items: records(1), ...RETRY });
		expect(error?.description).toContain('may still have taken effect');
		expect(api.requests).toHaveLength(1);
	});

	it('sends nothing again where n8n cannot store the file that the API answers with', async () => {
		const { run, api } = await startWorld();
		api.intercept((_req, res) => Boolean(res.type('pdf').send('%PDF')));
		const { BinaryDataService } = await loadEngine();
		const store = vi.spyOn(BinaryDataService.prototype, 'store');
		store.mockRejectedValue(new Error('The disk is full'));
		onTestFinished(() => store.mockRestore());
		const { error } = await run(postRecords(api), { items: records(1), ...RETRY });
		expect(error?.message).toBe('The disk is full');
		expect(error?.description).toMatch(/^The call may still have taken effect/);
		expect(api.requests).toHaveLength(1);
	});

	it('sends no POST again whose result was still to be fetched when another item failed', async () => {
		const { run, api } = await startWorld();
		let failed: (() => void) | undefined;
		const otherFailed = new Promise<void>((resolve) => (failed = resolve));
		api.intercept(async (req, res) => {
			if (req.method === 'GET') return Boolean(res.json({ id: 1 }));
			const { id } = (await json(req)) as { id: number };
			if (id === 0) {
				res.status(500).end();
				failed?.();
				return true;
			}
			await otherFailed;
			await new Promise((resolve) => setTimeout(resolve, 50));
			return Boolean(res.redirect(303, '/records/1'));
		});
		const { error } = await run(postRecords(api), {
			items: records(2),
			retryOnFail: true,
			maxTries: 2,
			waitBetweenTries: 10,
		});
		expect(error?.description).toContain('1 of 2 items was delivered, 1 was not.');
		const posts = api.requests.filter(({ method }) => method === 'POST');
		expect(posts).toHaveLength(3);
	});

	it('does not mix up two runs of a workflow', async () => {
		const { run, api } = await startWorld();
		await run(postRecords(api), { items: records(3), ...RETRY });
		await run(postRecords(api), { items: records(3), ...RETRY });
		expect([...api.delivered().values()]).toEqual([2, 2, 2]);
	});
});
