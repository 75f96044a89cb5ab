import type { HttpResponse } from '../message';
import { isNothingLeft } from '../pacing/rateLimitHeaders';
import { retryAfterMs } from './retryAfter';

/**
 * Whether the response asks the client as a whole to slow down, and for how long if it says so: 429 (RFC 6585 §4), and
 * where it tells a time or that nothing is left, 503 (RFC 9110 §15.6.4; APISIX) and 403 (GitHub, Azure API Management).
 */
export function readRefusal(
	response: HttpResponse,
	nowMs: number,
): { toldMs?: number } | undefined {
	// "Retry after 0 seconds" says nothing about when.
	const toldMs = retryAfterMs(response, nowMs) || undefined;
	if (!isRefusal(response, toldMs)) return undefined;
	return { ...(toldMs !== undefined && { toldMs }) };
}

function isRefusal(response: HttpResponse, toldMs: number | undefined): boolean {
	switch (response.status) {
		case 429:
			return true;
		case 503:
		case 403:
			return toldMs !== undefined || isNothingLeft(response);
		default:
			return false;
	}
}
