import { decideRetry, isInDoubt } from '../retry/decideRetry';
import { BrokenOff } from '../transport/exchange';
import type { Api, HttpCall } from './api';
import { callApi, triesAfter, type ApiResponse, type FailedCall } from './callApi';
import { ResultNotFetched } from './effect';

export type ReadResult<T> = { kind: 'read'; value: T } | FailedCall;

/**
 * Calls a protected resource, and reads its response, whatever its status. One that comes as a stream
 * may break off while it is read: that is a failed try as any other, and counted with them.
 *
 * Rejects as `callApi` does, and with what `read` throws.
 * @throws {ResultNotFetched} instead, where the call is in doubt.
 */
export async function callAndRead<T>(
	call: HttpCall,
	api: Api,
	read: (response: ApiResponse) => Promise<T>,
	signal?: AbortSignal,
): Promise<ReadResult<T>> {
	const { retry, timing, onRetry } = api;
	let tries = triesAfter(0);
	for (;;) {
		const result = await callApi(call, api, signal, tries);
		if (result.kind !== 'response') return result;
		const { url } = result;
		let broken: BrokenOff;
		try {
			return { kind: 'read', value: await read(result) };
		} catch (error) {
			// One that nobody reads on would hold its connection.
			result.response.stream?.destroy();
			const found = brokenOff(error);
			if (found === undefined) throw result.inDoubt ? new ResultNotFetched(error) : error;
			broken = found;
		}
		const cause = { kind: 'networkError' as const, error: broken.networkError };
		const at = { nowMs: timing.now(), random: timing.random };
		const decision = decideRetry(call.request, cause, tries.failures, retry, at);
		if (decision.action === 'giveUp') {
			return { ...cause, url, inDoubt: isInDoubt(call.request, cause) };
		}
		tries = triesAfter(tries.failures + 1);
		onRetry?.({ cause, waitMs: decision.waitMs });
		await timing.sleep(decision.waitMs, signal);
	}
}

/** n8n's store may wrap what the stream failed with. */
function brokenOff(error: unknown): BrokenOff | undefined {
	if (error instanceof BrokenOff) return error;
	return error instanceof Error && error.cause !== undefined ? brokenOff(error.cause) : undefined;
}
