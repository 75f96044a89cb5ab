import type { HttpRequest, HttpResponse, Outcome } from '../message';
import type { Turn, Withheld } from '../pacing/pacer';
import { isRedirect, redirectedRequest } from '../redirect';
import { isRepeatable } from '../retry/decideRetry';
import type { Api, HttpCall } from './api';
import { authorized, type Authorization, type Verdict } from './authorization';
import { hasHadEffect, isAnswered, ResultNotFetched } from './effect';

/** A call that is not answered for good yet. */
export interface CallUnderWay extends HttpCall {
	/** Ends its waits, but none for the result of a call that was answered. */
	signal?: AbortSignal;
	/** Waits for the pacer. */
	takeTurn: (signal?: AbortSignal) => Promise<Turn>;
	/** Where the next try begins. */
	target: Target;
	tries: Tries;
}

/** What the tries have come to so far. */
export interface Tries {
	failures: number;
	challenges: number;
	/** The authorization was refused once, and has been replaced. */
	isReplaced: boolean;
	/** By `Timing.awakeMs()`: since when the API has refused this call for being one too many, and nothing else. */
	refusedSinceMs: number | undefined;
}

/** A request on the way along redirects. */
export interface Target {
	request: HttpRequest;
	/** Of the request's URL. */
	origin: string;
	redirects: number;
}

/** Why a redirect was not followed that should have been. */
export type StuckRedirect =
	/** There were as many as are allowed. */
	| { kind: 'tooManyRedirects' }
	/** It leads to nothing that can be called. */
	| { kind: 'redirectsNowhere' };

/** Why a call is not sent, or not followed any further. */
export type Obstacle = Withheld | StuckRedirect;

/** How one try of a call ended. */
export type Attempt = Sent | { isSent: false; obstacle: Withheld };

export interface Sent {
	isSent: true;
	outcome: Outcome;
	reached: Target;
	/** By `Timing.awakeMs()`: when its last request left. */
	sentAwakeMs: number;
	/** Absent where there is no response, or none of the API's. */
	verdict?: Verdict;
	/** Why a redirect was not followed, which is then the outcome. */
	obstacle?: Obstacle;
}

/**
 * Sends the request, authorized, and follows its redirects. Each request to the API takes a turn of
 * its own, since the API counts each.
 *
 * Rejects when its signal aborts, or the authorizer or a check fails.
 * @throws {ResultNotFetched} instead of that failure, where the call must not be sent again, unless the run was cancelled.
 */
export async function attempt(call: CallUnderWay, api: Api): Promise<Attempt> {
	const { origin, authorizer, transport, checkRedirect, timing } = api;
	let sentAwakeMs = timing.awakeMs();
	let reached = call.target;
	let redirect: Outcome | undefined;
	for (;;) {
		const { request } = reached;
		const signal = signalOf(call, request, api);
		// The token is for the API that was asked, and for no other origin it points to.
		const fromApi = reached.origin === origin;
		const turn = fromApi ? await call.takeTurn(signal) : undefined;
		if (turn?.go === false) {
			const { obstacle } = turn;
			// What redirected here was sent: that is the answer.
			return redirect === undefined
				? { isSent: false, obstacle }
				: { isSent: true, outcome: redirect, reached, sentAwakeMs, obstacle };
		}
		let outcome: Outcome | undefined;
		let authorization: Authorization | undefined;
		try {
			authorization = fromApi ? await authorizer.authorize(request, signal) : undefined;
			sentAwakeMs = timing.awakeMs();
			outcome = await transport(authorized(request, authorization), signal);
		} catch (error) {
			throw explain(error, call, request, api);
		} finally {
			turn?.end(outcome);
		}
		if (outcome.kind === 'networkError') return { isSent: true, outcome, reached, sentAwakeMs };
		const { response } = outcome;
		const verdict = await verdictOf(response, authorization, call);
		const mayFollow = reached.redirects < call.maxRedirects;
		const next = mayFollow && redirectedRequest(request, response);
		if (!next) {
			const isStuck = call.maxRedirects > 0 && isRedirect(response);
			const kind = mayFollow ? 'redirectsNowhere' : 'tooManyRedirects';
			return {
				isSent: true,
				outcome,
				reached,
				sentAwakeMs,
				...(verdict && { verdict }),
				...(isStuck && { obstacle: { kind } }),
			};
		}
		response.stream?.destroy();
		try {
			checkRedirect?.(next.url);
		} catch (error) {
			throw explain(error, call, next, api);
		}
		redirect = outcome;
		const url = authorization?.cleanUrl?.(next.url) ?? next.url;
		reached = {
			request: { ...next, url },
			origin: new URL(url).origin,
			redirects: reached.redirects + 1,
		};
	}
}

/** @throws {ResultNotFetched} where the response cannot be judged, and sending the call again may do harm. */
async function verdictOf(
	response: HttpResponse,
	authorization: Authorization | undefined,
	{ request, tries }: CallUnderWay,
): Promise<Verdict | undefined> {
	try {
		return await authorization?.verdictOf(response, tries.isReplaced);
	} catch (error) {
		throw isRepeatable(request) ? error : new ResultNotFetched(error);
	}
}

/** What ends the waits for this request. */
export function signalOf(
	{ request, signal }: CallUnderWay,
	current: HttpRequest,
	{ cancelSignal }: Api,
): AbortSignal | undefined {
	return isAnswered(request, current) ? cancelSignal : signal;
}

/** What the call fails with where this was thrown on the way to that request. */
function explain(
	error: unknown,
	{ request }: CallUnderWay,
	current: HttpRequest,
	{ cancelSignal }: Api,
): unknown {
	const isLost = hasHadEffect(request, current) && !cancelSignal?.aborted;
	return isLost ? new ResultNotFetched(error) : error;
}
