import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../http/message';
import { DEFAULT_RETRY_POLICY } from '../../../http/retry/decideRetry';
import { sendWithRetry } from '../../../http/retry/sendWithRetry';
import { fakeTiming } from '../fakeTiming';
import { answer, aRequest, farEnd, inTurn, noAnswer } from '../messages';

const request = aRequest({ method: 'POST', body: Buffer.from('grant_type=client_credentials') });

function setUp(...outcomes: Outcome[]) {
	const timing = fakeTiming();
	const { transport, sent } = farEnd(timing, inTurn(...outcomes));
	const retry = { ...DEFAULT_RETRY_POLICY, maxRetries: 3, baseMs: 1_000, capMs: 60_000 };
	const send = (signal?: AbortSignal) =>
		sendWithRetry(request, { transport, retry, timing }, signal);
	return { timing, sent, send };
}

describe('a request that may always be repeated', () => {
	it('is made anew for each try where the same one must not be sent twice', async () => {
		const timing = fakeTiming();
		const { transport, sent } = farEnd(timing, inTurn(answer(503), noAnswer(), answer(200)));
		let made = 0;
		const again = async () => aRequest({ method: 'POST', body: Buffer.from(`${++made}`) });
		await sendWithRetry(request, { transport, retry: DEFAULT_RETRY_POLICY, timing, again });
		expect(sent.map(({ request: { body } }) => Buffer.isBuffer(body) && body.toString())).toEqual([
			'grant_type=client_credentials',
			'1',
			'2',
		]);
	});

	it.each([200, 302, 400, 401])('is answered for good by %i', async (status) => {
		const { send, sent } = setUp(answer(status));
		expect(await send()).toEqual(answer(status));
		expect(sent).toHaveLength(1);
	});

	it('is sent again, unchanged, after errors of the server and the network', async () => {
		const { send, sent } = setUp(answer(500), noAnswer(), answer(503), answer(200));
		expect(await send()).toEqual(answer(200));
		expect(sent.map((each) => each.request)).toEqual([request, request, request, request]);
	});

	it('waits longer from try to try', async () => {
		const { send, timing } = setUp(answer(500));
		await send();
		expect(timing.sleeps).toEqual([500, 1_000, 2_000]);
	});

	it('waits as told', async () => {
		const { send, timing } = setUp(answer(429, { 'retry-after': '42' }), answer(200));
		expect(await send()).toEqual(answer(200));
		expect(timing.sleeps).toEqual([42_000]);
	});

	it('reads a moment against the clock it was given', async () => {
		const retryAfter = new Date(fakeTiming().now() + 7_000).toUTCString();
		const { send, timing } = setUp(answer(429, { 'retry-after': retryAfter }), answer(200));
		await send();
		expect(timing.sleeps).toEqual([7_000]);
	});

	it('ends with the last answer where the retries are spent', async () => {
		const { send, sent } = setUp(answer(500), answer(500), answer(500), answer(502));
		expect(await send()).toEqual(answer(502));
		expect(sent).toHaveLength(4);
	});

	it('ends with the last error where the retries are spent', async () => {
		const { send } = setUp(noAnswer('ECONNREFUSED'));
		expect(await send()).toEqual(noAnswer('ECONNREFUSED'));
	});

	it('ends at once where the server wants too long a pause', async () => {
		const { send, sent, timing } = setUp(answer(429, { 'retry-after': '86400' }));
		expect(await send()).toEqual(answer(429, { 'retry-after': '86400' }));
		expect(sent).toHaveLength(1);
		expect(timing.elapsedMs()).toBe(0);
	});

	it('ends its wait at once when the caller aborts', async () => {
		const { send, sent, timing } = setUp(answer(429, { 'retry-after': '60' }));
		const abort = new AbortController();
		void timing.sleep(1_000).then(() => abort.abort());
		await expect(send(abort.signal)).rejects.toThrow('aborted');
		expect(timing.elapsedMs()).toBe(1_000);
		expect(sent).toHaveLength(1);
	});
});

it('hands the signal to the transport', async () => {
	const { signal } = new AbortController();
	const signals: unknown[] = [];
	const transport = async (_request: unknown, given?: AbortSignal) => {
		signals.push(given);
		return answer(200);
	};
	const timing = fakeTiming();
	await sendWithRetry(request, { transport, retry: DEFAULT_RETRY_POLICY, timing }, signal);
	expect(signals).toEqual([signal]);
});
