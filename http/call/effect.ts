import type { HttpRequest } from '../message';
import { isRepeatable } from '../retry/decideRetry';

/** Why the result of a call was not fetched that the API has acted on. */
export class ResultNotFetched extends Error {
	override readonly name = 'ResultNotFetched';

	constructor(cause: unknown) {
		super('The API has acted on the call, but the result was not fetched', { cause });
	}
}

/**
 * Whether only the result of a call is missing when redirects have led it to this request: a POST
 * that was answered with the address of its result has been delivered.
 */
export function isAnswered(call: HttpRequest, current: HttpRequest): boolean {
	return current.method !== call.method;
}

/** Whether only the result is missing, and sending the call again may do harm. */
export function hasHadEffect(call: HttpRequest, current: HttpRequest): boolean {
	return isAnswered(call, current) && !isRepeatable(call);
}
