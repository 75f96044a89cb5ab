import type { PassedCall, RefusedCall } from './answeredCall';
import { createCallLog } from './callLog';
import type { EvenCalls } from './evenRate';
import { createTrySchedule } from './trySchedule';
import { yieldedMs } from './yielding';

/** How many calls in how long an API accepts, where it tells of its limit by refusals only. */
export interface FoundWindow {
	/** When the next call may leave, in ms since the epoch; Infinity: after one under way has ended. */
	readyAtMs: (nowMs: number, inFlight: number) => number;
	/** A limit is known, and so much time without a call begins a window. */
	isNewWindow: (idleMs: number) => boolean;
	isKnown: () => boolean;
	/** More calls were accepted than the window has, since they were evenly spread; told once. */
	takeEven: () => EvenCalls | undefined;
	/** They are refused nevertheless after a while: the window is right. */
	evenInVain: (call: RefusedCall) => void;
	passed: (call: PassedCall) => void;
	refused: (call: RefusedCall) => void;
	/** A call leaves after a time without any: the window that the first refusal ends begins with it. */
	begins: () => void;
	/** What was counted so far belongs to a window before; the next accepted call begins one. */
	countAnew: (nowMs: number) => void;
	/** A call has left. */
	sent: (nowMs: number) => void;
	/** And has ended without an answer. */
	unanswered: (sentAtMs: number) => void;
}

/** Lengths that windows in use have, in ms: after each the API is asked whether it accepts again. */
const LENGTHS = [1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 45_000, 60_000] as const;
/** Seldom enough for 20 refusals in five minutes, often enough that a pause of a minute becomes no longer by more than a quarter. */
const MAX_GAP_MS = 15_000;
/** A longer window is not found out, but asked for each MAX_GAP_MS. */
const MAX_WINDOW_MS = 60_000;
/** Refused from the first call on, for as long as the API told or this many more times: others had used up the limit, so it remains unknown. */
const REFUSALS_WITHOUT_LIMIT = 2;
/** How a limit comes down that was believed too high: as CUBIC's does (RFC 9438 §4.6). */
const DECREASE = 0.7;
/** How much more is under way with each call that is accepted beyond the limit: as in a slow start. */
const GROWTH = 1 / 6;
/** After so many accepted calls a limit of less than one call in a window comes up again as far as it came down. */
const CALLS_BEFORE_RAISE = 4;
/** So many times as many calls as a window has are tried, evenly spread: twice as many would often be the very limit. */
const SPREAD = 1.8;
/** For so many windows' calls: a bucket that was full when the try began is empty then. */
const SPREAD_WINDOWS = 3;
/** Sooner than else: a gateway that lets calls through one by one may accept ten times as many. */
const CALLS_BEFORE_TRY_OF_ONE = 8;
/** With so few calls a window may be shorter than it was believed to be: others were faster when it was found out. */
const FEW_CALLS = 3;
/** After so much of a window without any call another one begins. */
const PAUSE = 1 / 4;
/** Others may find no place beside so few calls in a window: now and then one is left to them. */
const FEWEST_CALLS = 2;

/** Calls beyond the limit leave at once, or all calls of some windows are evenly spread. */
type Try = 'atOnce' | 'evenly';

/** One call at a time asks whether the API accepts again. */
interface Asking {
	/** How many calls that asked were refused. */
	refusals: number;
	/** The API tells how long to wait. */
	isTold: boolean;
}

export function createFoundWindow(random: () => number): FoundWindow {
	const log = createCallLog();
	/** Calls that fit into a window, as far as is known; less than one where others have most windows. */
	let limit = Infinity;
	let acceptedSinceLowered = 0;
	const tries = createTrySchedule();
	/** How this round tries to go beyond the limit. */
	let trying: Try | undefined;
	/** More calls than the window has were accepted evenly spread, but not for long enough: the window may have more. */
	let isMoreToFind = false;
	/** A try beyond the limit was in vain: the window may be shorter instead. */
	let isShorterNext = false;
	/** This round tries a shorter window; the one before. */
	let longerMs: number | undefined;
	/** What such a try has shown. */
	let even: EvenCalls | undefined;
	let lastSentAtMs = -Infinity;
	let windowMs: number = LENGTHS[0];
	/** Its length has been right for a whole round. */
	let isConfirmed = false;
	/** Nothing was accepted yet: the limit is a guess. */
	let isUnknown = true;

	/** The next call comes so much later than it might. */
	let lateMs = 0;
	let startedAtMs = Infinity;

	/** When the first call of this round arrived. */
	let roundAtMs = -Infinity;
	let acceptedInRound = 0;
	let countAfterMs = Infinity;
	/** How many calls the API accepted in the last so many ms before the first refusal, for each length that its window may have. */
	let countedWithin: ReadonlyMap<number, number> = new Map();

	let refusedAtMs = -Infinity;
	let asking: (Asking & { atMs: number }) | undefined;
	/** Calls under way that ask. Those that had left before the refusal may take their time. */
	let askingCount = 0;

	function askEnded(sentAtMs: number): void {
		if (sentAtMs > refusedAtMs) askingCount = Math.max(0, askingCount - 1);
	}

	/** Calls of a window in which we have any. */
	const whole = (): number => Math.max(1, limit);

	function beginRound(arrivedMs: number): void {
		const isFull = limit < Infinity && acceptedInRound >= limit && refusedAtMs < roundAtMs;
		if (isFull) isConfirmed = true;
		if (isFull && trying === 'evenly') {
			even = { gapMs: spreadGapMs(), windowCalls: whole(), windowMs };
			trying = undefined;
		} else if (isFull && acceptedInRound > whole()) {
			// And none was refused.
			limit = acceptedInRound;
			tries.succeeded();
		} else if (isFull) {
			beginTry(arrivedMs);
		} else {
			trying = undefined;
		}
		startedAtMs = Math.min(startedAtMs, arrivedMs);
		const forMs = arrivedMs - startedAtMs;
		lateMs = limit <= FEWEST_CALLS ? yieldedMs({ forMs, windowMs, perWindow: 1 }, random) : 0;
		roundAtMs = arrivedMs;
		acceptedInRound = 0;
	}

	/** Gateways that spread calls evenly accept the next one within a second. */
	const isShortest = (): boolean => windowMs === LENGTHS[0];
	const spreadGapMs = (): number => windowMs / (SPREAD * whole());

	const isTryDue = (nowMs: number): boolean =>
		tries.isDue(nowMs, isShortest() && limit <= 1 ? CALLS_BEFORE_TRY_OF_ONE : undefined);

	function beginTry(nowMs: number): void {
		// A shorter window was right: so may be one that is shorter still.
		const isTime = longerMs !== undefined || isMoreToFind || isTryDue(nowMs);
		const mayBeShorter = limit <= FEW_CALLS || isShorterNext || longerMs !== undefined;
		const shorterMs = mayBeShorter ? LENGTHS.findLast((length) => length < windowMs) : undefined;
		longerMs = undefined;
		trying = undefined;
		if (isTime && shorterMs === undefined) {
			trying = isShortest() && limit <= FEW_CALLS && !isMoreToFind ? 'evenly' : 'atOnce';
		}
		isMoreToFind = false;
		if (!isTime || shorterMs === undefined) return;
		longerMs = windowMs;
		windowMs = shorterMs;
	}

	function isRoundOver(sentAtMs: number): boolean {
		if (trying === 'evenly') return acceptedInRound >= SPREAD_WINDOWS * whole();
		return roundAtMs === -Infinity || (limit < Infinity && sentAtMs >= roundAtMs + windowMs);
	}

	function askAtMs({ refusals, isTold }: Asking, nowMs: number): number {
		const isKnown = isConfirmed || isTold;
		if (refusals === 0) {
			const isBusy = nowMs - log.lastMs() < windowMs * (1 - PAUSE);
			const isLate = isBusy && nowMs - roundAtMs >= windowMs * PAUSE;
			// The clock may have begun the window, or a call in the midst of a slow start.
			return isLate && !isKnown ? nowMs + windowMs : Math.max(nowMs, roundAtMs + windowMs);
		}
		// Others were faster.
		if (isKnown)
			return nowMs + Math.min(MAX_GAP_MS, windowMs * 2 ** (refusals - 1)) * (0.1 + 0.4 * random());
		const next = LENGTHS.find((length) => length > windowMs && roundAtMs + length > nowMs);
		return next === undefined ? nowMs + MAX_GAP_MS : roundAtMs + next;
	}

	/** An answer to a call that asked: the window is as long as it took. */
	function accepts(sentAtMs: number, { refusals, isTold }: Asking): void {
		if (isUnknown && (isTold || refusals >= REFUSALS_WITHOUT_LIMIT)) {
			limit = Infinity;
			return;
		}
		if (refusals === 0 || isTold || isConfirmed) return;
		const length = LENGTHS.findLast((candidate) => roundAtMs + candidate <= sentAtMs + 1);
		if (length === undefined) return;
		windowMs = Math.max(windowMs, length);
		limit = Math.max(limit, countedWithin.get(windowMs) ?? 0);
	}

	/** `Retry-After` tells how much of the window is left, in whole seconds, rounded up. */
	function measure(nowMs: number, toldMs: number): void {
		if (isConfirmed && trying === undefined) {
			// A much longer pause is of another limit.
			if (toldMs - windowMs < LENGTHS[0]) windowMs = Math.max(windowMs, toldMs);
			return;
		}
		// A slow start may last longer than the window.
		const isShortest = limit === Infinity && toldMs <= LENGTHS[0];
		const lengthMs = Math.floor((isShortest ? toldMs : nowMs - roundAtMs + toldMs) / 1_000) * 1_000;
		const measuredMs = Math.min(MAX_WINDOW_MS, Math.max(LENGTHS[0], lengthMs));
		windowMs = isConfirmed ? Math.min(windowMs, measuredMs) : measuredMs;
	}

	/** After a refusal while the limit was believed to be kept, or before any was known. */
	function lower(nowMs: number, isTold: boolean): void {
		if (limit === Infinity) {
			const inWindow = log.countAfter(nowMs - windowMs);
			acceptedInRound = Math.min(acceptedInRound, inWindow);
			limit = Math.max(1, isTold ? inWindow : acceptedInRound);
			countedWithin = new Map(LENGTHS.map((ms) => [ms, log.countAfter(nowMs - ms)]));
		} else if (longerMs !== undefined) {
			windowMs = longerMs;
			longerMs = undefined;
			isShorterNext = false;
			tries.ended(nowMs, true);
		} else if (trying === 'evenly') {
			tries.ended(nowMs, true);
			isMoreToFind = acceptedInRound > whole();
		} else if (trying === 'atOnce' && acceptedInRound >= limit) {
			const isInVain = acceptedInRound <= whole();
			tries.ended(nowMs, isInVain);
			isShorterNext = isInVain && !isTold;
			if (!isInVain) limit = acceptedInRound;
		} else if (limit <= 1) {
			limit = Math.max(Math.min(1, windowMs / MAX_GAP_MS), limit * DECREASE);
			acceptedSinceLowered = 0;
		} else {
			limit = Math.max(1, acceptedInRound, Math.floor(limit * DECREASE));
		}
	}

	/** A limit of less than one, once that was kept for some calls. */
	function raise(): void {
		acceptedSinceLowered++;
		if (limit >= 1 || acceptedSinceLowered < CALLS_BEFORE_RAISE) return;
		limit = Math.min(1, limit / DECREASE);
		acceptedSinceLowered = 0;
	}

	function refused({ sentAtMs, nowMs, toldMs }: RefusedCall): void {
		if (sentAtMs <= refusedAtMs) return;
		askingCount = 0;
		refusedAtMs = nowMs;
		countAfterMs = Infinity;
		if (roundAtMs === -Infinity) roundAtMs = nowMs;
		if (asking === undefined) {
			if (toldMs !== undefined) measure(nowMs, toldMs);
			lower(nowMs, toldMs !== undefined);
		}
		trying = undefined;
		const next: Asking = {
			refusals: asking === undefined ? 0 : asking.refusals + 1,
			isTold: toldMs !== undefined || asking?.isTold === true,
		};
		asking = { ...next, atMs: askAtMs(next, nowMs) };
	}

	return {
		readyAtMs(nowMs, inFlight) {
			if (asking !== undefined) return askingCount > 0 && inFlight > 0 ? Infinity : asking.atMs;
			if (limit === Infinity) return nowMs;
			if (trying === 'evenly') return lastSentAtMs + spreadGapMs();
			const beyond = acceptedInRound - whole();
			if (trying === undefined || beyond < 0) {
				return log.readyAtMs(whole(), windowMs / Math.min(1, limit), inFlight) + lateMs;
			}
			return inFlight < 1 + beyond * GROWTH ? nowMs : Infinity;
		},
		isNewWindow: (idleMs) => limit < Infinity && idleMs > windowMs * PAUSE,
		isKnown: () => limit < Infinity,
		takeEven() {
			const taken = even;
			even = undefined;
			return taken;
		},
		evenInVain(call) {
			tries.ended(call.nowMs, true);
			acceptedInRound = whole();
			refused(call);
		},
		sent(nowMs) {
			lastSentAtMs = nowMs;
			if (asking !== undefined) askingCount++;
		},
		unanswered: askEnded,
		passed({ sentAtMs, arrivedMs, isAccepted }) {
			askEnded(sentAtMs);
			// What something in front of the API answers has a place in a limit that is known and kept, to be safe.
			if (!isAccepted && (limit === Infinity || asking !== undefined)) return;
			log.add(arrivedMs);
			log.dropUntil(arrivedMs - (limit === Infinity ? MAX_WINDOW_MS : 2 * windowMs));
			if (!isAccepted) return;
			if (sentAtMs > countAfterMs) {
				countAfterMs = Infinity;
				beginRound(arrivedMs);
			} else if (asking !== undefined && sentAtMs > refusedAtMs) {
				accepts(sentAtMs, asking);
				asking = undefined;
				beginRound(arrivedMs);
			} else if (asking === undefined && isRoundOver(sentAtMs)) {
				beginRound(arrivedMs);
			} else if (sentAtMs <= refusedAtMs && limit < Infinity && acceptedInRound >= limit) {
				// Left before the refusal, and was accepted.
				limit = acceptedInRound + 1;
			}
			isUnknown = false;
			acceptedInRound++;
			tries.accepted();
			raise();
		},
		refused,
		begins() {
			if (limit === Infinity && asking === undefined) roundAtMs = -Infinity;
		},
		countAnew(nowMs) {
			countAfterMs = nowMs;
		},
	};
}
