import { createCallLog } from './callLog';
import type { Budget } from './rateLimitHeaders';

/** The budget that the API tells of in its headers. */
export interface Quota {
	/** When the next call fits, in ms since the epoch; Infinity: after one under way has ended. */
	readyAtMs: (nowMs: number, inFlight: number) => number;
	/** What is left as far as is known when a call leaves; to be given back with its answer. */
	remaining: (nowMs: number) => number;
	/** An answer is there; `undefined`: without a budget. */
	learned: (budget: Budget | undefined, call: AnsweredCall) => void;
}

export interface AnsweredCall {
	isPassed: boolean;
	/** By the API itself, behind its limit. */
	isAccepted: boolean;
	nowMs: number;
	/** When the call reached the API at the latest. */
	arrivedMs: number;
	/** `remaining()` when the call left: a budget that has grown since is a new one. */
	remainingBefore: number;
	/** Calls that are still under way. */
	inFlight: number;
}

interface Told {
	limit: number;
	remaining: number;
	resetAtMs: number;
	/** The reset is known to a second only: one call first finds out whether the budget is back. */
	isVague: boolean;
}

/** Who uses so much of a budget has it alone: answers that overtake each other explain the rest. */
const ALONE = 0.9;
/**
 * So many calls of each other process are taken to be under way and not counted yet. Without it a
 * tenth of the calls at 20/s is refused, with 4 processes; with more of it windows stay unused.
 */
const UNCOUNTED = 1;

/** A budget that grows by more than that at once has ended with its window: earlier calls count no longer. */
const WHOLE_WINDOW = 0.5;

/** A moment in whole seconds; in a window that is no longer, asking first would cost more than it saves. */
const ROUNDING_MS = 1_000;

export function createQuota(random: () => number): Quota {
	let told: Told | undefined;
	/** Not with refusals only. */
	let isToldWhenAccepted = false;
	const windows = createWindowLength();
	const share = createShare();
	/** Our own calls. */
	const own = createCallLog();
	/** A random moment of what is left of the window, where our part of the rest is less than a call. */
	let lastCallAtMs = Infinity;

	/** Our part of what is left. */
	function partOf(remaining: number): number {
		const part = share.part();
		return part >= ALONE ? remaining : Math.max(0, part * (remaining - UNCOUNTED * (1 / part - 1)));
	}

	return {
		remaining: (nowMs) =>
			told === undefined || nowMs >= told.resetAtMs ? Infinity : told.remaining,
		readyAtMs(nowMs, inFlight) {
			if (told === undefined) return -Infinity;
			const { limit, remaining, resetAtMs, isVague } = told;
			if (nowMs < resetAtMs) {
				if (remaining - inFlight < 1) return resetAtMs;
				const part = partOf(remaining);
				if (inFlight + 1 > part) {
					return inFlight > 0 ? Infinity : Math.min(resetAtMs, lastCallAtMs);
				}
			} else if (inFlight > 0 && (isVague || share.part() < ALONE)) return Infinity;
			return own.readyAtMs(limit, windows.lengthMs(), inFlight);
		},
		learned(budget, { isPassed, isAccepted, nowMs, arrivedMs, remainingBefore, inFlight }) {
			if (isAccepted && budget !== undefined) isToldWhenAccepted = true;
			if (budget === undefined) {
				if (!isPassed || told === undefined) return;
				// Its window is over, and the API tells of no other one: it has no such limit any more.
				if (isAccepted && isToldWhenAccepted && arrivedMs >= told.resetAtMs) {
					told = undefined;
					return;
				}
				own.add(arrivedMs);
				told.remaining = Math.max(0, told.remaining - 1);
				return;
			}
			const limit = Math.max(budget.limit ?? 0, budget.remaining + 1, told?.limit ?? 0);
			windows.observe(budget, limit);
			const windowMs = windows.lengthMs();
			const before = told?.remaining ?? limit;
			const isNew =
				told === undefined || nowMs >= told.resetAtMs || budget.remaining > remainingBefore;
			const fall = (isNew ? limit : before) - budget.remaining;
			if (isNew && budget.remaining - before > limit * WHOLE_WINDOW) own.clear();
			if (isPassed) own.add(arrivedMs);
			const inWindow = own.countAfter(arrivedMs - windowMs);
			share.observe(fall, limit, {
				isPassed,
				upTo: isNew ? Math.min(fall, inWindow + inFlight) : undefined,
			});
			const resetAtMs = Math.min(
				(budget.isMoment ? nowMs : arrivedMs) + budget.resetMs,
				(own.firstAfterMs(arrivedMs - windowMs) ?? Infinity) + windowMs,
			);
			told = {
				limit,
				remaining: isNew ? budget.remaining : Math.min(before, budget.remaining),
				resetAtMs: isNew ? resetAtMs : Math.min(told?.resetAtMs ?? 0, resetAtMs),
				isVague: budget.isRounded === true && windowMs > ROUNDING_MS,
			};
			const part = partOf(told.remaining);
			lastCallAtMs = nowMs + (random() * Math.max(1, told.resetAtMs - nowMs)) / part;
			own.dropUntil(arrivedMs - 2 * windowMs);
		},
	};
}

/** Memory of shares: half of it goes with so many requests, or with that part of a window. */
const HALF_LIFE_REQUESTS = 8;
const HALF_LIFE_PART = 1 / 4;
/** Who got nothing yet is not without any share. */
const LEAST_OWN = 0.25;

interface Share {
	/** The part of the budget that is used by us. */
	part: () => number;
	/**
	 * The budget has fallen since the last answer; `upTo`: by us, at most, where a window has begun in
	 * between.
	 */
	observe: (fall: number, limit: number, call: { isPassed: boolean; upTo?: number }) => void;
}

function createShare(): Share {
	let ownSince = 0;
	let ownSum = 0;
	let fallSum = 0;
	let part = 1;
	return {
		part: () => part,
		observe(fall, limit, { isPassed, upTo }) {
			if (isPassed) ownSince++;
			if (upTo !== undefined) ownSince = upTo;
			if (fall <= 0) return;
			const keep = 0.5 ** (fall / Math.max(HALF_LIFE_REQUESTS, limit * HALF_LIFE_PART));
			ownSum = ownSum * keep + ownSince;
			fallSum = fallSum * keep + fall;
			ownSince = 0;
			part = Math.min(1, Math.max(ownSum, LEAST_OWN) / fallSum);
		},
	};
}

/** How long a window is, where no header tells it. */
function createWindowLength(): {
	lengthMs: () => number;
	observe: (budget: Budget, limit: number) => void;
} {
	let toldMs: number | undefined;
	let longestMs = 0;
	/** By the first calls of the last windows. */
	let freshMs: number[] = [];
	return {
		// The median: the first window by the clock is cut short, and rounding now and then adds a second.
		lengthMs: () => toldMs ?? freshMs.toSorted((a, b) => a - b)[freshMs.length >> 1] ?? longestMs,
		observe({ windowMs, resetMs, isRounded, remaining }, limit) {
			toldMs = windowMs ?? toldMs;
			longestMs = Math.max(longestMs, resetMs);
			if (!isRounded || remaining !== limit - 1) return;
			freshMs = [...freshMs, wholeSecondsMs(resetMs)].slice(-3);
		},
	};
}

/** A moment in whole seconds is up to one second late, and windows have whole seconds. */
function wholeSecondsMs(resetMs: number): number {
	return Math.max(1, Math.floor(resetMs / 1_000 + CLOCK_TOLERANCE)) * 1_000;
}

/** So many seconds may clocks differ, and the first call of a window be late. */
const CLOCK_TOLERANCE = 0.05;
