import { findHeader, type HttpRequest, type HttpResponse } from '../message';
import type { Timing } from '../timing';
import { readBody } from './body';
import { boundedExchange } from './exchange';
import type { Transport } from './transport';

/**
 * The transport over the runtime's `fetch`, whose pool keeps connections open: no handshake for each
 * call. It knows nothing of n8n's proxy and network policy, of client certificates, or of servers
 * whose certificate cannot be verified.
 */
export function fetchTransport(timing: Pick<Timing, 'sleep'>): Transport {
	return async (request, callSignal) =>
		await boundedExchange(
			request,
			async ({ signal }) => {
				const init = await toInit(request, signal);
				const response = await fetch(request.url, init).catch(throwCause);
				const body = await readBody(response.body, request.maxBodyBytes, signal);
				// The pool takes a connection back one turn of the event loop after the response: who
				// asks earlier is given a new one.
				await timing.sleep(0, signal);
				return {
					status: response.status,
					statusText: response.statusText,
					headers: toHeaders(response.headers),
					body,
				};
			},
			callSignal,
		);
}

/** "fetch failed" says nothing; what failed is its cause. */
function throwCause(error: unknown): never {
	throw error instanceof Error && error.cause instanceof Error ? error.cause : error;
}

async function toInit(
	{ method, headers, body }: HttpRequest,
	signal: AbortSignal,
): Promise<RequestInit> {
	const bytes =
		body === undefined || Buffer.isBuffer(body)
			? body
			: await readBody(await body.open(), undefined, signal);
	return {
		method,
		// What n8n's helper sends; fetch would name itself.
		headers:
			findHeader(headers, 'user-agent') === undefined
				? { ...headers, 'user-agent': 'n8n' }
				: headers,
		...(bytes && { body: bytes }),
		redirect: 'manual',
		signal,
	};
}

function toHeaders(headers: Headers): HttpResponse['headers'] {
	const cookies = headers.getSetCookie();
	return {
		...Object.fromEntries(headers),
		...(cookies.length > 0 && { 'set-cookie': cookies }),
	};
}
