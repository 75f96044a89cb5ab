import type { PassedCall, RefusedCall } from './answeredCall';
import { createTrySchedule } from './trySchedule';

/**
 * How fast an API accepts calls that it lets through one by one, or a few at once, as gateways do that
 * spread calls evenly (leaky bucket, GCRA): no window fits them, since it would begin with a burst.
 */
export interface EvenRate {
	/** When the next call may leave, in ms since the epoch. */
	readyAtMs: () => number;
	/** It is no faster than the window that was known before. */
	isInVain: () => boolean;
	sent: (nowMs: number) => void;
	passed: (call: PassedCall) => void;
	refused: (call: RefusedCall) => void;
}

/** How much faster the next try is, as long as none was refused. Each refusal takes the root of it. */
const FIRST_STEP = 2;
/** A step that is no larger is tried seldom: what it can gain is little. */
const SMALL_STEP = 1.15;
const LEAST_STEP = 1.05;
/** A window is used to its end: an even rate is better only if it is faster by so much. */
const GAIN = 1.1;
/** How the rate comes down that was kept so far: others call, too. */
const DECREASE = 0.85;

/** Calls were accepted that left `gapMs` apart, more than the window of `windowMs` has, which are `windowCalls`. */
export interface EvenCalls {
	gapMs: number;
	windowCalls: number;
	windowMs: number;
}

export function createEvenRate(
	{ gapMs: firstGapMs, windowCalls, windowMs }: EvenCalls,
	atMs: number,
): EvenRate {
	const windowGapMs = windowMs / windowCalls;
	let gapMs = firstGapMs;
	/** That was right for some calls. */
	let keptGapMs = Infinity;
	let step = FIRST_STEP;
	let lastSentAtMs = atMs;
	/** What was sent before says nothing of the gap as it is. */
	let changedAtMs = atMs;
	let accepted = 0;
	const tries = createTrySchedule();

	function change(toMs: number, nowMs: number): void {
		gapMs = toMs;
		changedAtMs = nowMs;
		accepted = 0;
	}

	/** A bucket that is full hides for so many calls that they come too fast. */
	const isKept = (): boolean => accepted >= 2 + 2 * windowCalls;

	return {
		readyAtMs: () => lastSentAtMs + gapMs,
		isInVain: () => gapMs * GAIN > windowGapMs,
		sent(nowMs) {
			lastSentAtMs = nowMs;
		},
		passed({ sentAtMs, nowMs, isAccepted }) {
			if (!isAccepted || sentAtMs <= changedAtMs) return;
			accepted++;
			tries.accepted();
			if (!isKept() || (step <= SMALL_STEP && !tries.isDue(nowMs))) return;
			if (gapMs < keptGapMs) tries.succeeded();
			keptGapMs = gapMs;
			change(gapMs / step, nowMs);
		},
		refused({ sentAtMs, nowMs }) {
			if (sentAtMs <= changedAtMs) return;
			const isTry = keptGapMs < Infinity && gapMs < keptGapMs;
			tries.ended(nowMs, isTry && step <= SMALL_STEP);
			if (isTry) step = Math.max(LEAST_STEP, Math.sqrt(step));
			else if (keptGapMs < Infinity) keptGapMs = gapMs / DECREASE;
			change(Math.min(keptGapMs, Math.sqrt(gapMs * windowGapMs)), nowMs);
		},
	};
}
