import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { deadline } from '../../../http/transport/deadline';

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

/** Takes the place of the runtime's clock and of its timers, which ring only where the process is idle. */
function virtualTime() {
	let nowMs = 0;
	const alarms: Array<{ atMs: number; ring: () => void }> = [];
	vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
	vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
		const alarm = new AbortController();
		alarms.push({ atMs: nowMs + ms, ring: () => alarm.abort() });
		return alarm.signal;
	});
	onTestFinished(() => void vi.restoreAllMocks());
	return {
		busy: (ms: number) => (nowMs += ms),
		idle(ms: number) {
			const untilMs = nowMs + ms;
			for (;;) {
				const next = alarms.findIndex(({ atMs }) => atMs <= untilMs);
				const [alarm] = next < 0 ? [] : alarms.splice(next, 1);
				nowMs = Math.max(nowMs, alarm?.atMs ?? untilMs);
				if (alarm === undefined) return;
				alarm.ring();
			}
		},
	};
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

	it('are over 10 ms later where the process was busy, so that what came meanwhile can be read', () => {
		const { busy, idle } = virtualTime();
		let isOver = false;
		deadline(30, () => (isOver = true));
		busy(60);
		idle(9);
		expect(isOver).toBe(false);
		idle(1);
		expect(isOver).toBe(true);
	});
});
