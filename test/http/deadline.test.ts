import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { deadline } from '../../http/transport/deadline';

/** Resolves with the names in the order in which their deadlines were over. */
async function overOf(deadlines: Array<[name: string, ms: number]>): Promise<string[]> {
	const over: string[] = [];
	await Promise.all(
		deadlines.map(
			([name, ms]) =>
				new Promise<void>((resolve) => {
					deadline(ms, () => {
						over.push(name);
						resolve();
					});
				}),
		),
	);
	return over;
}

describe('deadlines, which share one timer,', () => {
	it('are over each in its time, whichever was set first', async () => {
		expect(
			await overOf([
				['late', 90],
				['early', 30],
				['between', 60],
			]),
		).toEqual(['early', 'between', 'late']);
	});

	it('are not over before their time', async () => {
		const startedAtMs = performance.now();
		await overOf([['only', 40]]);
		expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(40);
	});

	it('have their whole time again when they are restarted', async () => {
		const startedAtMs = performance.now();
		let overAfterMs = 0;
		const { restart } = deadline(60, () => (overAfterMs = performance.now() - startedAtMs));
		await sleep(30);
		restart();
		await overOf([['another', 80]]);
		expect(overAfterMs).toBeGreaterThanOrEqual(90);
	});

	it('are not over where the process was only too busy to see that something came', async () => {
		let isOver = false;
		const { restart, drop } = deadline(30, () => (isOver = true));
		await sleep(5);
		// Runs after the timers, as what the network has brought.
		setImmediate(restart);
		const untilMs = performance.now() + 60;
		while (performance.now() < untilMs);
		await sleep(20);
		drop();
		expect(isOver).toBe(false);
	});

	it('are never over once they are dropped', async () => {
		let isOver = false;
		const { drop } = deadline(20, () => (isOver = true));
		drop();
		await overOf([['another', 40]]);
		await sleep(10);
		expect(isOver).toBe(false);
	});
});
