import type { Timing } from '../timing';
import type { RefusedCall } from './answeredCall';

/** The pauses that an API asks for when it refuses calls, and for how long it has refused everything. */
export interface Pause {
	/** Until when no call may leave, in ms since the epoch. */
	untilMs: () => number;
	/** How long nothing but refusals has come, in ms, without the time for which the machine slept. */
	refusedForMs: () => number;
	accepted: () => void;
	/** @param resetAtMs when the budget is back whose end explains the refusal, as our own calls tell it. */
	refused: (call: RefusedCall, resetAtMs?: number) => void;
}

/** As long as the windows in which processes meet: the aside must not make a long pause longer. */
const MAX_ASIDE_MS = 10_000;
/** Where no pause is told: it doubles with each refusal in a row. */
const FIRST_ASIDE_MS = 50;
/** `Retry-After` has whole seconds, and the answer was under way. */
const ROUNDED_UP_MS = 1_100;

export function createPause({ awakeMs, random }: Pick<Timing, 'awakeMs' | 'random'>): Pause {
	let untilMs = 0;
	/** Since a call was accepted. */
	let refusals:
		{ lastAtMs: number; inARow: number; firstAwakeMs: number; lastAwakeMs: number } | undefined;

	return {
		untilMs: () => untilMs,
		refusedForMs: () => (refusals === undefined ? 0 : refusals.lastAwakeMs - refusals.firstAwakeMs),
		accepted() {
			refusals = undefined;
		},
		refused({ sentAtMs, nowMs, toldMs }, resetAtMs) {
			const lastAwakeMs = awakeMs();
			const { lastAtMs = Infinity, inARow = 1, firstAwakeMs = lastAwakeMs } = refusals ?? {};
			// Though it came when it was told to: other processes were faster, or what was told was
			// misread. Another moment may be better than the same one again.
			const isRepeated = sentAtMs > lastAtMs;
			refusals = {
				lastAtMs: nowMs,
				inARow: isRepeated ? inARow + 1 : inARow,
				firstAwakeMs,
				lastAwakeMs,
			};
			if (toldMs === undefined && resetAtMs === undefined) return;
			const scaleMs = Math.min(MAX_ASIDE_MS, toldMs ?? FIRST_ASIDE_MS * 2 ** refusals.inARow);
			const asideMs = isRepeated ? random() * scaleMs : 0;
			untilMs = Math.max(untilMs, nowMs + lengthOf(nowMs, toldMs, resetAtMs) + asideMs);
		},
	};
}

/** Our own calls may tell better when a budget is back than what was rounded up, if both mean the same moment. */
function lengthOf(nowMs: number, toldMs?: number, resetAtMs?: number): number {
	if (resetAtMs === undefined) return toldMs ?? 0;
	const untilResetMs = Math.max(0, resetAtMs - nowMs);
	if (toldMs === undefined || Math.abs(toldMs - untilResetMs) > ROUNDED_UP_MS) {
		return toldMs ?? untilResetMs;
	}
	return Math.min(toldMs, untilResetMs);
}
