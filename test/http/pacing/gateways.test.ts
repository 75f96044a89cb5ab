import pMap from 'p-map';
import { describe, expect, it } from 'vitest';
import {
	both,
	fixedWindow,
	tokenBucket,
	type Limiter,
	type Verdict,
} from '../../../bench/pacing/limiters';
import { seededRandom } from '../../../bench/pacing/virtualTime';
import type { Outcome } from '../../../http/message';
import { createPacer } from '../../../http/pacing/pacer';
import { fakeTiming } from '../fakeTiming';
import { answer, aResponse } from '../messages';
import { untilAccepted } from './untilAccepted';

type Say = (verdict: Verdict, nowMs: number) => Outcome;

/** Makes these calls, ten at a time, 5 to 15 ms away; returns the seconds, and the share of refused ones. */
async function callAll(limiter: Limiter, calls: number, say: Say) {
	const timing = fakeTiming({ random: seededRandom(1), startMs: Date.UTC(2026, 0, 1) + 400 });
	const pacer = createPacer(timing);
	const travel = () => timing.sleep(5 + 10 * timing.random());
	let refused = 0;
	const send = async () => {
		await travel();
		const verdict = limiter.arrive(timing.now());
		if (!verdict.accepted) refused++;
		const said = say(verdict, timing.now());
		await travel();
		return said;
	};
	const indexes = Array.from({ length: calls }, (_, index) => index);
	await pMap(indexes, () => untilAccepted(pacer, send), { concurrency: 10 });
	return { seconds: timing.elapsedMs() / 1000, refused: refused / calls };
}

describe('nginx', () => {
	const page =
		'<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n';
	const say: Say = ({ accepted }) => {
		if (accepted) return answer(200);
		return { kind: 'response', response: { ...aResponse(503), body: Buffer.from(page) } };
	};

	it('refuses few calls, though it says so with a 503 and no word of when', async () => {
		const { seconds, refused } = await callAll(tokenBucket(2, 5), 100, say);
		expect(refused).toBeLessThan(0.15);
		expect(seconds).toBeLessThan(60);
	});
});

describe('an API whose moments are rounded down', () => {
	// koa-ratelimit, ratelimiter
	const say: Say = ({ accepted, limit, remaining, resetMs }, nowMs) => {
		const resetSeconds = Math.floor((nowMs + resetMs) / 1_000);
		return answer(accepted ? 200 : 429, {
			'x-ratelimit-limit': `${limit}`,
			'x-ratelimit-remaining': `${remaining}`,
			'x-ratelimit-reset': `${resetSeconds}`,
			...(!accepted && {
				'retry-after': `${Math.max(0, Math.trunc(resetSeconds - nowMs / 1_000))}`,
			}),
		});
	};

	it('is not asked again and again within the last second', async () => {
		const { seconds, refused } = await callAll(fixedWindow(20, 10_000), 110, say);
		expect(refused).toBeLessThan(0.1);
		expect(seconds).toBeLessThan(60);
	});
});

describe('an API with two limiters', () => {
	// express-rate-limit twice: both write the same headers, and the last one that was asked is read.
	const say: Say = ({ accepted, limit, remaining, resetMs }) =>
		answer(accepted ? 200 : 429, {
			ratelimit: `limit=${limit}, remaining=${remaining}, reset=${Math.ceil(resetMs / 1_000)}`,
			...(!accepted && { 'retry-after': `${Math.ceil(resetMs / 1_000)}` }),
		});

	it('is called as fast as both allow, where accepted calls tell of one of them only', async () => {
		const second = fixedWindow(10, 1_000);
		const halfMinute = fixedWindow(100, 30_000);
		const limiter = both(second, halfMinute);
		const telling: Limiter = {
			...limiter,
			arrive(nowMs) {
				const verdict = limiter.arrive(nowMs);
				if (!verdict.accepted || verdict.limit === 100) return verdict;
				// What is left of the other one.
				const { limit, resetMs, windowMs } = { limit: 100, resetMs: 30_000, windowMs: 30_000 };
				return { ...verdict, limit, windowMs, resetMs, remaining: 90 };
			},
		};
		const { seconds, refused } = await callAll(telling, 95, say);
		expect(refused).toBeLessThan(0.12);
		expect(seconds).toBeLessThan(15);
	});
});

describe('a pause that is longer than the spent budget explains', () => {
	it('is waited for to its end', async () => {
		const timing = fakeTiming({ random: seededRandom(1) });
		const pacer = createPacer(timing);
		const budget = { 'x-ratelimit-limit': '3', 'x-ratelimit-remaining': '0' };
		const spent = { ...budget, 'x-ratelimit-reset': `${timing.now() / 1_000 + 1}` };
		const answers = [answer(200, spent), answer(429, { ...spent, 'retry-after': '10' })];
		const sentAtMs: number[] = [];
		const send = () => {
			sentAtMs.push(timing.elapsedMs());
			return Promise.resolve(answers.shift() ?? answer(200));
		};
		await untilAccepted(pacer, send);
		await untilAccepted(pacer, send);
		const [, refusedMs = NaN, nextMs] = sentAtMs;
		expect(nextMs).toBeGreaterThanOrEqual(refusedMs + 10_000);
	});
});

describe('an API that blocks who was refused', () => {
	/** rate-limiter-flexible's `blockDuration`. */
	function blocking(limit: number, windowMs: number, blockMs: number): Limiter {
		const limiter = fixedWindow(limit, windowMs);
		let blockedUntilMs = -Infinity;
		return {
			nextFreeAtMs: (nowMs) => limiter.nextFreeAtMs(Math.max(nowMs, blockedUntilMs)),
			arrive(nowMs) {
				const isBlocked = nowMs < blockedUntilMs;
				const verdict = limiter.arrive(nowMs);
				if (!isBlocked && !verdict.accepted) blockedUntilMs = nowMs + blockMs;
				return { ...verdict, accepted: verdict.accepted && !isBlocked };
			},
		};
	}

	it('is not taken for one with a long window for ever', async () => {
		const say: Say = ({ accepted }) => answer(accepted ? 200 : 429);
		const { seconds } = await callAll(blocking(20, 1_000, 5_000), 1_000, say);
		expect(seconds).toBeLessThan(160);
	});
});
