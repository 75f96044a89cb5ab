import { findHeader, type HttpRequest, type NetworkError, type Outcome } from '../message';
import { readRefusal } from './refusal';
import { retryAfterMs } from './retryAfter';

export interface RetryPolicy {
	/** 0 turns retrying off. */
	maxRetries: number;
	/** Upper bound of the first backoff; it doubles with each try. */
	baseMs: number;
	/** Upper bound of any backoff. */
	capMs: number;
	/** A longer `Retry-After` is not waited for. */
	maxRetryAfterMs: number;
}

export const DEFAULT_RETRY_POLICY: Readonly<RetryPolicy> = {
	maxRetries: 5,
	baseMs: 1_000,
	capMs: 60_000,
	maxRetryAfterMs: 300_000,
};

/** When a request may be sent again although the first one may have had an effect. */
export type Repeatable = 'always' | 'ifIdempotent';

export type Decision =
	| { action: 'retry'; waitMs: number }
	| { action: 'giveUp'; reason: 'final' | 'retriesSpent' }
	/** The API wants a longer pause than the policy accepts. */
	| { action: 'giveUp'; reason: 'pauseTooLong'; waitMs: number };

/** RFC 9110 §9.2.2; PROPFIND and REPORT by RFC 4918 §9.1 and RFC 3253 §3.6. */
const IDEMPOTENT = new Set([
	...['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'],
	...['PROPFIND', 'REPORT'],
]);

/** The server says that it did not act on the request (RFC 6585 §4, RFC 9110 §15.6.4). */
const NOT_PROCESSED = new Set([429, 503]);
/** The request may have been acted upon. */
const PERHAPS_PROCESSED = new Set([408, 502, 504]);

/** Where to GET the result of what was done (RFC 9110 §15.4.4), or by old custom so (§15.4.2, §15.4.3). */
const POINTS_TO_RESULT = new Set([301, 302, 303]);
/** No connection was made, so nothing was sent: by Node's error code, or by the words of Node or its `fetch`. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);
const NO_CONNECTION =
	/^(connect|getaddrinfo) |^Connect Timeout Error|before secure TLS connection was established/;

/** What cannot heal by itself within minutes: a certificate, a protocol, a policy, a size. */
const LASTING = /CERT|SSL|TLS|SELF_SIGNED|ALTNAME|UNABLE_TO|EPROTO|INVALID|SSRF|BLOCKED|TOO_LARGE/i;

/** An answer came, but not as HTTP, or too much of it. */
const UNREADABLE = /^HPE_|TOO_LARGE/;

/**
 * Whether to send a request again after `failures` failed tries, and how long to wait. Pure.
 * Waits what `Retry-After` says, else exponential backoff with full jitter (the AWS Architecture
 * Blog's "Exponential Backoff And Jitter").
 */
export function decideRetry(
	request: HttpRequest,
	outcome: Outcome,
	failures: number,
	policy: RetryPolicy,
	at: { nowMs: number; random: () => number },
	repeatable: Repeatable = 'ifIdempotent',
): Decision {
	const response = outcome.kind === 'response' ? outcome.response : undefined;
	const toldMs = response && retryAfterMs(response, at.nowMs);
	const refusal = response && readRefusal(response, at.nowMs);
	if (refusal === undefined && !isRetryable(request, outcome, repeatable)) {
		return { action: 'giveUp', reason: 'final' };
	}
	if (toldMs !== undefined && toldMs > policy.maxRetryAfterMs) {
		return { action: 'giveUp', reason: 'pauseTooLong', waitMs: toldMs };
	}
	if (failures >= policy.maxRetries) return { action: 'giveUp', reason: 'retriesSpent' };
	// "Retry after 0 seconds" says nothing about when: back off, do not hammer.
	const waitMs = toldMs || fullJitterMs(failures, policy, at.random);
	return { action: 'retry', waitMs };
}

function isRetryable(request: HttpRequest, outcome: Outcome, repeatable: Repeatable): boolean {
	const mayRepeat = repeatable === 'always' || isRepeatable(request);
	if (outcome.kind === 'networkError') {
		const { error } = outcome;
		return (mayRepeat || wasNeverSent(error)) && !isLasting(error);
	}
	const { status } = outcome.response;
	if (NOT_PROCESSED.has(status)) return true;
	if (PERHAPS_PROCESSED.has(status)) return mayRepeat;
	return repeatable === 'always' && status >= 500;
}

/** Whether sending it twice has the effect of sending it once. Pure. */
export function isRepeatable({ method, headers }: HttpRequest): boolean {
	if (IDEMPOTENT.has(method.toUpperCase())) return true;
	const key = findHeader(headers, 'idempotency-key');
	// An empty one tells the API nothing.
	return key !== undefined && headers[key]?.trim() !== '';
}

/** Whether the API may have acted on a request that is not repeatable, though it did not say so. Pure. */
export function isInDoubt(request: HttpRequest, outcome: Outcome): boolean {
	if (isRepeatable(request)) return false;
	if (outcome.kind === 'response') {
		const { status } = outcome.response;
		return PERHAPS_PROCESSED.has(status) || POINTS_TO_RESULT.has(status);
	}
	const { error } = outcome;
	// What cannot be read is an answer all the same.
	return !wasNeverSent(error) && (!isLasting(error) || UNREADABLE.test(error.code));
}

function wasNeverSent({ code, message }: NetworkError): boolean {
	return NEVER_SENT.has(code) || NO_CONNECTION.test(message);
}

function isLasting(error: NetworkError): boolean {
	return LASTING.test(error.code);
}

function fullJitterMs(failures: number, policy: RetryPolicy, random: () => number): number {
	return random() * Math.min(policy.capMs, policy.baseMs * 2 ** failures);
}
