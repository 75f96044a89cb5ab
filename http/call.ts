import {
	isSuccess,
	type HttpRequest,
	type HttpResponse,
	type Outcome,
	type TlsOptions,
} from './message';
import type { Pacer, RequestLimit, Turn } from './pacing/pacer';
import type { Ticket } from './pacing/stubborn';
import { isRedirect, redirectedRequest } from './redirect';
import { readRefusal } from './refusal';
import { decideRetry, isInDoubt, isRepeatable, type RetryPolicy } from './retry';
import type { Silence } from './silence';
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
	 * Learns from the response to a request that carried these headers. `wasRefused`: the same call was
	 * refused before, with other ones.
	 * `true`: they were refused, and other ones may do better. `'challenge'`: they lacked what the
	 * response told.
	 */
	refusedBy(response: HttpResponse, wasRefused: boolean): Promise<Refusal>;
	/** Whether they are refused by a response whose status does not say so. */
	isRefusal?: (response: HttpResponse) => boolean;
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
	/** Ends all waits: the run was cancelled. A call's own signal ends none for the result of an answered one. */
	cancelSignal?: AbortSignal;
	/** @throws where a redirect must not be followed to this URL: the call then fails with it. */
	checkRedirect?: (url: string) => void;
	/** Told of each wait before a new try, for the person who watches. */
	onRetry?: (retry: { cause: Outcome; waitMs: number }) => void;
}

export type CallResult =
	/**
	 * `pauseMs`: the API asks for a longer pause than the policy accepts. `refusedForMs`: it has refused
	 * this call for longer than that. `isRefusal`: it refuses the authorization, whatever its status.
	 * `stuckRedirect`: why a redirect was not followed that should have been. `inDoubt`: the API may have
	 * acted on the request, and sending it again may do harm.
	 */
	| {
			kind: 'response';
			response: HttpResponse;
			url: string;
			pauseMs?: number;
			refusedForMs?: number;
			isRefusal?: boolean;
			stuckRedirect?: StuckRedirect;
			inDoubt?: boolean;
	  }
	| { kind: 'networkError'; code: string; message: string; url: string; inDoubt?: boolean }
	/**
	 * Not sent: the API has asked for a pause that is longer than the policy accepts, or has refused
	 * everything, or not answered at all, for longer than that.
	 */
	| ({ kind: 'notSent'; inDoubt?: boolean } & Pause);

/** How long the API wants no call, or has refused everything, or not answered; in ms. */
interface Pause {
	pauseMs: number;
	refusedForMs?: number;
	silentForMs?: number;
}

/** Why the result of a call was not fetched that the API has acted on. */
export class ResultNotFetched extends Error {
	override readonly name = 'ResultNotFetched';

	constructor(cause: unknown) {
		super('The API has acted on the call, but the result was not fetched', { cause });
	}
}

/** There were as many as are allowed; or it leads to nothing that can be called. */
export type StuckRedirect = 'tooMany' | 'nowhere';

/** What the response told may be out of date already, where many other calls are under way. */
const MAX_CHALLENGES = 20;

/**
 * Calls a protected resource until it answers for good: paced, authorized, redirected, renewed once
 * on a refused token, and retried by the policy.
 *
 * Rejects when `signal` aborts, or the authorizer or a check fails; any response, error status or not, is a
 * result.
 * @throws {ResultNotFetched} instead of that failure, where the call must not be sent again.
 */
export async function callApi(
	{ request, maxRedirects }: HttpCall,
	api: Api,
	signal?: AbortSignal,
): Promise<CallResult> {
	const { origin, pacer, silence, limit, retry, timing, cancelSignal } = api;
	// A POST that was answered with the address of its result has been delivered.
	const isAnswered = ({ method }: HttpRequest): boolean => method !== request.method;
	const hasHadEffect = (current: HttpRequest): boolean =>
		isAnswered(current) && !isRepeatable(request);
	const signalOf = (current: HttpRequest): AbortSignal | undefined =>
		isAnswered(current) ? cancelSignal : signal;
	const explain = (error: unknown, current: HttpRequest): unknown =>
		hasHadEffect(current) && !cancelSignal?.aborted ? new ResultNotFetched(error) : error;
	let target: Target = { request, origin, redirects: 0 };
	let failures = 0;
	let renewed = false;
	let challenges = 0;
	/** By `timing.awakeMs()`. */
	let refusedSinceMs: number | undefined;
	let ticket: Ticket | undefined;
	const takeTurn: TakeTurn = async (current) => {
		const turn = await pacer.turn({
			maxPauseMs: retry.maxRetryAfterMs,
			ticket,
			limit,
			signal: signalOf(current),
		});
		if (turn.go) ticket = turn.ticket;
		return turn;
	};
	for (;;) {
		const options = { maxRedirects, takeTurn, signalOf, explain, renewed };
		const sentAtMs = timing.awakeMs();
		const silentForMs = silence.tooLongMs(retry);
		const ended =
			silentForMs === undefined
				? await exchange(target, options, api)
				: { kind: 'notSent' as const, pauseMs: 0, silentForMs };
		if (ended.kind === 'notSent') {
			return hasHadEffect(target.request) ? { ...ended, inDoubt: true } : ended;
		}
		const { outcome, reached, refused, pause } = ended;
		// Only the result is still missing.
		if (isAnswered(reached.request)) target = reached;
		if (refused === 'challenge' && challenges < MAX_CHALLENGES) {
			challenges++;
			continue;
		}
		if (refused === true && !renewed) {
			renewed = true;
			continue;
		}
		const at = { nowMs: timing.now(), random: timing.random };
		const endedAtMs = timing.awakeMs();
		if (reached.origin === origin) silence.observe(outcome, { sentAtMs, endedAtMs });
		// Another origin, where a redirect leads, is not paced.
		const isRateLimited =
			reached.origin === origin &&
			outcome.kind === 'response' &&
			readRefusal(outcome.response, at.nowMs) !== undefined;
		// A refused call is late, not failed: it costs no retry, unless there are none.
		const tries = isRateLimited && retry.maxRetries > 0 ? 0 : failures;
		const decision = decideRetry(target.request, outcome, tries, retry, at);
		const inDoubt =
			!isSuccessful(outcome) && (hasHadEffect(target.request) || isInDoubt(request, outcome));
		if (pause !== undefined) return toResult(ended, { ...pause, inDoubt });
		if (decision.action === 'giveUp') {
			const pauseMs = decision.reason === 'pauseTooLong' ? decision.waitMs : undefined;
			return toResult(ended, { pauseMs, inDoubt });
		}
		if (isRateLimited) {
			refusedSinceMs ??= endedAtMs;
			const refusedForMs = endedAtMs - refusedSinceMs;
			if (refusedForMs > retry.maxRetryAfterMs) return toResult(ended, { refusedForMs, inDoubt });
		}
		if (silence.tooLongMs(retry) !== undefined) return toResult(ended, { inDoubt });
		api.onRetry?.({ cause: outcome, waitMs: decision.waitMs });
		// After a refusal the pacer holds all calls back.
		if (isRateLimited) continue;
		failures++;
		await timing.sleep(decision.waitMs, signalOf(target.request));
	}
}

type TakeTurn = (request: HttpRequest) => Promise<Turn>;

interface ExchangeOptions {
	maxRedirects: number;
	takeTurn: TakeTurn;
	/** What ends the waits for this request. */
	signalOf: (request: HttpRequest) => AbortSignal | undefined;
	/** What the call fails with where this was thrown on the way to this request. */
	explain: (error: unknown, request: HttpRequest) => unknown;
	/** The authorization is another one, since the first was refused. */
	renewed: boolean;
}

/** Where a call stands on its way along redirects. */
interface Target {
	request: HttpRequest;
	/** Of the request's URL. */
	origin: string;
	redirects: number;
}

interface Exchange {
	kind: 'ended';
	outcome: Outcome;
	reached: Target;
	refused: Refusal;
	/** The authorization was refused, whatever the status says. */
	isRefusal?: boolean;
	stuckRedirect?: StuckRedirect;
	/** What keeps a redirect from being followed. */
	pause?: Pause;
}

/**
 * Sends the request, authorized, and follows its redirects. Each request to the API takes a turn of
 * its own, since the API counts each.
 */
async function exchange(
	from: Target,
	{ maxRedirects, takeTurn, signalOf, explain, renewed }: ExchangeOptions,
	{ origin, transport, authorizer, checkRedirect }: Api,
): Promise<Exchange | (CallResult & { kind: 'notSent' })> {
	let reached = from;
	let redirect: Outcome | undefined;
	for (;;) {
		const { request, redirects } = reached;
		// The token is for the API that was asked, and for no other origin it points to.
		const fromApi = reached.origin === origin;
		const signal = signalOf(request);
		const turn = fromApi ? await takeTurn(request) : undefined;
		if (turn?.go === false) {
			const { pauseMs, refusedForMs } = turn;
			const pause = { pauseMs, ...(refusedForMs !== undefined && { refusedForMs }) };
			// What redirected here was sent: that is the answer.
			if (redirect) return { kind: 'ended', outcome: redirect, reached, refused: false, pause };
			return { kind: 'notSent', ...pause };
		}
		let outcome: Outcome | undefined;
		let authorization: Authorization | undefined;
		try {
			authorization = fromApi ? await authorizer.authorize(request, signal) : undefined;
			outcome = await transport(authorized(request, authorization), signal);
		} catch (error) {
			throw explain(error, request);
		} finally {
			turn?.end(outcome);
		}
		if (outcome.kind === 'networkError') return { kind: 'ended', outcome, reached, refused: false };

		const { response } = outcome;
		const refused = (await authorization?.refusedBy(response, renewed)) ?? false;
		const next = redirects < maxRedirects && redirectedRequest(request, response);
		if (!next) {
			const isRefusal = authorization?.isRefusal?.(response) ?? false;
			const isStuck = maxRedirects > 0 && isRedirect(response);
			return {
				kind: 'ended',
				outcome,
				reached,
				refused,
				...(isRefusal && { isRefusal }),
				...(isStuck && { stuckRedirect: redirects < maxRedirects ? 'nowhere' : 'tooMany' }),
			};
		}
		response.stream?.destroy();
		try {
			checkRedirect?.(next.url);
		} catch (error) {
			throw explain(error, next);
		}
		redirect = outcome;
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
	{ outcome, reached, isRefusal, stuckRedirect }: Exchange,
	{ pauseMs, refusedForMs, inDoubt }: Partial<Pause> & { inDoubt: boolean },
): CallResult {
	const { url } = reached.request;
	const doubt = inDoubt && { inDoubt };
	return outcome.kind === 'response'
		? {
				kind: 'response',
				response: outcome.response,
				url,
				...(pauseMs !== undefined && { pauseMs }),
				...(refusedForMs !== undefined && { refusedForMs }),
				...(isRefusal && { isRefusal }),
				...(stuckRedirect && { stuckRedirect }),
				...doubt,
			}
		: { kind: 'networkError', ...outcome.error, url, ...doubt };
}

function isSuccessful(outcome: Outcome): boolean {
	return outcome.kind === 'response' && isSuccess(outcome.response.status);
}
