import { headerValue, type HttpResponse } from '../message';

const DELAY_SECONDS = /^\d+(\.\d+)?$/;
const IMF_FIXDATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const RFC_850 = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const ASCTIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/** A year: longer than anyone waits, and short enough to count with. */
const MAX_MS = 365 * 24 * 3_600_000;

/**
 * How many milliseconds the response asks to wait, or `undefined` where it does not say so in a way
 * that can be understood. A moment that has passed is 0. RFC 9110 §10.2.3; and what cannot be
 * misunderstood, such as `60s` and ISO dates.
 *
 * A date is read against the server's own `Date` header where there is one, so that a wrong clock
 * on either side does not turn a second into an hour.
 */
export function retryAfterMs(response: HttpResponse, nowMs: number): number | undefined {
	const value = headerValue(response, nameIn(response))?.trim();
	if (value === undefined) return undefined;
	const durationMs = parseDuration(value);
	if (durationMs !== undefined) return Math.min(durationMs, MAX_MS);
	const isDelay = DELAY_SECONDS.test(value);
	if (isDelay && Number(value) < LEAST_MOMENT) return Math.min(Number(value) * 1000, MAX_MS);
	const at = isDelay ? momentMs(Number(value)) : (parseHttpDate(value) ?? parseIsoMoment(value));
	if (at === undefined) return undefined;
	const serverNow = parseHttpDate(headerValue(response, 'date')?.trim() ?? '');
	return Math.min(Math.max(0, at - (serverNow ?? nowMs)), MAX_MS);
}

/** Where an API has several limits with names, the header of the one that refuses has its name behind (NestJS). */
function nameIn({ headers }: HttpResponse): string {
	if (headers['retry-after'] !== undefined) return 'retry-after';
	const named = Object.keys(headers).find((name) => /^retry-after-(?!ms$)/.test(name));
	return named ?? 'retry-after';
}

/** Some APIs copy their reset header: seconds or milliseconds since the epoch. */
function momentMs(value: number): number {
	return value < LEAST_MOMENT_IN_MS ? value * 1000 : value;
}

/** September 2001 in seconds; as a delay, 31 years. */
export const LEAST_MOMENT = 1e9;
/** March 1973 in milliseconds; in seconds, the year 5138. */
export const LEAST_MOMENT_IN_MS = 1e11;

/** Milliseconds since the epoch. All three forms of RFC 9110 §5.6.7, and only those. */
export function parseHttpDate(value: string): number | undefined {
	const text = ASCTIME.test(value) ? `${value} GMT` : value;
	if (text === value && !IMF_FIXDATE.test(value) && !RFC_850.test(value)) return undefined;
	const ms = Date.parse(text);
	return Number.isNaN(ms) ? undefined : ms;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 };

/** `6m0s`, `120ms`: as Go writes them, and OpenAI. */
export function parseDuration(text: string): number | undefined {
	if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined;
	const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g);
	return [...parts].reduce((sum, [, n, unit]) => sum + Number(n) * (UNIT_MS[unit ?? ''] ?? 0), 0);
}

/** RFC 3339, in milliseconds since the epoch. */
export function parseIsoMoment(text: string): number | undefined {
	if (!/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/.test(text)) return undefined;
	const ms = Date.parse(text.replace(/(\d\d)(\d\d)$/, '$1:$2'));
	return Number.isNaN(ms) ? undefined : ms;
}
