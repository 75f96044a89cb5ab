import type { Budget } from './rateLimitHeaders';

/** The budget that the API tells of in its headers: when it is spent, wait for the reset. */
export interface Quota {
	/** When the next request fits, in ms since the epoch; in the past: now. */
	readyAtMs: (nowMs: number) => number;
	sent: (nowMs: number) => void;
	/** @param inFlight requests of ours that are under way and may not be counted in it yet. */
	learned: (budget: Budget, inFlight: number, nowMs: number) => void;
}

/** How much a new observation counts. */
const SMOOTHING = 0.3;

export function createQuota(): Quota {
	let known:
		{ available: number; resetAtMs: number; limit?: number; windowMs?: number } | undefined;
	/** The part of the API's budget that is used by us and not by another process. */
	let share = 1;
	/** The longest time to a reset so far: about a window, where no header tells its length. */
	let longestResetMs = 0;
	let lastRemaining: number | undefined;
	let answeredSince = 0;

	/** A window that is over: the next one is full, of which our part is ours. */
	function roll(nowMs: number): void {
		if (known === undefined || nowMs < known.resetAtMs) return;
		const { limit, windowMs } = known;
		lastRemaining = undefined;
		known =
			limit === undefined
				? undefined
				: {
						available: Math.max(1, Math.floor(limit * share)),
						resetAtMs: nowMs + (windowMs ?? longestResetMs),
						limit,
						...(windowMs !== undefined && { windowMs }),
					};
	}

	function observeShare(remaining: number): void {
		answeredSince++;
		if (lastRemaining !== undefined && remaining < lastRemaining) {
			const used = lastRemaining - remaining;
			share += SMOOTHING * (Math.min(1, answeredSince / used) - share);
			answeredSince = 0;
		}
		if (lastRemaining === undefined || remaining !== lastRemaining) {
			lastRemaining = remaining;
			answeredSince = 0;
		}
	}

	return {
		readyAtMs(nowMs) {
			roll(nowMs);
			return known === undefined || known.available >= 1 ? nowMs : known.resetAtMs;
		},
		sent(nowMs) {
			roll(nowMs);
			if (known !== undefined) known.available--;
		},
		learned(budget, inFlight, nowMs) {
			const isSameWindow =
				known !== undefined &&
				nowMs < known.resetAtMs &&
				lastRemaining !== undefined &&
				budget.remaining <= lastRemaining;
			observeShare(budget.remaining);
			longestResetMs = Math.max(longestResetMs, budget.resetMs);
			const resetAtMs = nowMs + budget.resetMs;
			known = {
				available: Math.floor(budget.remaining * share) - inFlight,
				// Whole seconds, rounded up: of a window's answers the earliest tells the reset best.
				resetAtMs: isSameWindow && known ? Math.min(known.resetAtMs, resetAtMs) : resetAtMs,
				...(budget.limit !== undefined && { limit: budget.limit }),
				...(budget.windowMs !== undefined && { windowMs: budget.windowMs }),
			};
		},
	};
}
