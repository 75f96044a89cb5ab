import type { HttpRequest, Outcome } from '../message';
import type { Pacer } from '../pacing/pacer';
import type { RequestLimit } from '../pacing/userLimit';
import type { RetryPolicy } from '../retry/decideRetry';
import type { Timing } from '../timing';
import type { Transport } from '../transport/transport';
import type { Authorizer } from './authorization';
import type { Silence } from './silence';

/** One item's call, before it is authorized. */
export interface HttpCall {
	request: HttpRequest;
	/** 0: a redirect is the response. */
	maxRedirects: number;
}

/** One API as the calls of a run see it. */
export interface Api {
	/** Of the calls' URLs. The authorization goes nowhere else. */
	origin: string;
	transport: Transport;
	authorizer: Authorizer;
	pacer: Pacer;
	silence: Silence;
	/** The user's own limit, kept in addition to what the API wants. */
	limit?: RequestLimit;
	retry: RetryPolicy;
	timing: Timing;
	/**
	 * Ends all waits: the run was cancelled. Once a call has been answered and only its result is to be
	 * fetched, nothing else ends its waits.
	 */
	cancelSignal?: AbortSignal;
	/** @throws where a redirect must not be followed to this URL: the call then fails with it. */
	checkRedirect?: (url: string) => void;
	/** Told of each wait before a new try, for the person who watches. */
	onRetry?: (retry: { cause: Outcome; waitMs: number }) => void;
}
