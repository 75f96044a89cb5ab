import type { AnsweredCall } from './answeredCall';
import { createCallLog } from './callLog';
import { createEnforcement } from './enforcement';
import type { Budget } from './rateLimitHeaders';
import { yieldedMs } from './yielding';

/** One budget that the API tells of in its headers. */
export interface Quota {
	/**
	 * When the next call fits, in ms since the epoch; Infinity: after one under way has ended.
	 * @param leftAtMs when the calls under way left, ascending.
	 */
	readyAtMs: (nowMs: number, leftAtMs: readonly number[]) => number;
	/** When the budget is back, in ms since the epoch, as far as is known. */
	resetAtMs: () => number;
	/** What is left as far as is known when a call leaves; to be given back with its answer. */
	remaining: (nowMs: number) => number;
	/** @param remainingBefore `remaining()` when the call left: a budget that has grown since is a new one. */
	learned: (budget: Budget, call: AnsweredCall, remainingBefore: number) => void;
	/** A call was accepted whose answer does not tell of the budget. */
	passed: (arrivedMs: number) => void;
}

interface Told {
	limit: number;
	remaining: number;
	resetAtMs: number;
	/** The reset is known to a second only: one call first finds out whether the budget is back. */
	isVague: boolean;
}

/** A budget that grows by more than that at once has ended with its window: earlier calls count no longer. */
const WHOLE_WINDOW = 0.5;
/** A moment in whole seconds; in a window that is no longer, asking first would cost more than it saves. */
const ROUNDING_MS = 1_000;
/**
 * So many calls of each other process are taken to be under way and not counted yet. Without it 7 % of
 * the calls at 20/s are refused, with 4 processes; with more of it sliding windows stay unused.
 */
const UNCOUNTED = 1;
/**
 * What remained for so long is nobody's: one window in full, wherever it began, and some of the next.
 * Processes that wait for the same reset, told in whole seconds, come within a second.
 */
const UNUSED_WINDOWS = 1.5;
const UNUSED_MS = 1_500;
/** Processes that used a long window before us may have ended: only recent use shows who is still there. */
const LONG_WINDOW_MS = 10_000;
/** A call beyond our places leaves at a random moment within that: the others use theirs first. */
const CLAIM_WITHIN_WINDOWS = 1 / 4;
const CLAIM_WITHIN_MS = 2_500;
/**
 * One that was refused is not repeated before the API has accepted so many calls, of whomever: with four processes one call in 20
 * is refused at most.
 */
const CALLS_PER_REFUSED_CLAIM = 80;
const MAX_REFUSED_CLAIM_MS = 30_000;
/** A process without a place asks at a random moment within that: where all are taken, asking in each window is refused in each. */
const ASK_WITHIN_WINDOWS = 8;
const ASK_WITHIN_MS = 8_000;
/**
 * Some processes may keep all of so few calls in a window: now and then a place is left to the others, and a process
 * without one asks more and more often after a minute.
 */
const FEW_CALLS = 5;
const PATIENT_FOR_MS = 60_000;
/** A call that left so long ago has arrived. */
const ARRIVED_AFTER_MS = 100;
/** A call so long ago belongs to the last window: it does not tell when this one ends. */
const THIS_WINDOW = 0.9;

export function createQuota(random: () => number): Quota {
	let told: Told | undefined;
	let firstToldAtMs = Infinity;
	const windows = createWindowLength();
	const enforcement = createEnforcement();
	/** Our own calls. */
	const own = createCallLog();
	/** So many calls in any window are ours, as they were in the last one. */
	let places = 0;
	/** Places that were ever added to ours. */
	let added = 0;
	/**
	 * What was told to remain, and `added` by then: less what was added until now, it is what would remain if we had had
	 * all our places already. A bucket refills, and the same rest would be claimed again and again.
	 */
	const unused = createLeast();
	/** What was told to remain, with a minus: the least of it is the most that remained. */
	const minusUnused = createLeast();
	/** From when on so many calls beyond our places may leave. */
	let claimAtMs = Infinity;
	let claims = 0;
	/** Since one of them was refused. */
	let noClaimBeforeMs = -Infinity;
	/** When we last had a place, or began. */
	let hadPlaceAtMs = -Infinity;
	/** The next call comes so much later than its place. */
	let lateMs = 0;

	/** Our part of what nobody has used. */
	function partOfUnused(limit: number, nowMs: number): number {
		const windowMs = windows.lengthMs();
		const sinceMs = nowMs - Math.min(UNUSED_WINDOWS * windowMs, UNUSED_MS);
		const free = unused.since(sinceMs) - added;
		const isLong = windowMs > LONG_WINDOW_MS;
		const used = (isLong ? -minusUnused.since(sinceMs) : limit) - free;
		const ours = isLong ? own.countAfter(sinceMs) : places;
		const part = Math.min(1, Math.max(1, ours) / Math.max(1, used));
		return Math.max(0, part * (free - UNCOUNTED * (1 / part - 1)));
	}

	/** Of the calls in a window, those that were accepted are ours in the next one, too. */
	function settlePlaces(
		{ limit, remaining, resetAtMs }: Told,
		{ isPassed, nowMs, arrivedMs }: AnsweredCall,
	): void {
		const windowMs = windows.lengthMs();
		const inWindow = own.countAfter(arrivedMs - windowMs);
		const isClaim = inWindow + (isPassed ? 0 : 1) > places;
		added += Math.max(0, inWindow - places);
		places = Math.max(inWindow, isPassed ? places : places - 1);
		unused.add(nowMs, remaining + added);
		minusUnused.add(nowMs, -remaining);
		if (places > 0) hadPlaceAtMs = nowMs;
		else {
			const withinMs = Math.min(ASK_WITHIN_WINDOWS * windowMs, ASK_WITHIN_MS);
			const patience = Math.min(1, PATIENT_FOR_MS / (nowMs - hadPlaceAtMs));
			claimAtMs = nowMs + random() * withinMs * patience;
			claims = 1;
			return;
		}
		const forMs = arrivedMs - firstToldAtMs;
		lateMs = limit <= FEW_CALLS ? yieldedMs({ forMs, windowMs, perWindow: limit }, random) : 0;
		const part = partOfUnused(limit, nowMs);
		if (isClaim && isPassed && part >= 1) {
			// Nobody else came: on we go.
			claimAtMs = nowMs;
			claims = part;
			return;
		}
		// In the first window nobody has any places yet.
		if (isClaim && !isPassed && arrivedMs >= firstToldAtMs + windowMs) {
			const waitMs = (CALLS_PER_REFUSED_CLAIM / limit) * windowMs;
			noClaimBeforeMs = nowMs + Math.min(MAX_REFUSED_CLAIM_MS, waitMs);
		}
		const withinMs = Math.min(CLAIM_WITHIN_WINDOWS * windowMs, CLAIM_WITHIN_MS);
		const afterMs = random() * withinMs;
		// Less than a call: as likely as it is large.
		const atMs = part > 0 ? nowMs + afterMs / Math.min(1, part) : nowMs + UNUSED_MS + afterMs;
		// Answers that overtake each other hide what is left: whoever has used most may ask for the rest.
		const isLeft =
			part > 0 || (remaining > 0 && atMs < resetAtMs && places > (limit - remaining) / 2);
		claimAtMs = isLeft ? Math.max(noClaimBeforeMs, atMs) : Infinity;
		claims = 1;
	}

	return {
		resetAtMs: () => told?.resetAtMs ?? -Infinity,
		remaining: (nowMs) =>
			told === undefined || nowMs >= told.resetAtMs ? Infinity : told.remaining,
		readyAtMs(nowMs, leftAtMs) {
			if (told === undefined || !enforcement.isExpected()) return -Infinity;
			const { limit, remaining, resetAtMs, isVague } = told;
			const windowMs = windows.lengthMs();
			// Where a call takes longer than a window and the way there, the API has counted it in an earlier one.
			const countedForMs = windowMs + ARRIVED_AFTER_MS;
			const recent = leftAtMs.filter((atMs) => atMs > nowMs - countedForMs);
			const inFlight = recent.length;
			const isAmple = remaining - inFlight >= limit * WHOLE_WINDOW;
			if (nowMs < resetAtMs) {
				if (remaining - inFlight < 1) return resetAtMs;
			} else {
				// Of what is used by less than half nobody sees the reset.
				if (leftAtMs.length > 0 && isVague && !isAmple) return Infinity;
				// One call may ask whether the window has ended, where our own ones do not tell.
				const isUntold =
					places > 0 && own.readyAtMs(places, windowMs, inFlight) > nowMs + ROUNDING_MS;
				if (leftAtMs.length === 0 && isUntold) return -Infinity;
			}
			const isClaiming = nowMs >= claimAtMs;
			// Each address may have a budget of its own under the same limit: most of it is always left.
			const most = Math.min(isAmple ? Infinity : limit, places + (isClaiming ? claims : 0));
			const [oldest = Infinity] = recent;
			const atMs = Math.min(own.readyAtMs(most, windowMs, inFlight), oldest + countedForMs);
			return isClaiming ? atMs : Math.min(atMs + lateMs, claimAtMs);
		},
		passed(arrivedMs) {
			if (told === undefined) return;
			own.add(arrivedMs);
			own.dropUntil(arrivedMs - 2 * windows.lengthMs());
			told.remaining = Math.max(0, told.remaining - 1);
		},
		learned(budget, call, remainingBefore) {
			const { isPassed, sentAtMs, nowMs, arrivedMs } = call;
			enforcement.learned(budget, call);
			if (told === undefined) {
				firstToldAtMs = arrivedMs;
				hadPlaceAtMs = nowMs;
			}
			const limit = Math.max(budget.limit ?? 0, budget.remaining + 1, told?.limit ?? 0);
			// A moment was further away when the call arrived than it is now.
			const onItsWayMs = budget.isMoment && !budget.isRounded ? nowMs - sentAtMs : 0;
			windows.observe({ ...budget, resetMs: budget.resetMs + onItsWayMs }, limit);
			const windowMs = windows.lengthMs();
			const before = told?.remaining ?? limit;
			const isNew =
				told === undefined || nowMs >= told.resetAtMs || budget.remaining > remainingBefore;
			if (isNew && budget.remaining - before > limit * WHOLE_WINDOW) own.clear();
			if (isPassed) own.add(arrivedMs);
			const ownSinceMs = arrivedMs - (isPassed ? 1 : THIS_WINDOW) * windowMs;
			const resetAtMs = Math.min(
				(budget.isMoment ? nowMs : arrivedMs) + budget.resetMs,
				(own.firstAfterMs(ownSinceMs) ?? Infinity) + windowMs,
			);
			told = {
				limit,
				remaining: isNew ? budget.remaining : Math.min(before, budget.remaining),
				resetAtMs: isNew ? resetAtMs : Math.min(told?.resetAtMs ?? 0, resetAtMs),
				isVague: budget.isRounded === true && windowMs > ROUNDING_MS,
			};
			settlePlaces(told, call);
			own.dropUntil(arrivedMs - 2 * windowMs);
		},
	};
}

interface Least {
	add: (atMs: number, value: number) => void;
	/** The least value since that moment; what is older is forgotten. */
	since: (atMs: number) => number;
}

function createLeast(): Least {
	/** Ascending: what is followed by no greater one counts no longer. */
	const values: Array<{ atMs: number; value: number }> = [];
	return {
		add(atMs, value) {
			while ((values.at(-1)?.value ?? -Infinity) >= value) values.pop();
			values.push({ atMs, value });
		},
		since(atMs) {
			while ((values[0]?.atMs ?? Infinity) < atMs) values.shift();
			return values[0]?.value ?? Infinity;
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
			longestMs = Math.max(longestMs, isRounded ? wholeSecondsMs(resetMs, 0) : resetMs);
			if (!isRounded || remaining !== limit - 1) return;
			freshMs = [...freshMs, wholeSecondsMs(resetMs, CLOCK_TOLERANCE)].slice(-REMEMBERED_WINDOWS);
		},
	};
}

/** A moment in whole seconds is up to one second late, and windows have whole seconds. */
function wholeSecondsMs(resetMs: number, tolerance: number): number {
	return Math.max(1, Math.floor(resetMs / 1_000 + tolerance)) * 1_000;
}

/** So many seconds may clocks differ, and the first call of a window be late. */
const CLOCK_TOLERANCE = 0.05;
/** Windows drift: for some of them in a row the rounding may add a second. */
const REMEMBERED_WINDOWS = 15;
