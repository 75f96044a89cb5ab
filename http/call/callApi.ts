import { isSuccess, type HttpResponse, type NetworkError, type Outcome } from '../message';
import type { Turn, Withheld } from '../pacing/pacer';
import type { Ticket } from '../pacing/stubborn';
import { isInDoubt } from '../retry/decideRetry';
import type { Api, HttpCall } from './api';
import {
	attempt,
	signalOf,
	type CallUnderWay,
	type Obstacle,
	type Sent,
	type Tries,
} from './attempt';
import { hasHadEffect, isAnswered } from './effect';
import { nextStep } from './nextStep';

export type CallResult = ApiResponse | FailedCall;

/** The API has answered. */
export interface ApiResponse {
	kind: 'response';
	response: HttpResponse;
	url: string;
	/** It refuses the authorization, whatever the status. */
	isUnauthorized: boolean;
	/** Why the call ends with this response, although it is not a final answer. */
	obstacle?: Obstacle;
	/** The API may have acted on the request, and sending it again may do harm. */
	inDoubt: boolean;
}

export type FailedCall = NoResponse | NotSent;

export interface NoResponse {
	kind: 'networkError';
	error: NetworkError;
	url: string;
	inDoubt: boolean;
}

export interface NotSent {
	kind: 'notSent';
	/** Silence: no call has been answered for longer than the policy accepts. */
	obstacle: Withheld | { kind: 'silence'; silentForMs: number };
	/** An earlier try was sent, and has had an effect. */
	inDoubt: boolean;
}

/** Before the first try, or after so many that have failed. */
export function triesAfter(failures: number): Tries {
	return { failures, challenges: 0, isReplaced: false, refusedSinceMs: undefined };
}

/**
 * Calls a protected resource until it answers for good: paced, authorized, redirected, renewed once
 * on a refused token, and retried by the policy.
 *
 * Rejects as `attempt` does. Any response, error status or not, is a result.
 *
 * @param tries where the count of its tries begins, and is kept.
 */
export async function callApi(
	{ request, maxRedirects }: HttpCall,
	api: Api,
	signal?: AbortSignal,
	tries: Tries = triesAfter(0),
): Promise<CallResult> {
	const { origin, silence, retry: policy, timing } = api;
	const call: CallUnderWay = {
		request,
		maxRedirects,
		signal,
		takeTurn: turnsOf(api),
		target: { request, origin, redirects: 0 },
		tries,
	};
	let refusal: Sent | undefined;
	for (;;) {
		const silentForMs = silence.tooLongMs(policy);
		if (silentForMs !== undefined) return notSent(call, { kind: 'silence', silentForMs });
		const ended = await attempt(call, api);
		if (!ended.isSent) {
			// What the API said tells more than that it was not asked again.
			return refusal ? toResult(call, refusal, ended.obstacle) : notSent(call, ended.obstacle);
		}

		const { outcome, reached, sentAwakeMs } = ended;
		const awakeMs = timing.awakeMs();
		if (reached.origin === origin) {
			silence.observe(outcome, { sentAwakeMs, endedAwakeMs: awakeMs });
		}
		if (isAnswered(request, reached.request)) call.target = reached;
		const step = nextStep(call, ended, {
			policy,
			origin,
			isSilent: silence.tooLongMs(policy) !== undefined,
			isAnswering: silence.isAnsweringAt(awakeMs),
			nowMs: timing.now(),
			awakeMs,
			random: timing.random,
		});
		refusal = step.action === 'queueAgain' ? ended : undefined;
		switch (step.action) {
			case 'end':
				return toResult(call, ended, step.obstacle);
			case 'answerChallenge':
				tries.challenges++;
				break;
			case 'useReplacement':
				tries.isReplaced = true;
				break;
			case 'queueAgain':
				tries.refusedSinceMs = step.refusedSinceMs;
				api.onRetry?.({ cause: outcome, waitMs: step.waitMs });
				break;
			case 'backOff':
				tries.failures++;
				tries.refusedSinceMs = step.refusedSinceMs;
				api.onRetry?.({ cause: outcome, waitMs: step.waitMs });
				await timing.sleep(step.waitMs, signalOf(call, call.target.request, api));
				break;
		}
	}
}

/** The turns of one call: it keeps its place in the queue. */
function turnsOf({ pacer, retry, limit }: Api): CallUnderWay['takeTurn'] {
	const maxPauseMs = retry.maxRetryAfterMs;
	let ticket: Ticket | undefined;
	return async (signal): Promise<Turn> => {
		const turn = await pacer.turn({ maxPauseMs, ticket, limit, signal });
		if (turn.go) ticket = turn.ticket;
		return turn;
	};
}

function notSent({ request, target }: CallUnderWay, obstacle: NotSent['obstacle']): NotSent {
	return { kind: 'notSent', obstacle, inDoubt: hasHadEffect(request, target.request) };
}

function toResult(
	{ request, target }: CallUnderWay,
	{ outcome, reached, verdict }: Sent,
	obstacle: Obstacle | undefined,
): ApiResponse | NoResponse {
	const { url } = reached.request;
	const mayHaveActed = hasHadEffect(request, target.request) || isInDoubt(request, outcome);
	const inDoubt = mayHaveActed && !isSuccessful(outcome);
	if (outcome.kind === 'networkError') return { ...outcome, url, inDoubt };
	const isUnauthorized = verdict === 'replaced' || verdict === 'refused';
	return { ...outcome, url, isUnauthorized, ...(obstacle && { obstacle }), inDoubt };
}

function isSuccessful(outcome: Outcome): boolean {
	return outcome.kind === 'response' && isSuccess(outcome.response.status);
}
