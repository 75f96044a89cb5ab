import { createCallLog } from './callLog';
import type { Budget } from './rateLimitHeaders';

/** The budget that the API tells of in its headers. */
export interface Quota {
	/** When the next call fits, in ms since the epoch; Infinity: after one under way has ended. */
	readyAtMs: (nowMs: number, inFlight: number) => number;
	/** What is left as far as is known when a call leaves; to be given back with its answer. */
	remaining: (nowMs: number) => number;
	/** An answer is there; `undefined`: without a budget. */
	learned: (budget: Budget | undefined, call: AnsweredCall, nowMs: number) => void;
}

export interface AnsweredCall {
	isPassed: boolean;
	/** `remaining()` when the call left: a budget that has grown since is a new one. */
	remainingBefore: number;
	/** Calls that are still under way. */
	inFlight: number;
}

interface Told {
	limit: number;
	remaining: number;
	resetAtMs: number;
}

export function createQuota(random: () => number): Quota {
	let log = createCallLog();
	let told: Told | undefined;
	const windows = createWindowLength();
	let own = 0;
	let ownSum = 0;
	let fallSum = 0;
	/** The part of the budget that is used by us. */
	let share = 1;
	let tailAtMs = 0;

	return {
		remaining: (nowMs) =>
			told === undefined || nowMs >= told.resetAtMs ? Infinity : told.remaining,
		readyAtMs(nowMs, inFlight) {
			if (told === undefined) return -Infinity;
			const { limit, remaining, resetAtMs } = told;
			if (nowMs < resetAtMs) {
				const part = remaining * share;
				if (remaining - inFlight < 1) return resetAtMs;
				if (part < 1) return inFlight > 0 ? Infinity : Math.min(tailAtMs, resetAtMs);
				if (inFlight + 1 > part) return Infinity;
			} else if (share < 0.9 && inFlight > 0) return Infinity;
			return log.readyAtMs(limit, windows.lengthMs(), inFlight);
		},
		learned(budget, { isPassed, remainingBefore, inFlight }, nowMs) {
			if (isPassed) {
				log.add(nowMs);
				own++;
			}
			if (budget === undefined) {
				if (isPassed && told !== undefined) told.remaining = Math.max(0, told.remaining - 1);
				return;
			}
			const limit = Math.max(budget.limit ?? 0, budget.remaining + 1, told?.limit ?? 0);
			const before = told?.remaining ?? limit;
			const isNew =
				told === undefined || nowMs >= told.resetAtMs || budget.remaining > remainingBefore;
			if (isNew && budget.remaining - before > limit / 2) {
				log = createCallLog();
				if (isPassed) log.add(nowMs);
			}
			windows.observe(budget, limit);
			const windowMs = windows.lengthMs();
			const fall = (isNew ? limit : before) - budget.remaining;
			if (isNew) own = Math.min(fall, log.countAfter(nowMs - windowMs) + inFlight);
			if (fall > 0) {
				const keep = 0.5 ** (fall / Math.max(8, limit / 4));
				ownSum = ownSum * keep + own;
				fallSum = fallSum * keep + fall;
				own = 0;
				share = Math.min(1, Math.max(ownSum, 0.25) / fallSum);
			}
			const resetAtMs = Math.min(
				nowMs + budget.resetMs,
				(log.firstAfterMs(nowMs - windowMs) ?? Infinity) + windowMs,
			);
			told = {
				limit,
				remaining: isNew ? budget.remaining : Math.min(before, budget.remaining),
				resetAtMs: isNew ? resetAtMs : Math.min(told?.resetAtMs ?? 0, resetAtMs),
			};
			const part = told.remaining * share;
			tailAtMs = part <= 0 ? Infinity : nowMs + (random() * (told.resetAtMs - nowMs)) / part;
			log.dropUntil(nowMs - 2 * windowMs);
		},
	};
}

/** How long a window is, where no header tells it. */
function createWindowLength(): {
	lengthMs: () => number;
	observe: (budget: Budget, limit: number) => void;
} {
	let toldMs: number | undefined;
	let longestResetMs = 0;
	/** The time to the reset when a window had just begun. */
	let freshResetMs = Infinity;
	return {
		lengthMs: () => toldMs ?? Math.min(longestResetMs, freshResetMs),
		observe({ windowMs, resetMs, isMoment, remaining }, limit) {
			toldMs = windowMs ?? toldMs;
			longestResetMs = Math.max(longestResetMs, resetMs);
			if (!isMoment || remaining !== limit - 1) return;
			// A moment in whole seconds is up to one second late, and windows have whole seconds.
			const seconds = Math.floor(resetMs / 1_000 + 0.05);
			freshResetMs = Math.min(freshResetMs, Math.max(1, seconds) * 1_000);
		},
	};
}
