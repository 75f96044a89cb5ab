import { headerValue, type HttpRequest, type HttpResponse } from './message';

/** What is for the origin of the request only: what identifies the client, and the origin's own name. */
const OF_THE_ORIGIN = new Set(['authorization', 'proxy-authorization', 'cookie', 'dpop', 'host']);
const BODY_HEADER = /^content-/i;

/**
 * The request to send next when the response is a redirect, else `undefined`. Pure. RFC 9110 §15.4.
 *
 * As browsers and the built-in node do, 301 and 302 turn a POST into a GET, 303 turns all but HEAD
 * into a GET, 307 and 308 keep method and body. Nothing that identifies the client goes to another
 * origin.
 */
export function redirectedRequest(
	request: HttpRequest,
	response: HttpResponse,
): HttpRequest | undefined {
	if (response.status === 300 || !isRedirect(response)) return undefined;
	const location = headerValue(response, 'location') ?? '';
	if (!URL.canParse(location, request.url)) return undefined;
	const from = new URL(request.url);
	const to = new URL(location, from);
	if (to.protocol !== 'http:' && to.protocol !== 'https:') return undefined;
	// It would take the place of the authorization.
	to.username = to.password = '';
	// It never travels (RFC 9110 §4.2.5), and what is added to the query would be a part of it.
	to.hash = '';

	const toGet = becomesGet(request.method, response.status);
	const isElsewhere = to.origin !== from.origin;
	const isDropped = (name: string): boolean =>
		(toGet && BODY_HEADER.test(name)) || (isElsewhere && OF_THE_ORIGIN.has(name.toLowerCase()));
	const kept = Object.entries(request.headers).filter(([name]) => !isDropped(name));
	return {
		...request,
		url: to.href,
		headers: Object.fromEntries(kept),
		...(toGet && { method: 'GET', body: undefined }),
	};
}

/** Whether it names another address, or, with 300, several ones to choose from. Pure. RFC 9110 §15.4. */
export function isRedirect(response: HttpResponse): boolean {
	// An empty one would lead to the same address again.
	const hasLocation = !!headerValue(response, 'location')?.trim();
	return hasLocation && [300, 301, 302, 303, 307, 308].includes(response.status);
}

function becomesGet(method: string, status: number): boolean {
	const upper = method.toUpperCase();
	if (status === 303) return upper !== 'HEAD' && upper !== 'GET';
	return (status === 301 || status === 302) && upper === 'POST';
}
