import type { Timing } from '../../http/timing';

export interface FakeTiming extends Timing {
	/** How long each sleep was to last, in the order they began. */
	readonly sleeps: readonly number[];
	/** Milliseconds since this clock was made. */
	elapsedMs(): number;
	/** Sets the clock back, or forward, as a sleep of the machine does. Sleepers sleep as long as before. */
	setClock(byMs: number): void;
}

/**
 * Virtual time: it stands still while anything runs, and moves on to the first sleeper as soon as
 * all that is left to do is wait. Fits code that waits for nothing but `sleep`.
 */
export function fakeTiming({
	startMs = Date.UTC(2026, 0, 1),
	random = () => 0.5,
}: { startMs?: number; random?: () => number } = {}): FakeTiming {
	interface Sleeper {
		untilMs: number;
		wake: () => void;
	}
	const sleeps: number[] = [];
	let sleepers: Sleeper[] = [];
	let nowMs = startMs;
	let setByMs = 0;
	let moving = false;

	/** After all promise callbacks that are due. */
	function moveOn(): void {
		if (moving) return;
		moving = true;
		setImmediate(() => {
			moving = false;
			const [first] = sleepers.sort((a, b) => a.untilMs - b.untilMs);
			if (first === undefined) return;
			sleepers = sleepers.filter((sleeper) => sleeper !== first);
			nowMs = Math.max(nowMs, first.untilMs);
			first.wake();
			moveOn();
		});
	}

	return {
		sleeps,
		elapsedMs: () => nowMs - startMs,
		setClock(byMs) {
			nowMs += byMs;
			setByMs += byMs;
			for (const sleeper of sleepers) sleeper.untilMs += byMs;
		},
		now: () => nowMs,
		awakeMs: () => nowMs - setByMs,
		random,
		sleep: (ms, signal) =>
			new Promise((resolve, reject) => {
				signal?.throwIfAborted();
				sleeps.push(ms);
				const onAbort = () => {
					sleepers = sleepers.filter((other) => other !== sleeper);
					reject(signal?.reason as Error);
				};
				const sleeper: Sleeper = {
					untilMs: nowMs + ms,
					wake: () => {
						signal?.removeEventListener('abort', onAbort);
						resolve();
					},
				};
				signal?.addEventListener('abort', onAbort, { once: true });
				sleepers.push(sleeper);
				moveOn();
			}),
	};
}
