/** How long calls are on their way and with the API at least. */
export interface TravelTime {
	/** An accepted call. */
	observe: (sentAtMs: number, answeredAtMs: number) => void;
	/**
	 * When a call has arrived at the latest, counted so that another one that leaves at a moment counts
	 * as arriving then: less the shortest time that an accepted one took, for the way there, which both of
	 * them take at least, with the API, which counts calls when they arrive, and for the way back.
	 */
	arrivedMs: (sentAtMs: number, answeredAtMs: number) => number;
}

/** The first connections take longer. */
const LEAST_SAMPLES = 8;
/** Clocks have whole milliseconds, and no two calls take the same time. */
const TOLERANCE_MS = 6;

export function createTravelTime(): TravelTime {
	let samples = 0;
	let shortestMs = Infinity;
	return {
		observe(sentAtMs, answeredAtMs) {
			samples++;
			shortestMs = Math.min(shortestMs, answeredAtMs - sentAtMs);
		},
		arrivedMs(sentAtMs, answeredAtMs) {
			if (samples < LEAST_SAMPLES) return answeredAtMs;
			return Math.max(sentAtMs, answeredAtMs - Math.max(0, shortestMs - TOLERANCE_MS));
		},
	};
}
