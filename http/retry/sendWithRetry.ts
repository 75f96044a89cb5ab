import type { HttpRequest, Outcome } from '../message';
import type { Timing } from '../timing';
import type { Transport } from '../transport/transport';
import { decideRetry, type RetryPolicy } from './decideRetry';

export interface SendOptions {
	transport: Transport;
	retry: RetryPolicy;
	timing: Timing;
	/** The request for another try, where the same one must not be sent twice. */
	again?: () => Promise<HttpRequest>;
}

/**
 * Sends a request that may always be repeated, such as a token request, until it is answered for
 * good. Rejects when `signal` aborts.
 */
export async function sendWithRetry(
	first: HttpRequest,
	{ transport, retry, timing, again }: SendOptions,
	signal?: AbortSignal,
): Promise<Outcome> {
	let request = first;
	for (let failures = 0; ; failures++) {
		const outcome = await transport(request, signal);
		const at = { nowMs: timing.now(), random: timing.random };
		const decision = decideRetry(request, outcome, failures, retry, at, 'always');
		if (decision.action === 'giveUp') return outcome;
		await timing.sleep(decision.waitMs, signal);
		request = (await again?.()) ?? request;
	}
}
