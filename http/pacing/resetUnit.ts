import { knownByLimit, type Limit } from './byLimit';

/** What an answer says of its reset, in a unit that no draft defines. */
export interface ResetReading {
	/** How long it is until the reset, in seconds or milliseconds. */
	value: number;
	remaining: number;
	limit?: number;
	isRefused: boolean;
	/** When the call left, and when its answer was there. */
	sentAtMs: number;
	nowMs: number;
}

/** The unit, in ms. */
export type ResetUnit = (reading: ResetReading) => number;

/**
 * Larger numbers cannot be seconds: no window is longer than an hour and still worth waiting for.
 */
const MAX_SECONDS = 3_600;
/** What rounding can add to a difference of two values in whole seconds. */
const ROUNDING = 2;
/** So many calls less are left: more than rounding the tokens of a bucket explains. */
const CLEAR_FALL = 3;

/**
 * Tells seconds from milliseconds by what either would mean. What falls faster than time passes is no
 * seconds. What still stands when, in milliseconds, the reset is over is no milliseconds: the call is
 * refused again, or there is less and less left.
 *
 * Until one is shown it is milliseconds: read wrongly, they lead to asking too early, which costs a
 * request or two; seconds read wrongly lead to waiting for hours in silence. Hence milliseconds, once
 * shown, stay.
 */
export function createResetUnit(): ResetUnit {
	const byLimit = new Map<Limit, ResetUnit>();
	return (reading) => knownByLimit(byLimit, reading.limit, createUnitOfLimit)(reading);
}

function createUnitOfLimit(): ResetUnit {
	let unit: 'ms' | 'seconds' | undefined;
	/** Of what seems to be one budget: the first one, and the last one that is known to have come after it. */
	let first: ResetReading | undefined;
	let last: ResetReading | undefined;

	return (reading) => {
		first ??= reading;
		last ??= reading;
		if (reading.value > MAX_SECONDS) unit = 'ms';
		// Answers overtake each other: only what left after the first was answered came after it.
		if (reading.sentAtMs >= first.nowMs) {
			if (fallsTooFastForSeconds(first, reading)) unit = 'ms';
			else if (unit === undefined && standsTooLongForMs(first, last, reading)) unit = 'seconds';
			if (!isSameBudget(first, reading)) first = reading;
			if (reading.sentAtMs >= last.nowMs || first === reading) last = reading;
		}
		return unit === 'seconds' ? 1_000 : 1;
	};
}

const fallenOf = (first: ResetReading, second: ResetReading): number => first.value - second.value;

function fallsTooFastForSeconds(first: ResetReading, second: ResetReading): boolean {
	return fallenOf(first, second) > ROUNDING + (second.nowMs - first.sentAtMs) / 1_000;
}

/** As far as can be seen, no reset lies between the two. */
function isSameBudget(first: ResetReading, second: ResetReading): boolean {
	return second.remaining <= first.remaining && second.value <= first.value;
}

function standsTooLongForMs(
	first: ResetReading,
	last: ResetReading,
	reading: ResetReading,
): boolean {
	const isRefusedAgain =
		reading.isRefused &&
		last.remaining === 0 &&
		isSameBudget(last, reading) &&
		reading.sentAtMs - last.nowMs >= last.value;
	const isUsedUp =
		isSameBudget(first, reading) &&
		first.remaining - reading.remaining >= CLEAR_FALL &&
		reading.sentAtMs - first.nowMs >= 2 * first.value;
	return isRefusedAgain || isUsedUp;
}
