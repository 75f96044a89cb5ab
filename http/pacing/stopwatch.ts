/** Adds up the times for which something lasts. */
export interface Stopwatch {
	/** It lasts, from now on or already. */
	start: () => void;
	stop: () => void;
	/** All times so far, with the one that has not ended. */
	ms: () => number;
}

/** @param clockMs one that nobody sets. */
export function createStopwatch(clockMs: () => number): Stopwatch {
	let endedMs = 0;
	let startedAtMs: number | undefined;
	const ms = (): number => endedMs + (startedAtMs === undefined ? 0 : clockMs() - startedAtMs);
	return {
		start() {
			startedAtMs ??= clockMs();
		},
		stop() {
			endedMs = ms();
			startedAtMs = undefined;
		},
		ms,
	};
}
