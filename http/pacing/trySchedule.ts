/** When to try whether an API accepts more than the limit that was found out. */
export interface TrySchedule {
	/** @param callsBefore how many calls come between two tries, until one is in vain. */
	isDue: (nowMs: number, callsBefore?: number) => boolean;
	/** A call was accepted, in a try or before it. */
	accepted: () => void;
	/** All that a try has sent was accepted: it goes on. */
	succeeded: () => void;
	/** A call of a try was refused; `isInVain`: and none beyond the limit accepted. */
	ended: (nowMs: number, isInVain: boolean) => void;
}

/** Calls between two tries to go beyond the limit, of which one is refused where it is right: 3 %. */
const CALLS_BEFORE_TRY = 30;
/** They double with each try in vain, so often: a refusal costs a pause, too. */
const MAX_FAILED_TRIES = 4;
/** So long after a try, and after so many calls, it is time for another one in any case: other processes may have ended. */
const TRY_AFTER_MS = 60_000;
const LEAST_CALLS_BEFORE_TRY = 20;

export function createTrySchedule(): TrySchedule {
	let failedTries = 0;
	let acceptedSince = 0;
	let endedAtMs = -Infinity;

	return {
		isDue(nowMs, callsBefore = CALLS_BEFORE_TRY) {
			if (acceptedSince >= callsBefore * 2 ** failedTries) return true;
			return acceptedSince >= LEAST_CALLS_BEFORE_TRY && nowMs >= endedAtMs + TRY_AFTER_MS;
		},
		accepted() {
			acceptedSince++;
		},
		succeeded() {
			failedTries = 0;
		},
		ended(nowMs, isInVain) {
			failedTries = isInVain ? Math.min(MAX_FAILED_TRIES, failedTries + 1) : 0;
			acceptedSince = 0;
			endedAtMs = nowMs;
		},
	};
}
