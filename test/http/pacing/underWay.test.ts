import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../http/message';
import { createPacer } from '../../../http/pacing/pacer';
import { fakeTiming } from '../fakeTiming';
import { answer, noAnswer } from '../messages';

const WORKERS = 10;

function setUp() {
	const timing = fakeTiming();
	const pacer = createPacer(timing);
	const turn = async () => {
		const given = await pacer.turn({ maxPauseMs: 300_000 });
		if (!given.go) throw new Error('Turned away');
		return given;
	};
	const inParallel = (calls: number, callMs: number) =>
		Promise.all(
			Array.from({ length: WORKERS }, async () => {
				for (let count = 0; count < calls / WORKERS; count++) {
					const { end } = await turn();
					await timing.sleep(callMs);
					end(answer(200));
				}
			}),
		);
	return { timing, turn, inParallel };
}

describe('calls that were under way when another one was refused', () => {
	it.each<[string, Outcome | undefined]>([
		['fail with 500', answer(500)],
		['are refused for their token', answer(401)],
		['are lost', noAnswer()],
		['are given up', undefined],
	])('do not hold back those that follow, though they %s', async (_what, outcome) => {
		const { timing, turn, inParallel } = setUp();
		await inParallel(200, 100);
		const [refused, ...others] = await Promise.all(Array.from({ length: 8 }, turn));
		await timing.sleep(50);
		refused?.end(answer(429));
		await timing.sleep(5);
		for (const { end } of others) end(outcome);
		const fromMs = timing.elapsedMs();
		await inParallel(600, 100);
		// Six seconds are possible; one at a time takes sixty.
		expect(timing.elapsedMs() - fromMs).toBeLessThan(12_000);
	});

	it.each([
		['told', { 'retry-after': '1' }],
		['not told', {}],
	])(
		'do not hold back the others, though they last a minute (pause %s)',
		async (_name, headers) => {
			const { timing, turn, inParallel } = setUp();
			await inParallel(200, 100);
			const slow = await Promise.all(Array.from({ length: 5 }, turn));
			const quick = await Promise.all(Array.from({ length: 5 }, turn));
			await timing.sleep(100);
			for (const { end } of quick) end(answer(429, headers));
			const fromMs = timing.elapsedMs();
			await inParallel(100, 100);
			expect(timing.elapsedMs() - fromMs).toBeLessThan(10_000);
			for (const call of slow) call.end(answer(200));
		},
	);
});
