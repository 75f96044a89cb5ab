import pMap from 'p-map';
import { describe, expect, it } from 'vitest';
import { fixedWindow, type Limiter } from '../../../bench/pacing/limiters';
import { seededRandom } from '../../../bench/pacing/virtualTime';
import { createPacer } from '../../../http/pacing/pacer';
import { fakeTiming } from '../fakeTiming';
import { answer } from '../messages';
import { untilAccepted } from './untilAccepted';

/** Makes these calls, ten at a time, by the endpoints' limits; returns the seconds and how many were refused. */
async function callInTurn(endpoints: Limiter[], calls: number, seed: number) {
	const timing = fakeTiming({ random: seededRandom(seed), startMs: Date.UTC(2026, 0, 1) });
	const pacer = createPacer(timing);
	let refused = 0;

	async function send(limiter: Limiter) {
		await timing.sleep(10 + 10 * timing.random());
		const { accepted, limit, remaining, resetMs } = limiter.arrive(timing.now());
		if (!accepted) refused++;
		await timing.sleep(10 + 10 * timing.random());
		return answer(accepted ? 200 : 429, {
			'x-rate-limit-limit': `${limit}`,
			'x-rate-limit-remaining': `${remaining}`,
			'x-rate-limit-reset': `${Math.ceil((timing.now() + resetMs) / 1000)}`,
		});
	}
	const indexes = Array.from({ length: calls }, (_, index) => index);
	await pMap(
		indexes,
		async (index) => {
			const limiter = endpoints[index % endpoints.length] as Limiter;
			await untilAccepted(pacer, () => send(limiter));
		},
		{ concurrency: 10 },
	);
	return { seconds: timing.elapsedMs() / 1000, refused };
}

describe('an API with a budget for each endpoint', () => {
	it('is called as fast as the smaller one allows, where each answer tells of its own', async () => {
		for (let seed = 1; seed <= 10; seed++) {
			const endpoints = [fixedWindow(120, 6_000), fixedWindow(30, 6_000)];
			// 90 calls to the second endpoint: three windows, of which the last one need not end.
			const { seconds, refused } = await callInTurn(endpoints, 180, seed);
			expect(seconds).toBeLessThan(16);
			expect(refused).toBeLessThan(18);
		}
	});
});

describe('a budget that is told no longer', () => {
	it('limits nothing once its window is over', async () => {
		const timing = fakeTiming({ random: seededRandom(1) });
		const pacer = createPacer(timing);
		let calls = 0;
		const tells = { 'ratelimit-limit': '1', 'ratelimit-remaining': '0', 'ratelimit-reset': '5' };
		const send = async () => {
			await timing.sleep(100);
			return answer(200, ++calls === 1 ? tells : {});
		};
		await untilAccepted(pacer, send);
		await Promise.all(Array.from({ length: 100 }, () => untilAccepted(pacer, send)));
		expect(timing.elapsedMs()).toBeLessThan(9_000);
	});
});

describe('an API with a budget for each address, under the same limit', () => {
	it('is not held back by the sum of all calls', async () => {
		const timing = fakeTiming({ random: seededRandom(1) });
		const pacer = createPacer(timing);
		const left = { 'ratelimit-limit': '100', 'ratelimit-remaining': '99', 'ratelimit-reset': '60' };
		const send = async () => {
			await timing.sleep(50);
			return answer(200, left);
		};
		const indexes = Array.from({ length: 400 }, (_, index) => index);
		await pMap(indexes, () => untilAccepted(pacer, send), { concurrency: 10 });
		expect(timing.elapsedMs()).toBeLessThan(15_000);
	});
});

describe('a budget that the API does not keep to', () => {
	const spent = { 'ratelimit-limit': '200', 'ratelimit-remaining': '0', 'ratelimit-reset': '240' };

	it('limits nothing: Azure DevOps delays calls, and says that nothing is left', async () => {
		const timing = fakeTiming({ random: seededRandom(1) });
		const pacer = createPacer(timing);
		let calls = 0;
		const send = async () => {
			await timing.sleep(100);
			return answer(200, ++calls > 50 ? spent : {});
		};
		const indexes = Array.from({ length: 200 }, (_, index) => index);
		await pMap(indexes, () => untilAccepted(pacer, send), { concurrency: 10 });
		expect(timing.elapsedMs()).toBeLessThan(5_000);
	});

	it('limits nothing after some resets at which nothing is left again, though one call asks at a time', async () => {
		const timing = fakeTiming({ random: seededRandom(1) });
		const pacer = createPacer(timing);
		const send = async () => {
			await timing.sleep(100);
			return answer(200, spent);
		};
		for (let page = 0; page < 100; page++) await untilAccepted(pacer, send);
		expect(timing.elapsedMs()).toBeLessThan(900_000);
	});

	it('limits again once a call is refused', async () => {
		const timing = fakeTiming({ random: seededRandom(1) });
		const pacer = createPacer(timing);
		let calls = 0;
		const send = async () => {
			await timing.sleep(100);
			return answer(++calls === 100 ? 429 : 200, calls > 50 ? spent : {});
		};
		const indexes = Array.from({ length: 120 }, (_, index) => index);
		await pMap(indexes, () => untilAccepted(pacer, send), { concurrency: 10 });
		expect(timing.elapsedMs()).toBeGreaterThan(240_000);
	});
});
