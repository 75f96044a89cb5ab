import type { Outcome } from '../message';
import type { RetryPolicy } from '../retry/decideRetry';

/** An API from which no answer comes, as the calls of a run find it. */
export interface Silence {
	/** A call to it has ended. By `Timing.awakeMs()`: while the machine sleeps, nobody asks. */
	observe: (outcome: Outcome, at: { sentAwakeMs: number; endedAwakeMs: number }) => void;
	/** Whether an answer came within the last minute. */
	isAnsweringAt: (awakeMs: number) => boolean;
	/** How long it has lasted, in ms, where that is longer than the policy accepts. */
	tooLongMs: (policy: RetryPolicy) => number | undefined;
}

/** Even where no pause is accepted, failed calls are sent again for so long. */
const LEAST_MS = 60_000;
/** Where nobody asks for so long, as between batches, that is no silence. */
const UNASKED_MS = 60_000;
/** Whoever limits calls by the minute lets one through by then. */
const ANSWERING_MS = 60_000;
/** What stands in front of the API says that it does not answer. RFC 9110 §15.6. */
const NO_ANSWER = new Set([502, 503, 504]);

/**
 * Each call has its retries, and each try its time: without a common end, a run of many items would
 * take hours for an API that is down.
 */
export function createSilence(): Silence {
	/** Of calls without an answer, since one was answered. */
	let failed: { firstAwakeMs: number; lastAwakeMs: number } | undefined;
	let answeredAwakeMs = -Infinity;
	return {
		observe(outcome, { sentAwakeMs, endedAwakeMs }) {
			const isAnswered = outcome.kind === 'response' && !NO_ANSWER.has(outcome.response.status);
			if (failed !== undefined && sentAwakeMs - failed.lastAwakeMs > UNASKED_MS) failed = undefined;
			if (isAnswered) answeredAwakeMs = endedAwakeMs;
			const firstAwakeMs = failed?.firstAwakeMs ?? endedAwakeMs;
			failed = isAnswered ? undefined : { firstAwakeMs, lastAwakeMs: endedAwakeMs };
		},
		isAnsweringAt: (awakeMs) => awakeMs - answeredAwakeMs < ANSWERING_MS,
		tooLongMs({ maxRetryAfterMs }) {
			const lastedMs = failed === undefined ? 0 : failed.lastAwakeMs - failed.firstAwakeMs;
			return lastedMs > Math.max(LEAST_MS, maxRetryAfterMs) ? lastedMs : undefined;
		},
	};
}
