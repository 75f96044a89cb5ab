import type { HttpResponse, Outcome } from '../../http/message';
import type { Verdict } from './limiters';

/** What the API tells of its limit. */
export type Headers =
	| 'RateLimit'
	| 'RateLimit-*'
	| 'X-RateLimit-* (s)'
	| 'X-RateLimit-* (ms)'
	| 'X-RateLimit-* (epoch)'
	| typeof IF_REFUSED
	| 'Retry-After'
	| 'none';

/** Nothing with accepted calls. */
export const IF_REFUSED = 'X-RateLimit-* (epoch), if refused';

/** The answer to a call; seconds are whole and rounded up, as servers in use have it. */
export function answer(
	verdict: Verdict,
	headers: Headers,
	nowMs: number,
	retryAfterMs: number,
): Outcome {
	const { accepted } = verdict;
	const retryAfter = { 'retry-after': `${Math.max(1, Math.ceil(retryAfterMs / 1000))}` };
	const response: HttpResponse = {
		status: accepted ? 200 : 429,
		statusText: '',
		headers: {
			...((!accepted || headers !== IF_REFUSED) && budgetHeaders(verdict, headers, nowMs)),
			...(!accepted && headers !== 'none' && retryAfter),
		},
		body: Buffer.alloc(0),
	};
	return { kind: 'response', response };
}

function budgetHeaders(
	{ limit, remaining, resetMs, windowMs }: Verdict,
	headers: Headers,
	nowMs: number,
): Record<string, string> {
	const seconds = Math.ceil(resetMs / 1000);
	switch (headers) {
		case 'RateLimit':
			return {
				ratelimit: `"default";r=${remaining};t=${seconds}`,
				'ratelimit-policy': `"default";q=${limit};w=${windowMs / 1000}`,
			};
		case 'RateLimit-*':
			return {
				'ratelimit-limit': `${limit}`,
				'ratelimit-remaining': `${remaining}`,
				'ratelimit-reset': `${seconds}`,
			};
		case 'X-RateLimit-* (s)':
			return {
				'x-ratelimit-limit': `${limit}`,
				'x-ratelimit-remaining': `${remaining}`,
				'x-ratelimit-reset': `${seconds}`,
			};
		case 'X-RateLimit-* (ms)':
			return {
				'x-ratelimit-limit': `${limit}`,
				'x-ratelimit-remaining': `${remaining}`,
				'x-ratelimit-reset': `${Math.ceil(resetMs)}`,
			};
		case 'X-RateLimit-* (epoch)':
		case IF_REFUSED:
			return {
				'x-ratelimit-limit': `${limit}`,
				'x-ratelimit-remaining': `${remaining}`,
				'x-ratelimit-reset': `${Math.ceil((nowMs + resetMs) / 1000)}`,
				date: new Date(nowMs).toUTCString(),
			};
		case 'Retry-After':
		case 'none':
			return {};
	}
}
