import { createCallLog } from './callLog';

/** At most so many requests in any span of that length. */
export interface RequestLimit {
	requests: number;
	spanMs: number;
}

/** Keeps the limits that users have set: each call has its own, and the requests of all calls count. */
export interface UserLimit {
	/** A call with that limit is to leave: from now on, requests are remembered for as long as it counts them. */
	expect: (limit: RequestLimit | undefined) => void;
	/** When the next call may leave, in ms since the epoch; Infinity: after one under way has ended. */
	readyAtMs: (limit: RequestLimit | undefined, inFlight: number) => number;
	ended: (nowMs: number) => void;
	/** For how long an ended request may count. */
	longestSpanMs: () => number;
	/** Requests that still count do so as if they had ended just now. */
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
