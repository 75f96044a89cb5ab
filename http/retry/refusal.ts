import type { HttpResponse } from '../message';
import { retryAfterMs } from './retryAfter';

/** Refusals only where they tell a time: RFC 9110 §15.6.4; GitHub and Azure API Management use 403 so. */
const IF_TIMED = [403, 503];

/**
 * Whether the response asks the client as a whole to slow down, and for how long if it says so:
 * 429 (RFC 6585 §4), and others where they tell a time.
 */
export function readRefusal(
	response: HttpResponse,
	nowMs: number,
): { toldMs?: number } | undefined {
	const toldMs = retryAfterMs(response, nowMs) || undefined;
	if (!isRefusal(response.status, toldMs)) return undefined;
	return { ...(toldMs !== undefined && { toldMs }) };
}

/** @param toldMs what `Retry-After` says; 0 says nothing. */
export function isRefusal(status: number, toldMs = 0): boolean {
	return status === 429 || (IF_TIMED.includes(status) && toldMs > 0);
}
