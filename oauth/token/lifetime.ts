const SECONDS = { milliseconds: 0.001, seconds: 1, minutes: 60, hours: 3600 };

export type LifetimeUnit = keyof typeof SECONDS;

export function isLifetimeUnit(value: unknown): value is LifetimeUnit {
	return typeof value === 'string' && Object.hasOwn(SECONDS, value);
}

/** Twenty years. A number that means more is a point in time. */
const LONGEST_SECONDS = 20 * 365 * 86_400;
/** In seconds that is the year 5138, in milliseconds 1973. */
const FIRST_EPOCH_MS = 1e11;

/**
 * How many seconds a token lasts by what its server says: a number in `unit`, perhaps as a text, or
 * when it ends, as a date or as seconds or milliseconds since the epoch. `undefined` where it says
 * neither, or what has passed.
 */
export function lifetimeSeconds(
	value: unknown,
	unit: LifetimeUnit,
	nowMs: number,
): number | undefined {
	const amount = toNumber(value);
	const seconds =
		amount === undefined
			? (parseDateMs(value) - nowMs) / 1000
			: secondsByNumber(amount, unit, nowMs);
	return seconds > 0 ? Math.min(seconds, LONGEST_SECONDS) : undefined;
}

function secondsByNumber(amount: number, unit: LifetimeUnit, nowMs: number): number {
	const lasting = amount * SECONDS[unit];
	if (lasting <= LONGEST_SECONDS) return lasting;
	const atMs = amount < FIRST_EPOCH_MS ? amount * 1000 : amount;
	return (atMs - nowMs) / 1000;
}

function toNumber(value: unknown): number | undefined {
	if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) {
		return undefined;
	}
	const number = Number(value);
	return Number.isFinite(number) ? number : undefined;
}

const WITHOUT_ZONE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/;

/** Milliseconds since the epoch, or NaN. A time without a zone is UTC, as servers mean it. */
function parseDateMs(value: unknown): number {
	if (typeof value !== 'string') return NaN;
	const text = value.trim();
	return Date.parse(WITHOUT_ZONE.test(text) ? `${text.replace(' ', 'T')}Z` : text);
}
