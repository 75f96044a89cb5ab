import { findHeader, type HttpRequest, type HttpResponse } from '../message';
import type { Timing } from '../timing';
import { readBody, withLength } from './body';
import { boundedExchange, type Exchange } from './exchange';
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
			async (exchange) => {
				const response = await fetch(request.url, toInit(request, exchange)).catch(throwCause);
				exchange.onProgress();
				const head = {
					status: response.status,
					statusText: response.statusText,
					headers: toHeaders(response.headers),
				};
				if (response.body !== null && request.wantsStream?.(head)) {
					return { ...head, body: Buffer.alloc(0), stream: exchange.handOn(response.body) };
				}
				const body = await readBody(response.body, request.maxBodyBytes, exchange);
				// The pool takes a connection back one turn of the event loop after the response: who
				// asks earlier is given a new one.
				await timing.sleep(0, exchange.signal);
				return { ...head, body };
			},
			callSignal,
		);
}

/** "fetch failed" says nothing; what failed is its cause. */
function throwCause(error: unknown): never {
	throw error instanceof Error && error.cause instanceof Error ? error.cause : error;
}

function toInit(
	{ method, headers, body }: HttpRequest,
	{ signal, openBody }: Exchange,
): RequestInit {
	return {
		method,
		...toContent(headers, body, openBody),
		redirect: 'manual',
		signal,
	};
}

function toContent(
	own: HttpRequest['headers'],
	body: HttpRequest['body'],
	openBody: Exchange['openBody'],
): RequestInit {
	// What n8n's helper sends; fetch would name itself.
	const headers =
		findHeader(own, 'user-agent') === undefined ? { ...own, 'user-agent': 'n8n' } : own;
	if (body === undefined || Buffer.isBuffer(body)) return { headers, ...(body && { body }) };
	return { headers: withLength(headers, body), body: openBody(body), duplex: 'half' };
}

function toHeaders(headers: Headers): HttpResponse['headers'] {
	const cookies = headers.getSetCookie();
	return {
		...Object.fromEntries(
			Array.from(headers, ([name, value]) => [
				name,
				SINGLE.has(name) ? firstOf(name, value) : value,
			]),
		),
		...(cookies.length > 0 && { 'set-cookie': cookies }),
	};
}

/** What has one value (RFC 9110 §5.3). Of several, Node's parser keeps the first, and fetch joins them. */
const SINGLE = new Set([
	...['age', 'content-length', 'content-type', 'etag', 'expires', 'last-modified'],
	...['location', 'retry-after', 'server'],
]);

/** Where the second of two that differ begins: elsewhere a comma may be a part of the value. */
const NEXT: Record<string, RegExp> = {
	'content-type': /, (?=[\w.+-]+\/[\w.+-]+ *(?:;|$))/,
	'retry-after': /, (?=\d+$)/,
};

function firstOf(name: string, value: string): string {
	const next = NEXT[name];
	const [first = value] = next === undefined ? [value] : value.split(next);
	return first.replace(/^(.+?)(?:, \1)+$/s, '$1');
}
