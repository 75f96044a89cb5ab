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
				checkHost(request);
				const response = await fetch(request.url, toInit(request, exchange)).catch(
					(error: unknown) => throwCause(error, request),
				);
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
function throwCause(error: unknown, request: HttpRequest): never {
	const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
	const refused = cause instanceof Error ? refusedIn(cause.message, request) : undefined;
	throw refused === undefined ? cause : new TypeError(refused);
}

/** What `fetch` does not let through, by its words, before anything is sent: ports of other protocols, and headers of the connection. */
function refusedIn(message: string, { url, headers }: HttpRequest): string | undefined {
	if (message === 'bad port') return `Port ${new URL(url).port} cannot be called`;
	const [, name] = /^(?:invalid )?([\w-]+) header(?: not supported)?$/.exec(message) ?? [];
	const own = name && findHeader(headers, name);
	return own && cannotBeSent(own);
}

/** `fetch` would leave it out and say nothing: the call would reach another site of the same server. */
function checkHost({ url, headers }: HttpRequest): void {
	const name = findHeader(headers, 'host');
	if (name && headers[name] !== new URL(url).host) throw new TypeError(cannotBeSent(name));
}

function cannotBeSent(header: string): string {
	return `The header "${header}" cannot be sent`;
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
