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
	| { action: 'backOff'; waitMs: number };

/** What the response told may be out of date already, where many other calls are under way. */
const MAX_CHALLENGES = 20;

export interface StepContext {
	policy: RetryPolicy;
	/** Of the API. Another origin, where a redirect leads, is not paced. */
	origin: string;
	/** The API has not answered any call for longer than the policy accepts. */
	isSilent: boolean;
	nowMs: number;
	awakeMs: number;
	random: () => number;
}

/** What to do after a try of the call that ended like this. Pure. */
export function nextStep(
	{ target, tries }: Pick<CallUnderWay, 'target' | 'tries'>,
	{ outcome, reached, verdict, obstacle }: Sent,
	{ policy, origin, isSilent, nowMs, awakeMs, random }: StepContext,
): NextStep {
	if (verdict === 'challenged' && tries.challenges < MAX_CHALLENGES) {
		return { action: 'answerChallenge' };
	}
	if (verdict === 'replaced' && !tries.isReplaced) return { action: 'useReplacement' };
	if (obstacle !== undefined) return { action: 'end', obstacle };
	const isRateLimited =
		reached.origin === origin &&
		outcome.kind === 'response' &&
		readRefusal(outcome.response, nowMs) !== undefined;
	// A refused call is late, not failed: it costs no retry.
	const failures = isRateLimited ? 0 : tries.failures;
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
	if (isRateLimited && refusedForMs > policy.maxRetryAfterMs) {
		return { action: 'end', obstacle: { kind: 'refusal', refusedForMs } };
	}
	if (isSilent) return { action: 'end' };
	return isRateLimited
		? { action: 'queueAgain', waitMs, refusedSinceMs }
		: { action: 'backOff', waitMs };
}
