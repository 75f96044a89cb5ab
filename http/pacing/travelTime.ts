/** How long calls are on their way at least. */
export interface TravelTime {
	observe: (sentAtMs: number, answeredAtMs: number) => void;
	/**
	 * When a call has arrived at the latest, counted so that another one that leaves at a moment counts
	 * as arriving then: less the shortest round trip, which both of them take at least, one the way
	 * there, one the way back.
	 */
	arrivedMs: (answeredAtMs: number) => number;
}

/** The first connections take longer. */
const LEAST_SAMPLES = 8;
/** Clocks have whole milliseconds, at both ends. */
const ROUNDING_MS = 2;

export function createTravelTime(): TravelTime {
	let samples = 0;
	let shortestMs = Infinity;
	return {
		observe(sentAtMs, answeredAtMs) {
			samples++;
			shortestMs = Math.min(shortestMs, answeredAtMs - sentAtMs);
		},
		arrivedMs: (answeredAtMs) =>
			samples < LEAST_SAMPLES ? answeredAtMs : answeredAtMs - Math.max(0, shortestMs - ROUNDING_MS),
	};
}
