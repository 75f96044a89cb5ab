import type { PassedCall, RefusedCall } from './answeredCall';
import { createCallsAtOnce } from './callsAtOnce';
import { createEvenRate, type EvenRate } from './evenRate';
import { createFoundWindow } from './foundWindow';

/**
 * How fast an API accepts calls, found out by its refusals alone: it limits how many there are at a
 * time, or how many in a window.
 */
export interface Rate {
	/** When the next call may leave, in ms since the epoch; Infinity: after one under way has ended. */
	readyAtMs: (nowMs: number, inFlight: number) => number;
	/** The same as far as the start is concerned, which is slow whether the API has a limit or not. */
	startAtMs: (inFlight: number) => number;
	/** `idleMs`: for how long none was under way before. */
	sent: (nowMs: number, idleMs: number) => void;
	passed: (call: PassedCall) => void;
	refused: (call: RefusedCall) => void;
	/** A call has ended without an answer. */
	unanswered: (sentAtMs: number) => void;
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
/** A run that is held back by nothing has calls under way all the time: after so long without any, another one begins. */
const IDLE_MS = 250;

export function createRate(random: () => number): Rate {
	const atOnce = createCallsAtOnce(random);
	const window = createFoundWindow(random);
	/** Calls that may be under way, as far as is shown. */
	let started = 1;
	let lastSentAtMs = -Infinity;
	let even: EvenRate | undefined;

	return {
		readyAtMs(nowMs, inFlight) {
			if (inFlight >= atOnce.max()) return Infinity;
			if (even !== undefined) return even.readyAtMs();
			return Math.max(atOnce.readyAtMs(nowMs, inFlight), window.readyAtMs(nowMs, inFlight));
		},
		startAtMs: (inFlight) => (inFlight < started ? -Infinity : lastSentAtMs + START_PATIENCE_MS),
		sent(nowMs, idleMs) {
			even?.sent(nowMs);
			window.sent(nowMs);
			atOnce.sent(nowMs);
			if (idleMs >= IDLE_MS) window.begins();
			if (window.isNewWindow(nowMs - lastSentAtMs)) started = 1;
			lastSentAtMs = nowMs;
		},
		passed(call) {
			if (call.isAccepted) {
				started += window.isKnown() ? 1 : SLOW_START;
				atOnce.accepted(call);
			} else {
				atOnce.unanswered(call.sentAtMs);
			}
			if (even !== undefined) {
				even.passed(call);
				return;
			}
			window.passed(call);
			const calls = window.takeEven();
			if (calls !== undefined) even = createEvenRate(calls, call.nowMs);
		},
		unanswered(sentAtMs) {
			atOnce.unanswered(sentAtMs);
			window.unanswered(sentAtMs);
		},
		refused(call) {
			if (even !== undefined) {
				even.refused(call);
				if (!even.isInVain()) return;
				even = undefined;
				window.evenInVain(call);
				return;
			}
			if (atOnce.explains(call)) window.countAnew(call.nowMs);
			else {
				started = 2;
				window.refused(call);
			}
		},
	};
}
