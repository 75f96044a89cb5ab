import type { Timing } from '../../http/timing';

/** Time that passes only when everyone sleeps: a minute of waiting takes milliseconds. */
export interface VirtualTime extends Timing {
	/** Runs until `work` is done. */
	run: <T>(work: Promise<T>) => Promise<T>;
}

export function createVirtualTime(random: () => number): VirtualTime {
	// At any moment of a second: windows are not aligned with whole seconds.
	let nowMs = 1.7e12 + Math.floor(random() * 1000);
	let sleepers: Array<{ atMs: number; wake: () => void }> = [];

	return {
		now: () => nowMs,
		awakeMs: () => nowMs,
		random,
		sleep(ms, signal) {
			return new Promise((resolve, reject) => {
				const sleeper = { atMs: nowMs + Math.max(0, ms), wake: resolve };
				const cancel = (): void => {
					sleepers = sleepers.filter((other) => other !== sleeper);
					reject(new Error('Woken'));
				};
				if (signal?.aborted) return cancel();
				signal?.addEventListener('abort', cancel, { once: true });
				sleepers.push(sleeper);
			});
		},
		async run(work) {
			let isDone = false;
			const done = work.finally(() => (isDone = true));
			for (;;) {
				// Lets everything that is ready go on.
				await new Promise((resolve) => setImmediate(resolve));
				if (isDone) return await done;
				let next = Infinity;
				for (const { atMs } of sleepers) if (atMs < next) next = atMs;
				if (next === Infinity) throw new Error('Everyone waits, and nobody sleeps');
				nowMs = next;
				const due = sleepers.filter(({ atMs }) => atMs <= nowMs);
				sleepers = sleepers.filter(({ atMs }) => atMs > nowMs);
				for (const { wake } of due) wake();
			}
		},
	};
}

/** Mulberry32: the same numbers in every run of the benchmark. */
export function seededRandom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}
