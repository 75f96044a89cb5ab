import type { HttpRequest, HttpResponse, TlsOptions } from '../message';

/** What makes a request acceptable to the protected resource. Knows nothing of retries. */
export interface Authorizer {
	/** @throws whatever says that no authorization is to be had: the call then fails with it. */
	authorize(request: HttpRequest, signal?: AbortSignal): Promise<Authorization>;
}

export interface Authorization {
	/** Added to the request's own, in place of those of the same name. */
	headers: Record<string, string>;
	/** In place of the request's own, where the authorization is a part of its query or body. */
	url?: string;
	body?: Buffer;
	/** Takes the authorization out of a URL that the API sends back. */
	cleanUrl?: (url: string) => string;
	/** The connection that the headers are good for: a token may be bound to a certificate. */
	tls?: TlsOptions;
	/** Learns from the response to the request. `wasReplaced`: the same call was refused before, with another one. */
	verdictOf(response: HttpResponse, wasReplaced: boolean): Promise<Verdict>;
}

/** How the API took an authorization. */
export type Verdict =
	/** It says nothing against it. */
	| 'accepted'
	/** It lacked what the response tells: made anew, it may do. */
	| 'challenged'
	/** It was refused, whatever the status, and there is another one. */
	| 'replaced'
	/** It was refused, whatever the status, and there is no better one. */
	| 'refused';

export function authorized(
	request: HttpRequest,
	authorization: Authorization | undefined,
): HttpRequest {
	if (authorization === undefined) return request;
	const { headers, url = request.url, body = request.body, tls } = authorization;
	const taken = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
	const own = Object.entries(request.headers).filter(([name]) => !taken.has(name.toLowerCase()));
	return {
		...request,
		url,
		headers: { ...Object.fromEntries(own), ...headers },
		...(body && { body }),
		...(tls && { tls }),
	};
}
