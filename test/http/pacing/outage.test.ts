import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../bench/pacing/virtualTime';
import { createPacer } from '../../../http/pacing/pacer';
import { fakeTiming } from '../fakeTiming';
import { answer } from '../messages';

/** What the API answers when it is asked for the n-th time, so many seconds after its first refusal. */
type Status = (n: number, seconds: number, random: () => number) => number;

/** How long 600 calls take, 10 at a time and 100 ms each, in seconds. */
async function secondsFor600(statusOf: Status, seed: number): Promise<number> {
	const random = seededRandom(seed);
	const timing = fakeTiming({ random });
	const pacer = createPacer(timing);
	let asked = 0;
	let accepted = 0;
	let refusedAtMs: number | undefined;

	async function send(): Promise<void> {
		const turn = await pacer.turn({ maxPauseMs: Infinity });
		if (!turn.go) throw new Error('Turned away');
		await timing.sleep(50 + random() * 100);
		const status = statusOf(
			++asked,
			(timing.elapsedMs() - (refusedAtMs ?? Infinity)) / 1000,
			random,
		);
		if (status === 429) refusedAtMs ??= timing.elapsedMs();
		if (status === 200) accepted++;
		turn.end(answer(status));
		if (status === 500) await timing.sleep(random() * 1000);
	}
	async function work(): Promise<void> {
		while (accepted < 600) await send();
	}
	await Promise.all(Array.from({ length: 10 }, work));
	return timing.elapsedMs() / 1000;
}

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

describe('an API that had a bad time is soon as fast as before', () => {
	it.each([5, 10, 20, 50])(
		'though it fails with the first call that it does not refuse, after %i calls and an outage',
		async (before) => {
			let hasFailed = false;
			const statusOf: Status = (n, seconds) => {
				if (n <= before) return 200;
				if (!(seconds > 29)) return 429;
				if (hasFailed) return 200;
				hasFailed = true;
				return 500;
			};
			for (const seed of SEEDS) {
				hasFailed = false;
				expect(await secondsFor600(statusOf, seed)).toBeLessThan(150);
			}
		},
	);

	it('though it has failed as often as it refused calls', async () => {
		const statusOf: Status = (n, seconds, random) => {
			if (n <= 3) return 200;
			if (seconds > 30) return 200;
			return random() < 0.5 ? 500 : 429;
		};
		for (const seed of SEEDS) expect(await secondsFor600(statusOf, seed)).toBeLessThan(450);
	});
});
