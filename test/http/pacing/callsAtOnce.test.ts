import { describe, expect, it } from 'vitest';
import { concurrencyLimit, fixedWindow, type Limiter } from '../../../bench/pacing/limiters';
import { seededRandom } from '../../../bench/pacing/virtualTime';
import type { Outcome } from '../../../http/message';
import { createPacer } from '../../../http/pacing/pacer';
import { fakeTiming } from '../fakeTiming';
import { answer } from '../messages';
import { untilAccepted } from './untilAccepted';

interface Options {
	/** When processes begin. */
	startsMs?: number[];
	/** The API says `Retry-After: 1`; else nothing but 429. */
	isTold?: boolean;
	seed?: number;
}

/** An API 5 to 15 ms away. */
async function run(
	limiter: Limiter,
	callMs: number,
	calls: number,
	{ startsMs = [0], isTold = false, seed = 1 }: Options = {},
) {
	const timing = fakeTiming({ random: seededRandom(seed) });
	const travel = () => timing.sleep(5 + 10 * timing.random());
	const refusedAtMs: number[] = [];

	async function runProcess(startMs: number): Promise<number> {
		await timing.sleep(startMs);
		const pacer = createPacer(timing);
		const call = async (): Promise<Outcome> => {
			await travel();
			const { accepted } = limiter.arrive(timing.now());
			if (accepted) await timing.sleep(callMs);
			else refusedAtMs.push(timing.elapsedMs());
			await travel();
			return answer(accepted ? 200 : 429, isTold && !accepted ? { 'retry-after': '1' } : {});
		};
		await Promise.all(Array.from({ length: calls }, async () => await untilAccepted(pacer, call)));
		return timing.elapsedMs();
	}
	const endedAtMs = await Promise.all(startsMs.map(runProcess));
	return { endedAtMs: Math.max(...endedAtMs), refusedAtMs };
}

describe('a limit of calls at a time', () => {
	it.each([
		[4, 2_000],
		[1, 1_000],
		[4, 200],
	])('of %i is found out and kept, where a call takes %i ms', async (atOnce, callMs) => {
		const { endedAtMs, refusedAtMs } = await run(concurrencyLimit(atOnce, callMs), callMs, 80);
		expect(refusedAtMs.length).toBeLessThanOrEqual(4);
		expect(endedAtMs).toBeLessThan((80 / atOnce) * (callMs + 20) * 1.15);
	});

	it('is shared by processes that begin together', async () => {
		const { endedAtMs, refusedAtMs } = await run(concurrencyLimit(4, 2_000), 2_000, 40, {
			startsMs: [0, 0],
		});
		expect(refusedAtMs.length).toBeLessThanOrEqual(8);
		expect(endedAtMs).toBeLessThan(40_000 * 1.25);
	});

	it('is left to a process that came when all was taken, once there is room', async () => {
		const { endedAtMs } = await run(concurrencyLimit(4, 2_000), 2_000, 40, {
			startsMs: [0, 3_700],
		});
		expect(endedAtMs).toBeLessThan(40_000 * 1.45);
	});
});

describe('a window', () => {
	it('is told from it although those under way are accepted, because calls are slow', async () => {
		const { endedAtMs, refusedAtMs } = await run(fixedWindow(20, 10_000), 300, 110);
		expect(refusedAtMs.filter((atMs) => atMs > 20_000).length).toBeLessThanOrEqual(3);
		expect(refusedAtMs.length).toBeLessThanOrEqual(12);
		expect(endedAtMs).toBeLessThan(50_000 * 1.25);
	});

	it.each([20, 300])('is, where it is refused again and again (calls of %i ms)', async (callMs) => {
		const { refusedAtMs } = await run(fixedWindow(10, 1_000), callMs, 300);
		expect(refusedAtMs.length).toBeLessThan(300 * 0.05);
	});

	it('is, where chance lets those under way be accepted, and each pause ends with the window', async () => {
		for (let seed = 1; seed <= 80; seed++) {
			const limiter = fixedWindow(20, 1_000);
			const { refusedAtMs } = await run(limiter, 2, 510, { isTold: true, seed });
			expect(refusedAtMs.length).toBeLessThan(510 * 0.04);
		}
	});
});
