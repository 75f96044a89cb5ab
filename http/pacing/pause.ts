/** The pauses that an API asks for when it refuses calls, and for how long it has refused everything. */
export interface Pause {
	/** Until when no call may leave, in ms since the epoch. */
	untilMs: () => number;
	/** How long nothing but refusals has come, in ms. */
	refusedForMs: () => number;
	accepted: () => void;
	refused: (refusal: RefusedCall) => void;
}

export interface RefusedCall {
	sentAtMs: number;
	nowMs: number;
	/** The pause that was asked for, in ms. */
	toldMs?: number;
	/** When the budget is back whose end explains the refusal, as our own calls tell it. */
	resetAtMs?: number;
}

/** As long as the windows in which processes meet: the aside must not make a long pause longer. */
const MAX_ASIDE_MS = 10_000;
/** Where no pause is told: it doubles with each refusal in a row. */
const FIRST_ASIDE_MS = 50;
/** `Retry-After` has whole seconds. */
const ROUNDED_UP_MS = 999;

export function createPause(random: () => number): Pause {
	let untilMs = 0;
	/** Since a call was accepted. */
	let refusals: { firstAtMs: number; lastAtMs: number; inARow: number } | undefined;

	return {
		untilMs: () => untilMs,
		refusedForMs: () => (refusals === undefined ? 0 : refusals.lastAtMs - refusals.firstAtMs),
		accepted() {
			refusals = undefined;
		},
		refused(refusal) {
			const { sentAtMs, nowMs, toldMs, resetAtMs } = refusal;
			const { firstAtMs, lastAtMs, inARow } = refusals ?? {
				firstAtMs: nowMs,
				lastAtMs: Infinity,
				inARow: 1,
			};
			// Though it came when it was told to: other processes were faster, or what was told was
			// misread. Another moment may be better than the same one again.
			const isRepeated = sentAtMs > lastAtMs;
			refusals = { firstAtMs, lastAtMs: nowMs, inARow: isRepeated ? inARow + 1 : inARow };
			if (toldMs === undefined && resetAtMs === undefined) return;
			const scaleMs = Math.min(MAX_ASIDE_MS, toldMs ?? FIRST_ASIDE_MS * 2 ** refusals.inARow);
			const asideMs = isRepeated ? random() * scaleMs : 0;
			untilMs = Math.max(untilMs, nowMs + lengthOf(refusal) + asideMs);
		},
	};
}

/** Within what was rounded up, our own calls may tell better when a budget is back. */
function lengthOf({ nowMs, toldMs = 0, resetAtMs }: RefusedCall): number {
	if (resetAtMs === undefined) return toldMs;
	return Math.min(toldMs, Math.max(toldMs - ROUNDED_UP_MS, resetAtMs - nowMs));
}
