import type { HttpRequest, Outcome } from '../http/message';
import type { RetryPolicy } from '../http/retry/decideRetry';
import { retryAfterMs } from '../http/retry/retryAfter';
import { sendWithRetry } from '../http/retry/sendWithRetry';
import type { Timing } from '../http/timing';
import type { Transport } from '../http/transport/transport';
import type { ClientCredentials } from '../oauth/client/clientCredentials';
import type { TokenRequest, TokenRequestSender } from '../oauth/server/tokenRequest';
import { serverTls } from '../oauth/token/tls';

const TOKEN_TIMEOUT_MS = 30_000;
const MAX_TOKEN_RESPONSE_BYTES = 1024 * 1024;

/** Sends token requests with retries: asking twice for a token is always safe. */
export function tokenRequestSender(
	transport: Transport,
	client: ClientCredentials,
	retry: RetryPolicy,
	timing: Timing,
): TokenRequestSender {
	const tls = serverTls(client.tls);
	const toHttpRequest = ({ method, url, headers, body }: TokenRequest): HttpRequest => ({
		method,
		url,
		headers,
		...(body !== undefined && { body: Buffer.from(body) }),
		timeoutMs: TOKEN_TIMEOUT_MS,
		isTimedAsWhole: true,
		ignoreSslIssues: client.ignoreSslIssues,
		...(tls && { tls }),
		maxBodyBytes: MAX_TOKEN_RESPONSE_BYTES,
	});
	return async (request, signal) => {
		const again = async (): Promise<HttpRequest> =>
			toHttpRequest((await request.again?.()) ?? request);
		let sentAtMs = timing.now();
		const noting: Transport = async (httpRequest, callSignal) => {
			sentAtMs = timing.now();
			return await transport(httpRequest, callSignal);
		};
		const options = { transport: noting, retry, timing, again };
		const outcome = await sendWithRetry(toHttpRequest(request), options, signal);
		return toTokenOutcome(outcome, sentAtMs, timing.now());
	};
}

function toTokenOutcome(
	outcome: Outcome,
	sentAtMs: number,
	nowMs: number,
): Awaited<ReturnType<TokenRequestSender>> {
	if (outcome.kind === 'networkError') return { kind: 'failed', ...outcome.error };
	const { status, headers, body } = outcome.response;
	const waitMs = retryAfterMs(outcome.response, nowMs);
	const { location, date, 'dpop-nonce': dpopNonce } = headers;
	return {
		kind: 'response',
		response: {
			status,
			body,
			sentAtMs,
			...(typeof location === 'string' && { location }),
			...(waitMs !== undefined && { retryAtMs: nowMs + waitMs }),
			...(typeof date === 'string' && { date }),
			...(typeof dpopNonce === 'string' && { dpopNonce }),
		},
	};
}
