import type { Timing } from './timing';

/**
 * Decides when the next call to one API may leave. One for each API (origin and client), shared by
 * all items of a run and all runs of the process: when the API refuses one call, the others wait
 * instead of being refused too.
 */
export interface Pacer {
	/**
	 * Resolves when the call may leave; rejects when `signal` aborts.
	 * A pause of more than `maxWaitMs` is not waited for: then the answer is what is left of it.
	 */
	turn(
		maxWaitMs: number,
		signal?: AbortSignal,
	): Promise<{ go: true } | { go: false; waitMs: number }>;
	/** The API asked for a pause. A longer one that is already known stays. */
	pause(ms: number): void;
	/** The API accepted a call. */
	accepted(): void;
	/** How many calls the API has accepted: a call that is refused meanwhile is late, not lost. */
	acceptedCount(): number;
	/** How long the API has been paused in all, in ms. */
	pausedMs(): number;
}

export function createPacer({ now, sleep }: Pick<Timing, 'now' | 'sleep'>): Pacer {
	let pausedUntil = 0;
	let pausedMs = 0;
	let accepted = 0;

	return {
		async turn(maxWaitMs, signal) {
			for (;;) {
				const waitMs = pausedUntil - now();
				if (waitMs <= 0) return { go: true };
				if (waitMs > maxWaitMs) return { go: false, waitMs };
				await sleep(waitMs, signal);
			}
		},
		pause(ms) {
			const from = Math.max(now(), pausedUntil);
			const until = now() + ms;
			if (until <= from) return;
			pausedMs += until - from;
			pausedUntil = until;
		},
		accepted() {
			accepted++;
		},
		acceptedCount: () => accepted,
		pausedMs: () => pausedMs,
	};
}

/** Pacers by API. Idle ones are dropped, oldest first, so that the map stays small. */
export function createPacerPool(create: () => Pacer, keep = 100): (key: string) => Pacer {
	const pool = new Map<string, Pacer>();
	return (key) => {
		const pacer = pool.get(key) ?? create();
		pool.delete(key);
		pool.set(key, pacer);
		for (const oldest of pool.keys()) {
			if (pool.size <= keep) break;
			pool.delete(oldest);
		}
		return pacer;
	};
}
