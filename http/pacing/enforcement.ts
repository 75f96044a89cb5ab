import type { AnsweredCall } from './answeredCall';
import type { Budget } from './rateLimitHeaders';

/**
 * Whether the API refuses calls beyond a budget that it tells of. Azure DevOps says that nothing is left,
 * and delays calls: to wait for each reset would take hours.
 */
export interface Enforcement {
	isExpected: () => boolean;
	learned: (budget: Budget, call: AnsweredCall) => void;
}

/** So many calls say that nothing is left: endpoints may have the same limit. */
const FEW_CALLS = 3;
/** To wait for less does no harm; and sliding windows let several calls through in one second. */
const LONG_RESET_MS = 10_000;
/** After so many long resets in a row nothing is left again; of a small budget, others may use the rest each time. */
const FEW_RESETS = 3;
const SMALL_LIMIT = 10;

export function createEnforcement(): Enforcement {
	/** Unknown until a call is refused, or accepted though nothing can be left. */
	let isEnforced: boolean | undefined;
	/** Since when and until when nothing is left, how many calls were accepted nevertheless, and after how many resets. */
	let spent: { sinceMs: number; untilMs: number; accepted: number; resets: number } | undefined;

	return {
		isExpected: () => isEnforced !== false,
		learned({ remaining, resetMs, limit = Infinity }, { isPassed, isAccepted, nowMs }) {
			if (!isPassed) isEnforced = true;
			if (isEnforced === true || !isAccepted) return;
			if (remaining > 0) spent = undefined;
			else if (spent !== undefined && nowMs < spent.untilMs) {
				spent.accepted++;
				// A bucket refills meanwhile.
				const refilled = (limit * (nowMs - spent.sinceMs)) / (spent.untilMs - spent.sinceMs);
				if (spent.accepted > FEW_CALLS + refilled) isEnforced = false;
			} else if (resetMs >= LONG_RESET_MS) {
				const resets = spent === undefined ? 0 : spent.resets + 1;
				spent = { sinceMs: nowMs, untilMs: nowMs + resetMs, accepted: 1, resets };
				if (resets >= FEW_RESETS && limit > SMALL_LIMIT) isEnforced = false;
			} else {
				spent = undefined;
			}
		},
	};
}
