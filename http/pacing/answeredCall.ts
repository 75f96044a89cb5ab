import type { HttpResponse } from '../message';
import { readRefusal } from '../retry/refusal';

/**
 * What became of a call that was answered. Refused: 429, or another status with a time (`readRefusal`). Passed:
 * anything else. Accepted: passed, and answered by the API itself rather than by something in front of
 * it, where its limit may not have been asked.
 */
export type AnsweredCall = PassedCall | RefusedCall;

export interface PassedCall extends CallTimes {
	isPassed: true;
	isAccepted: boolean;
}

export interface RefusedCall extends CallTimes {
	isPassed: false;
	isAccepted: false;
	/** The pause that the API asked for, if it did. */
	toldMs?: number;
	/** Calls that are still under way. */
	inFlight: number;
}

export interface CallTimes {
	sentAtMs: number;
	/** When the call reached the API at the latest. */
	arrivedMs: number;
	/** When its answer was there. */
	nowMs: number;
}

export function toAnsweredCall(
	response: HttpResponse,
	times: CallTimes,
	inFlight: number,
): AnsweredCall {
	const refusal = readRefusal(response, times.nowMs);
	if (refusal) return { ...times, isPassed: false, isAccepted: false, ...refusal, inFlight };
	return { ...times, isPassed: true, isAccepted: isAnswerOfTheApi(response.status) };
}

function isAnswerOfTheApi(status: number): boolean {
	return status < 500 && ![401, 403, 407, 408].includes(status);
}
