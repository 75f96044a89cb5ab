/** What time it is to the server, as far as its answers tell. */
export interface ServerClock {
	/** In milliseconds since the epoch. */
	now: () => number;
	/**
	 * Learns from the `Date` header of an answer. Whether that tells of a difference to what is known:
	 * what was refused for its time may then be accepted. RFC 9110 §6.6.1.
	 */
	correctBy: (date: string | undefined) => boolean;
}

/** Below this it may be the answer's way, or the whole second that the header is rounded to. */
const MIN_SKEW_MS = 2_000;

/** @param now our own clock. */
export function createServerClock(now: () => number): ServerClock {
	let skewMs = 0;
	const serverNow = (): number => now() + skewMs;
	return {
		now: serverNow,
		correctBy(date) {
			const differenceMs = Date.parse(date ?? '') - serverNow();
			if (!(Math.abs(differenceMs) >= MIN_SKEW_MS)) return false;
			skewMs += differenceMs;
			return true;
		},
	};
}
