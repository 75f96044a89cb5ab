/**
 * How fast an API accepts calls, found out by its refusals alone: it limits how many there are at a
 * time, or how many in a window.
 */
import { createCallsAtOnce, type Refusal } from './callsAtOnce';
import { createFoundWindow } from './foundWindow';

export interface Rate {
	/** When the next call may leave, in ms since the epoch; Infinity: after one under way has ended. */
	readyAtMs: (nowMs: number, inFlight: number) => number;
	/** The same as far as the start is concerned, which is slow whether the API has a limit or not. */
	startAtMs: (inFlight: number) => number;
	sent: (nowMs: number) => void;
	/**
	 * A call was answered and not refused; `isAccepted`: by the API itself, behind its limit;
	 * `arrivedMs`: when it reached the API at the latest.
	 */
	passed: (call: PassedCall) => void;
	refused: (refusal: Refusal) => void;
}

export interface PassedCall {
	sentAtMs: number;
	nowMs: number;
	arrivedMs: number;
	isAccepted: boolean;
}

/**
 * How much more is under way with each accepted call: a slow start (RFC 5681 §3.1). When the first
 * limit is met, a sixth of it is under way and refused. In later windows, whose limit is known, each
 * accepted call brings one more.
 */
const SLOW_START = 1 / 6;
/**
 * An API that has not answered after so long is slow, and a limit that a refusal tells of is checked
 * sooner: the next call need not wait for the answer.
 */
const START_PATIENCE_MS = 100;

export function createRate(random: () => number): Rate {
	const atOnce = createCallsAtOnce(random);
	const window = createFoundWindow(random);
	/** Calls that may be under way, as far as is shown. */
	let started = 1;
	let lastSentAtMs = -Infinity;

	return {
		readyAtMs(nowMs, inFlight) {
			if (inFlight >= atOnce.max()) return Infinity;
			return Math.max(atOnce.readyAtMs(inFlight), window.readyAtMs(nowMs, inFlight));
		},
		startAtMs: (inFlight) => (inFlight < started ? -Infinity : lastSentAtMs + START_PATIENCE_MS),
		sent(nowMs) {
			lastSentAtMs = nowMs;
			if (window.isNewWindow(nowMs)) started = 1;
		},
		passed(call) {
			if (call.isAccepted) {
				started += window.isKnown() ? 1 : SLOW_START;
				atOnce.accepted(call);
			}
			window.passed(call);
		},
		refused(refusal) {
			if (atOnce.explains(refusal)) window.countAnew(refusal.nowMs);
			else {
				started = 2;
				window.refused(refusal);
			}
		},
	};
}
