/**
 * The rate that an API accepts, found out by its refusals alone. Three phases:
 *
 * 1. free: nothing was refused yet, so there is no rate. What is under way grows with each accepted
 *    call, as TCP's slow start (RFC 5681 §3.1), so that a strict API refuses a few calls and not all.
 * 2. recovering: after a refusal one call at a time asks whether the API accepts again, after pauses
 *    that double. What was accepted until then, over the time it took, is the first estimate.
 * 3. paced: calls leave evenly spaced. A refusal lowers the rate; then it climbs back along a cubic
 *    curve (RFC 9438 §4.2, as the AWS SDKs' adaptive retry does): fast at first, slowly near the rate
 *    that was refused, faster again beyond it, where the limit may have been raised.
 */
export interface Rate {
	/** When the next call may leave, in ms since the epoch; in the past: now. */
	readyAtMs: (nowMs: number) => number;
	/** How many calls may be under way. */
	maxInFlight: () => number;
	sent: (nowMs: number) => void;
	accepted: (nowMs: number) => void;
	/**
	 * @param sentAtMs when the refused call left.
	 * @param toldMs the pause that the API asked for, if it did.
	 */
	refused: (sentAtMs: number, nowMs: number, toldMs?: number) => void;
}

const FIRST_IN_FLIGHT = 4;
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 30_000;
/** What is left of the rate after a refusal. */
const DECREASE = 0.85;
/** How long the climb back to the refused rate takes. */
const CLIMB_MS = 10_000;
/** While no limit has been met yet: growth per second. */
const GROWTH_PER_SECOND = 1.5;

export function createRate(random: () => number): Rate {
	let phase: 'free' | 'recovering' | 'paced' = 'free';
	let inFlightLimit = FIRST_IN_FLIGHT;
	/** Free and recovering: when this began, and what has been accepted since. */
	let countedFromMs: number | undefined;
	let acceptedCount = 0;
	let pauses = 0;
	let pausedUntilMs = 0;

	/** Paced: calls per ms right after the last change, the rate that was refused, and since when. */
	let base = 0;
	let refusedRate: number | undefined;
	let changedAtMs = 0;
	let nextAtMs = 0;

	function rateAt(nowMs: number): number {
		const elapsedMs = nowMs - changedAtMs;
		if (refusedRate === undefined) return base * GROWTH_PER_SECOND ** (elapsedMs / 1000);
		// From `base` at 0 to the refused rate at CLIMB_MS, flat there, and on beyond it.
		const x = elapsedMs / CLIMB_MS - 1;
		return refusedRate + (refusedRate - base) * x ** 3;
	}

	return {
		readyAtMs(nowMs) {
			return Math.max(pausedUntilMs, phase === 'paced' ? nextAtMs : nowMs);
		},
		maxInFlight: () => (phase === 'recovering' ? 1 : inFlightLimit),
		sent(nowMs) {
			countedFromMs ??= nowMs;
			if (phase === 'paced') nextAtMs = Math.max(nowMs, nextAtMs) + 1 / rateAt(nowMs);
		},
		accepted(nowMs) {
			acceptedCount++;
			if (phase === 'free') inFlightLimit++;
			if (phase !== 'recovering') return;
			phase = 'paced';
			inFlightLimit = Infinity;
			pauses = 0;
			if (base === 0) base = acceptedCount / Math.max(1, nowMs - (countedFromMs ?? nowMs));
			changedAtMs = nowMs;
			nextAtMs = nowMs;
		},
		refused(sentAtMs, nowMs, toldMs) {
			// Of calls that left before the last refusal was known: nothing new.
			if (sentAtMs < changedAtMs) return;
			if (phase === 'paced') {
				const rate = rateAt(nowMs);
				// Refused below what was refused before: the limit has come down.
				refusedRate = refusedRate !== undefined && rate < refusedRate * 0.98 ? rate * 0.95 : rate;
				base = refusedRate * DECREASE;
			} else if (phase === 'recovering' && base > 0) {
				base *= DECREASE;
			}
			phase = 'recovering';
			const pauseMs = Math.min(
				MAX_PAUSE_MS,
				FIRST_PAUSE_MS * 2 ** pauses++ * (0.75 + random() / 2),
			);
			pausedUntilMs = nowMs + (toldMs ?? pauseMs);
			changedAtMs = nowMs;
		},
	};
}
