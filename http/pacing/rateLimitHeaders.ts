import { headerValue, type HttpResponse } from '../message';
import { parseHttpDate } from '../retryAfter';

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
	/** The reset was told as a moment in whole seconds. */
	isMoment?: boolean;
}

/** Prefix and suffix of separate headers; OpenAI tells of requests and of tokens. */
const SEPARATE: ReadonlyArray<[prefix: string, suffix: string]> = [
	['ratelimit', ''],
	['x-ratelimit', ''],
	['x-rate-limit', ''],
	['x-ratelimit', '-requests'],
];

/**
 * The budget that the response tells of, or `undefined` where it tells of none that can be
 * understood. Of several the one that runs out first counts.
 *
 * Read: `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-08 and its older
 * form of -07), the three headers of the drafts before, and `X-RateLimit-*` in its usual spellings.
 */
export function createBudgetReader(): (
	response: HttpResponse,
	nowMs: number,
) => Budget | undefined {
	const unit = createUnitGuess();
	return (response, nowMs) => readBudget(response, nowMs, unit);
}

function readBudget(response: HttpResponse, nowMs: number, unitMs: UnitGuess): Budget | undefined {
	const policies = parseItems(headerValue(response, 'ratelimit-policy') ?? '');
	const combined = headerValue(response, 'ratelimit');
	if (combined !== undefined) {
		const budgets = parseItems(combined).flatMap((item) => toBudget(item, policies));
		return budgets.sort((a, b) => a.remaining - b.remaining || b.resetMs - a.resetMs)[0];
	}
	for (const [prefix, suffix] of SEPARATE) {
		const budget = readSeparate(
			response,
			(name) => `${prefix}-${name}${suffix}`,
			nowMs,
			prefix === 'ratelimit' ? SECONDS : unitMs,
		);
		if (budget !== undefined) return { ...budget, ...windowOf(policies, budget.limit) };
	}
	return undefined;
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
	const policy = policies.find((candidate) => candidate.name === name) ?? policies[0];
	const limit = toNumber(parameters.limit) ?? limitOf(policy);
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
function windowOf(policies: Item[], limit: number | undefined): { windowMs?: number } {
	const policy = policies.find((candidate) => limitOf(candidate) === limit);
	const seconds = positive(toNumber(policy?.parameters.w));
	return seconds === undefined ? {} : { windowMs: seconds * 1000 };
}

function readSeparate(
	response: HttpResponse,
	headerOf: (name: string) => string,
	nowMs: number,
	unitMs: UnitGuess,
): Budget | undefined {
	const text = (name: string): string | undefined =>
		headerValue(response, headerOf(name))?.split(/[,;]/)[0]?.trim();
	const remaining = toNumber(text('remaining'));
	// Discord's is more exact.
	const resetAfter = toNumber(text('reset-after'));
	const reset =
		resetAfter === undefined
			? readReset(text('reset') ?? '', response, nowMs, unitMs)
			: { resetMs: resetAfter * 1000 };
	if (remaining === undefined || reset === undefined) return undefined;
	const limit = toNumber(text('limit'));
	return { remaining, ...reset, ...(limit !== undefined && { limit }) };
}

/**
 * `-reset` is seconds from now, milliseconds from now, a moment in either unit, a moment as text, or
 * a duration. No window is longer than an hour and still worth waiting for, so a larger number is
 * milliseconds: read wrongly, it leads to asking too early, which costs one request, and never to
 * waiting for hours.
 */
function readReset(
	text: string,
	response: HttpResponse,
	nowMs: number,
	unitMs: UnitGuess,
): { resetMs: number; isMoment?: boolean } | undefined {
	const durationMs = parseDuration(text);
	if (durationMs !== undefined) return { resetMs: durationMs };
	const value = toNumber(text) ?? parseIsoMoment(text);
	if (value === undefined) return undefined;
	if (value < 1e9) return { resetMs: value * unitMs(value, nowMs) };

	const isInMs = value >= 1e11;
	const dateMs = parseHttpDate(headerValue(response, 'date') ?? '');
	// `Date` has whole seconds: our own clock is more exact, unless one of them is wrong.
	const serverNowMs = dateMs === undefined || Math.abs(dateMs - nowMs) < 2_000 ? nowMs : dateMs;
	const resetMs = Math.max(0, (isInMs ? value : value * 1000) - serverNowMs);
	return { resetMs, ...(!isInMs && { isMoment: true }) };
}

/** The unit, in ms, of a number that says how long it is until the reset. */
type UnitGuess = (value: number, nowMs: number) => number;

/** As the drafts have it. */
const SECONDS: UnitGuess = () => 1_000;

/**
 * Seconds or milliseconds, where no draft says which: what falls faster than time passes is no seconds, and what stands still is
 * no milliseconds. Until one of them is shown it is milliseconds: read wrongly, they lead to asking
 * too early, which costs one request, and never to waiting for hours.
 */
function createUnitGuess(): UnitGuess {
	let isMs = false;
	let isSeconds = false;
	let last: { value: number; atMs: number } | undefined;
	return (value, nowMs) => {
		if (last !== undefined) {
			const fallen = last.value - value;
			const elapsedMs = nowMs - last.atMs;
			isMs ||= fallen > 2 + elapsedMs / 500;
			isSeconds ||= elapsedMs >= 10 && fallen >= 0 && fallen < elapsedMs / 4;
		}
		last = { value, atMs: nowMs };
		return isSeconds && !isMs ? 1_000 : 1;
	};
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 };

/** `6m0s`, `120ms`: as Go writes them, and OpenAI. */
function parseDuration(text: string): number | undefined {
	if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined;
	const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g);
	return [...parts].reduce((sum, [, n, unit]) => sum + Number(n) * (UNIT_MS[unit ?? ''] ?? 0), 0);
}

/** RFC 3339, in milliseconds since the epoch. */
function parseIsoMoment(text: string): number | undefined {
	if (!/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
	const ms = Date.parse(text);
	return Number.isNaN(ms) ? undefined : ms;
}

function toNumber(text: string | undefined): number | undefined {
	if (text === undefined || !/^\s*\d{1,15}(\.\d+)?\s*$/.test(text)) return undefined;
	return Number(text);
}

function positive(value: number | undefined): number | undefined {
	return value === 0 ? undefined : value;
}
