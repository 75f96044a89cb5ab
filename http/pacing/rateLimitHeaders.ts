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
}

/**
 * The budget that the response tells of, or `undefined` where it tells of none that can be
 * understood. Of several the one that runs out first counts.
 *
 * Read: `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-08 and its older
 * form of -07), the three headers of the drafts before, and `X-RateLimit-*`.
 */
export function readBudget(response: HttpResponse, nowMs: number): Budget | undefined {
	const combined = headerValue(response, 'ratelimit');
	if (combined !== undefined) {
		const policies = parseItems(headerValue(response, 'ratelimit-policy') ?? '');
		const budgets = parseItems(combined).flatMap((item) => toBudget(item, policies));
		return budgets.sort((a, b) => a.remaining - b.remaining || b.resetMs - a.resetMs)[0];
	}
	return readSeparate(response, 'ratelimit', nowMs) ?? readSeparate(response, 'x-ratelimit', nowMs);
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
	// An older policy has its quota for a name: `20;w=1`.
	const policy = policies.find((candidate) => candidate.name === name) ?? policies[0];
	const limit = toNumber(parameters.limit ?? policy?.parameters.q ?? policy?.name);
	const windowSeconds = toNumber(policy?.parameters.w);
	return [
		{
			remaining,
			resetMs: resetSeconds * 1000,
			...(limit !== undefined && { limit }),
			...(windowSeconds !== undefined && { windowMs: windowSeconds * 1000 }),
		},
	];
}

/** `<prefix>-limit`, `-remaining` and `-reset`; Discord's `-reset-after` is more exact. */
function readSeparate(response: HttpResponse, prefix: string, nowMs: number): Budget | undefined {
	const read = (name: string): number | undefined =>
		toNumber(headerValue(response, `${prefix}-${name}`)?.split(/[,;]/)[0]);
	const remaining = read('remaining');
	const resetAfter = read('reset-after');
	const reset = read('reset');
	if (remaining === undefined || (reset === undefined && resetAfter === undefined))
		return undefined;
	const limit = read('limit');
	return {
		remaining,
		resetMs: resetAfter !== undefined ? resetAfter * 1000 : toResetMs(reset ?? 0, response, nowMs),
		...(limit !== undefined && { limit }),
	};
}

/**
 * `-reset` is seconds from now, milliseconds from now, or a moment in either unit. No window is
 * longer than an hour and still worth waiting for, so a larger number is milliseconds: read wrongly,
 * it leads to asking too early, which costs one request, and never to waiting for hours.
 */
function toResetMs(value: number, response: HttpResponse, nowMs: number): number {
	if (value >= 1e9) {
		const serverNowMs = parseHttpDate(headerValue(response, 'date') ?? '') ?? nowMs;
		const atMs = value >= 1e12 ? value : value * 1000;
		return Math.max(0, atMs - serverNowMs);
	}
	return value > 3_600 ? value : value * 1000;
}

function toNumber(text: string | undefined): number | undefined {
	if (text === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(text)) return undefined;
	return Number(text);
}
