import { decideRetry, type RetryPolicy } from '../retry/decideRetry';
import { readRefusal } from '../retry/refusal';
import type { CallUnderWay, Obstacle, Sent } from './attempt';

/** What is done after a try. */
export type NextStep =
	/** The outcome is the result. */
	| { action: 'end'; obstacle?: Obstacle }
	/** Sent again with what the response told, or with another token. */
	| { action: 'answerChallenge' }
	| { action: 'useReplacement' }
	/** Sent again when the pacer lets it: after a refusal it holds all calls back. */
	| { action: 'queueAgain'; waitMs: number; refusedSinceMs: number }
	| { action: 'backOff'; waitMs: number; refusedSinceMs?: number };

/** What the response told may be out of date already, where many other calls are under way. */
const MAX_CHALLENGES = 20;

export interface StepContext {
	policy: RetryPolicy;
	/** Of the API. Another origin, where a redirect leads, is not paced. */
	origin: string;
	/** The API has not answered any call for longer than the policy accepts. */
	isSilent: boolean;
	/** It has answered some call lately. */
	isAnswering: boolean;
	nowMs: number;
	awakeMs: number;
	random: () => number;
}

/** What to do after a try of the call that ended like this. Pure. */
export function nextStep(
	{ target, tries }: Pick<CallUnderWay, 'target' | 'tries'>,
	{ outcome, reached, verdict, obstacle }: Sent,
	{ policy, origin, isSilent, isAnswering, nowMs, awakeMs, random }: StepContext,
): NextStep {
	if (verdict === 'challenged' && tries.challenges < MAX_CHALLENGES) {
		return { action: 'answerChallenge' };
	}
	if (verdict === 'replaced' && !tries.isReplaced) return { action: 'useReplacement' };
	if (obstacle !== undefined) return { action: 'end', obstacle };
	const refusal = refusalIn({ outcome, reached }, { origin, isAnswering, nowMs });
	// A refused call is late, not failed: it costs no retry, but backs off where no pacer holds it back.
	let { failures } = tries;
	if (refusal === 'rateLimited') failures = 0;
	if (refusal === 'turnedAway') failures = Math.min(failures, Math.max(0, policy.maxRetries - 1));
	const decision = decideRetry(target.request, outcome, failures, policy, { nowMs, random });
	if (decision.action === 'giveUp') {
		const isTooLong = decision.reason === 'pauseTooLong';
		return {
			action: 'end',
			...(isTooLong && { obstacle: { kind: 'pause', pauseMs: decision.waitMs } }),
		};
	}
	const { waitMs } = decision;
	const { refusedSinceMs = awakeMs } = tries;
	const refusedForMs = awakeMs - refusedSinceMs;
	if (refusal !== undefined && refusedForMs > policy.maxRetryAfterMs) {
		return { action: 'end', obstacle: { kind: 'refusal', refusedForMs } };
	}
	if (isSilent) return { action: 'end' };
	if (refusal === 'rateLimited') return { action: 'queueAgain', waitMs, refusedSinceMs };
	return { action: 'backOff', waitMs, ...(refusal && { refusedSinceMs }) };
}

/** How the API said that the call was one too many. Another origin, where a redirect leads, does not count. */
function refusalIn(
	{ outcome, reached }: Pick<Sent, 'outcome' | 'reached'>,
	{ origin, isAnswering, nowMs }: Pick<StepContext, 'origin' | 'isAnswering' | 'nowMs'>,
): 'rateLimited' | 'turnedAway' | undefined {
	if (reached.origin !== origin || outcome.kind !== 'response') return undefined;
	if (readRefusal(outcome.response, nowMs) !== undefined) return 'rateLimited';
	// nginx limits rates so. It may also be one machine of several that fails: nothing for the pacer to learn.
	return outcome.response.status === 503 && isAnswering ? 'turnedAway' : undefined;
}
