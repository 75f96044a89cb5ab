import type { HttpResponse } from '../message';
import { retryAfterMs } from './retryAfter';

/**
 * Whether the response asks the client as a whole to slow down, and for how long if it says so:
 * 429 (RFC 6585 §4), and 503 where it tells a time (RFC 9110 §15.6.4).
 */
export function readRefusal(
	response: HttpResponse,
	nowMs: number,
): { toldMs?: number } | undefined {
	const toldMs = retryAfterMs(response, nowMs) || undefined;
	const isRefusal = response.status === 429 || (response.status === 503 && toldMs !== undefined);
	return isRefusal ? { ...(toldMs !== undefined && { toldMs }) } : undefined;
}
