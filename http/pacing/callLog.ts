/** When calls were made, in ms since the epoch, to keep to so many within any span of time. */
export interface CallLog {
	add: (atMs: number) => void;
	/** How many were made after this moment. */
	countAfter: (atMs: number) => number;
	/**
	 * When one more call fits into `limit` calls in any `spanMs`; in the past: now. Calls under way
	 * have no time yet: Infinity where one of them must end first.
	 */
	readyAtMs: (limit: number, spanMs: number, underWay: number) => number;
	/** The first one after this moment. */
	firstAfterMs: (atMs: number) => number | undefined;
	/** The last one. */
	lastMs: () => number;
	clear: () => void;
	/** Forgets what is older. */
	dropUntil: (atMs: number) => void;
}

export function createCallLog(): CallLog {
	/** Ascending. */
	let times: number[] = [];

	function firstAfter(atMs: number): number {
		let low = 0;
		let high = times.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((times[middle] ?? 0) > atMs) high = middle;
			else low = middle + 1;
		}
		return low;
	}

	return {
		add: (atMs) => void times.push(atMs),
		countAfter: (atMs) => times.length - firstAfter(atMs),
		readyAtMs(limit, spanMs, underWay) {
			const free = limit - underWay;
			if (free < 1) return Infinity;
			return (times.at(-Math.floor(free)) ?? -Infinity) + spanMs;
		},
		firstAfterMs: (atMs) => times[firstAfter(atMs)],
		lastMs: () => times.at(-1) ?? -Infinity,
		clear: () => void (times = []),
		dropUntil(atMs) {
			const first = firstAfter(atMs);
			// Rarely, since it copies.
			if (first > 1_000 || first === times.length) times = times.slice(first);
		},
	};
}
