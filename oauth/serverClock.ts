/** What time it is to the server, as far as its answers tell. */
export interface ServerClock {
	/** In milliseconds since the epoch. */
	now: () => number;
	/** What it is known to be ahead of ours, in milliseconds. */
	skewMs: () => number;
	/**
	 * Learns from the `Date` header of an answer, if that is the first to tell of a difference.
	 * Whether it does: what was refused for its time may then be accepted. RFC 9110 §6.6.1.
	 */
	correctBy: (date: string | undefined) => boolean;
}

/** Below this it may be the answer's way, or the whole second that the header is rounded to. */
const MIN_SKEW_MS = 2_000;

/** What the server's clock is ahead of this moment, by its `Date` header; `undefined`: nothing to speak of. */
export function skewTold(date: string | undefined, nowMs: number): number | undefined {
	const differenceMs = Date.parse(date ?? '') - nowMs;
	return Math.abs(differenceMs) >= MIN_SKEW_MS ? differenceMs : undefined;
}

/** @param now our own clock. */
export function createServerClock(now: () => number): ServerClock {
	let skewMs = 0;
	return {
		now: () => now() + skewMs,
		skewMs: () => skewMs,
		correctBy(date) {
			const toldMs = skewTold(date, now());
			if (skewMs !== 0 || toldMs === undefined) return false;
			skewMs = toldMs;
			return true;
		},
	};
}
