import { createCallLog } from './callLog';

/** At most so many requests in any span of that length. */
export interface RequestLimit {
	requests: number;
	spanMs: number;
}

/** What users allow, each call its own limit; the requests of all calls count. */
export interface UserLimit {
	/** A call with that limit comes: from now on, what it counts is noted. */
	expect: (limit: RequestLimit | undefined) => void;
	/** When the next call may leave, in ms since the epoch; Infinity: after one under way has ended. */
	readyAtMs: (limit: RequestLimit | undefined, inFlight: number) => number;
	ended: (nowMs: number) => void;
	/** For how long an ended call counts. */
	longestSpanMs: () => number;
	/** What counts by the old clock counts by the new one as if it had ended just now. */
	clockSetBack: (fromMs: number, toMs: number) => void;
}

export function createUserLimit(): UserLimit {
	/** Ends of all requests: when they arrived is not known, but not later than that. */
	const ends = createCallLog();
	let longestSpanMs = 0;

	return {
		expect(limit) {
			longestSpanMs = Math.max(longestSpanMs, limit?.spanMs ?? 0);
		},
		readyAtMs: (limit, inFlight) =>
			limit === undefined ? -Infinity : ends.readyAtMs(limit.requests, limit.spanMs, inFlight),
		ended(nowMs) {
			if (longestSpanMs === 0) return;
			ends.add(nowMs);
			ends.dropUntil(nowMs - longestSpanMs);
		},
		longestSpanMs: () => longestSpanMs,
		clockSetBack(fromMs, toMs) {
			const count = ends.countAfter(fromMs - longestSpanMs);
			ends.clear();
			for (let ended = 0; ended < count; ended++) ends.add(toMs);
		},
	};
}
