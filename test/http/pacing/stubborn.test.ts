import pMap from 'p-map';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../bench/pacing/virtualTime';
import type { Api } from '../../../http/call/api';
import { callApi } from '../../../http/call/callApi';
import { createSilence } from '../../../http/call/silence';
import type { Outcome } from '../../../http/message';
import { createPacer } from '../../../http/pacing/pacer';
import { DEFAULT_RETRY_POLICY } from '../../../http/retry/decideRetry';
import { fakeTiming } from '../fakeTiming';
import { answer, aRequest } from '../messages';

/** Runs 300 calls, ten at a time; the API answers 429 to some, whenever they come. */
async function run(
	isRefused: (id: number) => boolean,
	refusal: Outcome,
	limitPerSecond = Infinity,
) {
	const timing = fakeTiming({ random: seededRandom(1) });
	const sentAtMs = new Map<number, number[]>();
	let window = { atMs: -Infinity, calls: 0 };
	const take = (): boolean => {
		const nowMs = timing.now();
		if (nowMs >= window.atMs + 1_000) window = { atMs: nowMs, calls: 0 };
		return window.calls++ < limitPerSecond;
	};
	const apiFor = (id: number): Api => ({
		origin: 'https://api.example.com',
		transport: async () => {
			sentAtMs.set(id, [...(sentAtMs.get(id) ?? []), timing.elapsedMs()]);
			await timing.sleep(20);
			return isRefused(id) || !take() ? refusal : answer(200);
		},
		authorizer: { authorize: async () => ({ headers: {}, verdictOf: async () => 'accepted' }) },
		pacer,
		silence: createSilence(),
		retry: DEFAULT_RETRY_POLICY,
		timing,
	});
	const pacer = createPacer(timing);
	const endedAtMs = new Map<number, number>();
	const results = await pMap(
		Array.from({ length: 300 }, (_, id) => id),
		async (id) => {
			const result = await callApi({ request: aRequest(), maxRedirects: 0 }, apiFor(id));
			endedAtMs.set(id, timing.elapsedMs());
			return result;
		},
		{ concurrency: 10 },
	);
	const others = [...endedAtMs].filter(([id]) => !isRefused(id)).map(([, atMs]) => atMs);
	return { results, sentAtMs, othersEndedAtMs: Math.max(...others), timing, pacer };
}

describe('a call that is always refused while others get through', () => {
	it.each([
		['with Retry-After, the first one', 0, answer(429, { 'retry-after': '1' })],
		['with Retry-After, one in the middle', 150, answer(429, { 'retry-after': '1' })],
		['without, the first one', 0, answer(429)],
		['without, one in the middle', 150, answer(429)],
	])('does not stall them (%s)', async (_name, stubborn, refusal) => {
		const { results, othersEndedAtMs } = await run((id) => id === stubborn, refusal);
		expect(
			results.filter((result) => result.kind === 'response' && result.response.status === 200),
		).toHaveLength(299);
		expect(othersEndedAtMs).toBeLessThan(10_000);
	});

	it('does not when there are several of them', async () => {
		const { othersEndedAtMs } = await run((id) => [3, 77, 78].includes(id), answer(429));
		expect(othersEndedAtMs).toBeLessThan(30_000);
	});

	it('waits by itself, longer each time, and fails when that has lasted for as long as a pause may be', async () => {
		const { results, sentAtMs, timing } = await run((id) => id === 7, answer(429));
		expect(results[7]).toMatchObject({
			response: { status: 429 },
			obstacle: { kind: 'refusal' },
		});
		const gapsMs = (sentAtMs.get(7) ?? []).map((atMs, index, all) => atMs - (all[index - 1] ?? 0));
		expect(gapsMs.length).toBeLessThan(20);
		expect(gapsMs.at(-1)).toBeGreaterThan(30_000);
		expect(timing.elapsedMs()).toBeLessThan(370_000);
	});

	it('does not hide the limit of the API from the others', async () => {
		const { sentAtMs, othersEndedAtMs } = await run((id) => id === 7, answer(429), 20);
		expect(othersEndedAtMs).toBeGreaterThan(14_000);
		expect(othersEndedAtMs).toBeLessThan(25_000);
		const sent = [...sentAtMs].filter(([id]) => id !== 7).flatMap(([, times]) => times);
		expect(sent.length).toBeLessThan(299 * 1.1);
	});
});
