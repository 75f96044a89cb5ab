import type { HttpRequest, HttpResponse, Outcome, TlsOptions } from './message';
import { readRefusal, type Pacer } from './pacing/pacer';
import { redirectedRequest } from './redirect';
import { decideRetry, type RetryPolicy } from './retry';
import type { Timing } from './timing';
import type { Transport } from './transport/transport';

/** One item's call, before it is authorized. */
export interface HttpCall {
	request: HttpRequest;
	/** 0: a redirect is the response. */
	maxRedirects: number;
}

/** What makes a request acceptable to the protected resource. Knows nothing of retries. */
export interface Authorizer {
	/** @throws whatever says that no authorization is to be had: the call then fails with it. */
	authorize(request: HttpRequest, signal?: AbortSignal): Promise<Authorization>;
}

type Refusal = boolean | 'challenge';

export interface Authorization {
	/** Added to the request's own, in place of those of the same name. */
	headers: Record<string, string>;
	/** In place of the request's own, where the authorization is a part of its query or body. */
	url?: string;
	body?: Buffer;
	/** Takes the authorization out of a URL that the API sends back. */
	cleanUrl?: (url: string) => string;
	/** The connection that the headers are good for: a token may be bound to a certificate. */
	tls?: TlsOptions;
	/**
	 * Learns from the response to a request that carried these headers.
	 * `true`: they were refused, and other ones may do better. `'challenge'`: they lacked what the
	 * response told.
	 */
	refusedBy(response: HttpResponse): Promise<Refusal>;
	/** Whether they are refused by a response whose status does not say so. */
	isRefusal?: (response: HttpResponse) => boolean;
}

/** One API as the calls of a run see it. */
export interface Api {
	transport: Transport;
	authorizer: Authorizer;
	pacer: Pacer;
	retry: RetryPolicy;
	timing: Timing;
	/** @throws where a redirect must not be followed to this URL: the call then fails with it. */
	checkRedirect?: (url: string) => void;
	/** Told of each wait before a new try, for the person who watches. */
	onRetry?: (retry: { cause: Outcome; waitMs: number }) => void;
}

export type CallResult =
	/**
	 * `pauseMs`: the API asks for a longer pause than the policy accepts. `isRefusal`: it refuses the
	 * authorization, whatever its status.
	 */
	| { kind: 'response'; response: HttpResponse; url: string; pauseMs?: number; isRefusal?: boolean }
	| { kind: 'networkError'; code: string; message: string; url: string }
	/** Not sent: the API has asked for a pause that is longer than the policy accepts. */
	| { kind: 'notSent'; pauseMs: number };

/**
 * Calls a protected resource until it answers for good: paced, authorized, redirected, renewed once
 * on a refused token, and retried by the policy.
 *
 * Rejects when `signal` aborts, or the authorizer or a check fails; any response, error status or not, is a
 * result.
 */
export async function callApi(
	{ request, maxRedirects }: HttpCall,
	api: Api,
	signal?: AbortSignal,
): Promise<CallResult> {
	const { pacer, retry, timing } = api;
	const { origin } = new URL(request.url);
	let target: Target = { request, origin, redirects: 0 };
	let failures = 0;
	let renewed = false;
	let challenged = false;
	let ticket: number | undefined;
	/** By the API, when this call was last refused. */
	let acceptedBefore: number | undefined;
	for (;;) {
		const turn = await pacer.turn({ maxPauseMs: retry.maxRetryAfterMs, ticket, signal });
		if (!turn.go) return { kind: 'notSent', pauseMs: turn.pauseMs };
		ticket = turn.ticket;

		acceptedBefore ??= pacer.acceptedCount();
		let ended: Exchange | undefined;
		try {
			ended = await exchange(target, { origin, maxRedirects }, api, signal);
		} finally {
			turn.end(ended?.fromApi ? ended.outcome : undefined);
		}
		const { outcome, reached, refused } = ended;
		// A POST that was answered with the address of its result must not be sent again: what is
		// still to be had is the result.
		if (reached.request.method !== target.request.method) target = reached;
		if (refused === 'challenge' && !challenged) {
			challenged = true;
			continue;
		}
		if (refused === true && !renewed) {
			renewed = true;
			continue;
		}
		const at = { nowMs: timing.now(), random: timing.random };
		const decision = decideRetry(target.request, outcome, failures, retry, at);
		if (decision.action === 'giveUp') {
			const pauseMs = decision.reason === 'pauseTooLong' ? decision.waitMs : undefined;
			return toResult(ended, pauseMs);
		}
		api.onRetry?.({ cause: outcome, waitMs: decision.waitMs });
		if (outcome.kind === 'response' && readRefusal(outcome, at.nowMs) !== undefined) {
			// The pacer holds all calls back. Refused while others got through: behind them in the
			// queue, which is no failure.
			if (pacer.acceptedCount() === acceptedBefore) failures++;
			acceptedBefore = pacer.acceptedCount();
		} else {
			failures++;
			await timing.sleep(decision.waitMs, signal);
		}
	}
}

/** Where a call stands on its way along redirects. */
interface Target {
	request: HttpRequest;
	/** Of the request's URL. */
	origin: string;
	redirects: number;
}

interface Exchange {
	outcome: Outcome;
	reached: Target;
	/** Answered by the API itself, and not by another origin that it redirects to. */
	fromApi: boolean;
	refused: Refusal;
	/** The authorization was refused, whatever the status says. */
	isRefusal?: boolean;
}

/** Sends the request, authorized, and follows its redirects. */
async function exchange(
	from: Target,
	{ origin, maxRedirects }: { origin: string; maxRedirects: number },
	{ transport, authorizer, checkRedirect }: Api,
	signal?: AbortSignal,
): Promise<Exchange> {
	let reached = from;
	for (;;) {
		const { request, redirects } = reached;
		// The token is for the API that was asked, and for no other origin it points to.
		const fromApi = reached.origin === origin;
		const authorization = fromApi ? await authorizer.authorize(request, signal) : undefined;
		const outcome = await transport(authorized(request, authorization), signal);
		if (outcome.kind === 'networkError') return { outcome, reached, fromApi, refused: false };

		const { response } = outcome;
		const refused = (await authorization?.refusedBy(response)) ?? false;
		const next = redirects < maxRedirects && redirectedRequest(request, response);
		if (!next) {
			const isRefusal = authorization?.isRefusal?.(response) ?? false;
			return { outcome, reached, fromApi, refused, ...(isRefusal && { isRefusal }) };
		}
		response.stream?.destroy();
		checkRedirect?.(next.url);
		const url = authorization?.cleanUrl?.(next.url) ?? next.url;
		reached = {
			request: { ...next, url },
			origin: new URL(url).origin,
			redirects: redirects + 1,
		};
	}
}

function authorized(request: HttpRequest, authorization: Authorization | undefined): HttpRequest {
	if (authorization === undefined) return request;
	const { headers, url = request.url, body = request.body, tls } = authorization;
	const taken = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
	const own = Object.entries(request.headers).filter(([name]) => !taken.has(name.toLowerCase()));
	return {
		...request,
		url,
		headers: { ...Object.fromEntries(own), ...headers },
		...(body && { body }),
		...(tls && { tls }),
	};
}

function toResult(
	{ outcome, reached, isRefusal }: Exchange,
	pauseMs: number | undefined,
): CallResult {
	const { url } = reached.request;
	return outcome.kind === 'response'
		? {
				kind: 'response',
				response: outcome.response,
				url,
				...(pauseMs !== undefined && { pauseMs }),
				...(isRefusal && { isRefusal }),
			}
		: { kind: 'networkError', ...outcome.error, url };
}
