import type { HttpRequest, Outcome } from './message';
import { decideRetry, type RetryPolicy } from './retry';
import type { Timing } from './timing';
import type { Transport } from './transport/transport';

/**
 * Sends a request that may always be repeated, such as a token request, until it is answered for
 * good. Rejects when `signal` aborts.
 */
export async function sendWithRetry(
	request: HttpRequest,
	{ transport, retry, timing }: { transport: Transport; retry: RetryPolicy; timing: Timing },
	signal?: AbortSignal,
): Promise<Outcome> {
	for (let failures = 0; ; failures++) {
		const outcome = await transport(request, signal);
		const at = { nowMs: timing.now(), random: timing.random };
		const decision = decideRetry(request, outcome, failures, retry, at, 'always');
		if (decision.action === 'giveUp') return outcome;
		await timing.sleep(decision.waitMs, signal);
	}
}
