import { headerValue, type HttpResponse } from '../message';
import {
	LEAST_MOMENT,
	LEAST_MOMENT_IN_MS,
	parseDuration,
	parseHttpDate,
	parseIsoMoment,
} from '../retry/retryAfter';
import { createResetUnit } from './resetUnit';

/** What a response says of the client's budget. */
export interface Budget {
	/** Requests left until the reset. */
	remaining: number;
	/** Milliseconds from now. */
	resetMs: number;
	/** Requests in a full window, where it says so. */
	limit?: number;
	/** Length of a window in milliseconds, where it says so. */
	windowMs?: number;
	/** The reset was told as a moment rather than as a time from the answer on. */
	isMoment?: boolean;
	/** And in whole seconds. */
	isRounded?: boolean;
	/** The reset may be in seconds or in milliseconds, and is read as what is likelier. */
	isAmbiguous?: boolean;
}

/** The names of separate headers, in the order in which they are looked for. */
interface Names {
	limit: string;
	remaining: string;
	reset: string;
	/** Discord's is more exact. */
	resetAfter: string;
	/** Of the drafts, which define seconds. */
	isInSeconds: boolean;
}

function namesOf(prefix: string, suffix = ''): Names {
	return {
		limit: `${prefix}-limit${suffix}`,
		remaining: `${prefix}-remaining${suffix}`,
		reset: `${prefix}-reset${suffix}`,
		resetAfter: `${prefix}-reset-after${suffix}`,
		isInSeconds: prefix === 'ratelimit',
	};
}

const SEPARATE = ['ratelimit', 'x-ratelimit', 'x-rate-limit'].map((prefix) => namesOf(prefix));

/** Where there are several budgets, each has a name; OpenAI tells of tokens, too. */
const NAMED = /^x-ratelimit-remaining(-(?!.*token).+)$/;

function namedIn({ headers }: HttpResponse): Names[] {
	return Object.keys(headers).flatMap((header) => {
		const suffix = NAMED.exec(header)?.[1];
		return suffix === undefined ? [] : [namesOf('x-ratelimit', suffix)];
	});
}

/** @param at in ms since the epoch: when the call left, and when its answer was there. */
export type BudgetReader = (
	response: HttpResponse,
	at: { sentAtMs: number; nowMs: number },
) => Budget | undefined;

/**
 * The budget that the response tells of, or `undefined` where it tells of none that can be
 * understood. Of several the one that runs out first counts.
 *
 * Read: `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-08 and its older
 * form of -07), the three headers of the drafts before, and `X-RateLimit-*` in its usual spellings, also with a name behind
 * (`X-RateLimit-Remaining-short`).
 */
export function createBudgetReader(): BudgetReader {
	const unit = createResetUnit();
	return (response, at) => {
		const combined = headerValue(response, 'ratelimit');
		const told = combined && readCombined(combined, policiesOf(response));
		if (told) return told;
		const read = (names: Names): Budget[] => {
			const text = headerValue(response, names.remaining);
			const remaining = toNumber(firstOf(text));
			if (remaining === undefined) return [];
			const limit = toNumber(firstOf(headerValue(response, names.limit)));
			// Tyk writes so where there is none.
			if (limit === 0) return [];
			const isRefused = response.status === 429;
			const inUnit = (value: number): number =>
				value * (names.isInSeconds ? 1_000 : unit({ ...at, value, remaining, limit, isRefused }));
			const reset = readReset(response, names, at, inUnit);
			if (reset === undefined) return [];
			const windowMs = windowOf(policiesOf(response), limit);
			return [
				{
					remaining,
					...reset,
					...(limit !== undefined && { limit }),
					...(windowMs !== undefined && { windowMs }),
				},
			];
		};
		return SEPARATE.flatMap(read)[0] ?? nearest(namedIn(response).flatMap(read));
	};
}

/** The one that runs out first; of spent ones the one that comes back last. */
function nearest(budgets: Budget[]): Budget | undefined {
	return budgets.sort((a, b) => a.remaining - b.remaining || b.resetMs - a.resetMs)[0];
}

/** Whether the response says that nothing is left of the client's budget, whenever it is back. */
export function isNothingLeft(response: HttpResponse): boolean {
	const combined = headerValue(response, 'ratelimit');
	if (combined && readCombined(combined, policiesOf(response))?.remaining === 0) return true;
	return [...SEPARATE, ...namedIn(response)].some(
		({ limit, remaining }) =>
			toNumber(firstOf(headerValue(response, remaining))) === 0 &&
			toNumber(firstOf(headerValue(response, limit))) !== 0,
	);
}

function readCombined(value: string, policies: Item[]): Budget | undefined {
	return nearest(parseItems(value).flatMap((item) => toBudget(item, policies)));
}

function policiesOf(response: HttpResponse): Item[] {
	const value = headerValue(response, 'ratelimit-policy');
	return value === undefined ? [] : parseItems(value);
}

/** A window may stand behind the number: `20, 20;w=1`. */
function firstOf(text: string | undefined): string | undefined {
	return text?.split(/[,;]/)[0]?.trim();
}

interface Item {
	name: string;
	parameters: Record<string, string>;
}

/** `"burst";r=3;t=2, "day";r=90;t=3000`, and the older `limit=20, remaining=3, reset=2` as one item. */
function parseItems(value: string): Item[] {
	const members = value.split(',').map((member) => member.trim());
	if (members.every((member) => /^[a-z]+\s*=/i.test(member))) {
		return [{ name: '', parameters: parseParameters(members) }];
	}
	return members.map((member) => {
		const [name = '', ...parameters] = member.split(';').map((part) => part.trim());
		return { name: name.replace(/^"|"$/g, ''), parameters: parseParameters(parameters) };
	});
}

function parseParameters(parts: string[]): Record<string, string> {
	return Object.fromEntries(
		parts.map((part): [string, string] => {
			const [name = '', value = ''] = part.split('=');
			return [name.trim().toLowerCase(), value.trim().replace(/^"|"$/g, '')];
		}),
	);
}

function toBudget({ name, parameters }: Item, policies: Item[]): Budget[] {
	const remaining = toNumber(parameters.r ?? parameters.remaining);
	const resetSeconds = toNumber(parameters.t ?? parameters.reset);
	if (remaining === undefined || resetSeconds === undefined) return [];
	const told = toNumber(parameters.limit);
	const isMeant = (policy: Item): boolean =>
		told === undefined ? policy.name === name : limitOf(policy) === told;
	const policy = policies.find(isMeant) ?? policies[0];
	const limit = told ?? limitOf(policy);
	const windowSeconds = positive(toNumber(policy?.parameters.w));
	return [
		{
			remaining,
			resetMs: resetSeconds * 1000,
			...(limit !== undefined && { limit }),
			...(windowSeconds !== undefined && { windowMs: windowSeconds * 1000 }),
		},
	];
}

/** An older policy has its quota for a name: `20;w=1`. */
function limitOf(policy: Item | undefined): number | undefined {
	return toNumber(policy?.parameters.q ?? policy?.name);
}

/** The window of the policy that has this limit. */
function windowOf(policies: Item[], limit: number | undefined): number | undefined {
	const policy = policies.find((candidate) => limitOf(candidate) === limit);
	const seconds = positive(toNumber(policy?.parameters.w));
	return seconds === undefined ? undefined : seconds * 1000;
}

/**
 * `-reset` is seconds from now, milliseconds from now, a moment in either unit, a moment as text, or
 * a duration.
 */
function readReset(
	response: HttpResponse,
	names: Names,
	{ sentAtMs, nowMs }: { sentAtMs: number; nowMs: number },
	inUnit: (value: number) => number,
): Pick<Budget, 'resetMs' | 'isMoment' | 'isRounded' | 'isAmbiguous'> | undefined {
	const resetAfterSeconds = toNumber(headerValue(response, names.resetAfter));
	if (resetAfterSeconds !== undefined) return { resetMs: resetAfterSeconds * 1000 };
	const text = firstOf(headerValue(response, names.reset)) ?? '';
	const durationMs = parseDuration(text);
	if (durationMs !== undefined) return { resetMs: durationMs };
	const value = toNumber(text) ?? parseIsoMoment(text);
	if (value === undefined) return undefined;
	if (value < LEAST_MOMENT) {
		return { resetMs: inUnit(value), ...(!names.isInSeconds && { isAmbiguous: true }) };
	}

	const isInMs = value >= LEAST_MOMENT_IN_MS;
	const dateMs = parseHttpDate(headerValue(response, 'date') ?? '');
	// `Date` has whole seconds: our own clock is more exact, unless one of them is wrong. It may have been
	// written when the call arrived.
	const isWrong =
		dateMs !== undefined && (dateMs <= sentAtMs - SAME_TIME_MS || dateMs >= nowMs + SAME_TIME_MS);
	const serverNowMs = isWrong ? dateMs : nowMs;
	const resetMs = Math.max(0, (isInMs ? value : value * 1000) - serverNowMs);
	return { resetMs, isMoment: true, ...(!isInMs && { isRounded: true }) };
}

/** One second of rounding, and one of travel. */
const SAME_TIME_MS = 2_000;

function toNumber(text: string | undefined): number | undefined {
	if (text === undefined || !/^\s*\d{1,15}(\.\d+)?\s*$/.test(text)) return undefined;
	return Number(text);
}

function positive(value: number | undefined): number | undefined {
	return value === 0 ? undefined : value;
}
