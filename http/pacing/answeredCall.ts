import type { HttpResponse } from '../message';
import { readRefusal } from '../retry/refusal';
import type { TravelTime } from './travelTime';

/**
 * What became of a call that was answered. Refused: 429, or another status that says so (`readRefusal`), or nginx's 503. Passed:
 * anything else. Accepted: passed, and answered by the API itself rather than by something in front of
 * it, where its limit may not have been asked.
 */
export type AnsweredCall = PassedCall | RefusedCall;

export interface PassedCall extends EndedCall {
	isPassed: true;
	isAccepted: boolean;
}

export interface RefusedCall extends EndedCall {
	isPassed: false;
	isAccepted: false;
	/** The pause that the API asked for, if it did. */
	toldMs?: number;
}

interface EndedCall {
	sentAtMs: number;
	/** When the call reached the API at the latest. */
	arrivedMs: number;
	/** When its answer was there. */
	nowMs: number;
	/** Calls that are still under way. */
	inFlight: number;
}

/** @param travel learns from calls that were accepted: a refusal takes the API no time. */
export function toAnsweredCall(
	response: HttpResponse,
	{ sentAtMs, nowMs, inFlight }: Omit<EndedCall, 'arrivedMs'>,
	travel: TravelTime,
): AnsweredCall {
	const refusal = readRefusal(response, nowMs) ?? (isOfNginx(response) ? {} : undefined);
	const isAccepted = refusal === undefined && isAnswerOfTheApi(response.status);
	if (isAccepted) travel.observe(sentAtMs, nowMs);
	const ended = { sentAtMs, arrivedMs: travel.arrivedMs(sentAtMs, nowMs), nowMs, inFlight };
	if (refusal) return { ...ended, isPassed: false, isAccepted: false, ...refusal };
	return { ...ended, isPassed: true, isAccepted };
}

/**
 * nginx refuses calls beyond `limit_req` and `limit_conn` with 503, unless set otherwise, and a page of its own. A server behind it that
 * does not answer is a 502 or 504.
 */
function isOfNginx({ status, body }: HttpResponse): boolean {
	return status === 503 && body.toString('latin1', 0, PAGE_LENGTH).includes('<center>nginx');
}

const PAGE_LENGTH = 400;

function isAnswerOfTheApi(status: number): boolean {
	return status < 500 && ![401, 403, 407, 408].includes(status);
}
