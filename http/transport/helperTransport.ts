import { findHeader, type HttpRequest, type ResponseHead, type Stream } from '../message';
import { readBody } from './body';
import { boundedExchange } from './exchange';
import type { Transport } from './transport';

/** The part of n8n's `helpers.httpRequest` options that is used here. */
export interface HelperRequestOptions {
	method: string;
	url: string;
	headers: Record<string, string>;
	body?: Buffer | string;
	timeout: number;
	encoding: 'stream';
	disableFollowRedirect: true;
	ignoreHttpStatusErrors: true;
	returnFullResponse: true;
	skipSslCertificateValidation?: boolean;
	abortSignal: AbortSignal;
}

export interface HelperResponse {
	statusCode: number;
	statusMessage?: string;
	headers: Record<string, string | string[] | undefined>;
	/** A Node stream, or what some helpers make of an empty one. */
	body: unknown;
}

/**
 * The transport over n8n's own HTTP helper, so that the instance's proxy and network policy hold.
 *
 * @param httpRequest n8n's `helpers.httpRequest`.
 */
export function helperTransport(
	httpRequest: (options: HelperRequestOptions) => Promise<HelperResponse>,
): Transport {
	return async (request, callSignal) =>
		await boundedExchange(
			request,
			async ({ signal, holdFor }) => {
				const { body, ...response } = await httpRequest(toOptions(request, signal));
				const head = toHead(response);
				if (request.wantsStream?.(head) && isReadable(body)) {
					signal.addEventListener('abort', () => body.destroy(), { once: true });
					holdFor(body);
					return { ...head, body: Buffer.alloc(0), stream: body };
				}
				return { ...head, body: await readBody(body, request.maxBodyBytes, signal) };
			},
			callSignal,
		);
}

function isReadable(body: unknown): body is Stream {
	return typeof body === 'object' && body !== null && 'once' in body && 'destroy' in body;
}

function toOptions(request: HttpRequest, abortSignal: AbortSignal): HelperRequestOptions {
	const { method, url, headers, body, timeoutMs, ignoreSslIssues } = request;
	return {
		method,
		url,
		headers,
		...(body && { body: helperBody(headers, body) }),
		timeout: timeoutMs,
		// Read here, so that a limit, the time and a cancelled run end it wherever it is.
		encoding: 'stream',
		disableFollowRedirect: true,
		ignoreHttpStatusErrors: true,
		returnFullResponse: true,
		...(ignoreSslIssues && { skipSslCertificateValidation: true }),
		abortSignal,
	};
}

/** The helper reads form data through `URLSearchParams`, which takes text but no bytes. */
function helperBody(headers: Record<string, string>, body: Buffer): Buffer | string {
	const contentType = findHeader(headers, 'content-type');
	const isForm = contentType && headers[contentType] === 'application/x-www-form-urlencoded';
	return isForm ? body.toString() : body;
}

function toHead(response: Omit<HelperResponse, 'body'>): ResponseHead {
	const headers: ResponseHead['headers'] = {};
	for (const [name, value] of Object.entries(response.headers)) {
		if (value !== undefined) headers[name.toLowerCase()] = value;
	}
	return { status: response.statusCode, statusText: response.statusMessage ?? '', headers };
}
