import {
	findHeader,
	type HttpRequest,
	type HttpResponse,
	type NetworkError,
	type Outcome,
} from './message';
import type { Timing } from './timing';

/**
 * Sends one request and follows nothing. Rejects only when `signal` aborts; whatever else goes
 * wrong is an outcome.
 */
export type Transport = (request: HttpRequest, signal?: AbortSignal) => Promise<Outcome>;

/** The part of n8n's `helpers.httpRequest` options that is used here. */
export interface HelperRequestOptions {
	method: string;
	url: string;
	headers: Record<string, string>;
	body?: Buffer | string;
	timeout: number;
	encoding: 'arraybuffer' | 'stream';
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
	body: unknown;
}

/**
 * The transport over n8n's own HTTP helper, so that the instance's proxy and network policy hold.
 *
 * @param httpRequest n8n's `helpers.httpRequest`.
 */
export function helperTransport(
	httpRequest: (options: HelperRequestOptions) => Promise<HelperResponse>,
	{ sleep }: Pick<Timing, 'sleep'>,
): Transport {
	return async (request, signal) => {
		signal?.throwIfAborted();
		// The helper's own timeout ends with the response's head; this one covers its body too.
		const exchange = new AbortController();
		const cancel = (): void => exchange.abort();
		signal?.addEventListener('abort', cancel, { once: true });
		const deadline = startDeadline(request.timeoutMs, sleep, cancel);
		try {
			const response = await httpRequest({
				method: request.method,
				url: request.url,
				headers: request.headers,
				...(request.body && { body: helperBody(request, request.body) }),
				timeout: request.timeoutMs,
				encoding: request.maxBodyBytes === undefined ? 'arraybuffer' : 'stream',
				disableFollowRedirect: true,
				ignoreHttpStatusErrors: true,
				returnFullResponse: true,
				...(request.ignoreSslIssues && { skipSslCertificateValidation: true }),
				abortSignal: exchange.signal,
			});
			const body = await readBody(response.body, request.maxBodyBytes, exchange.signal);
			return { kind: 'response', response: toResponse(response, body) };
		} catch (error) {
			signal?.throwIfAborted();
			return { kind: 'networkError', error: toNetworkError(error, deadline.passed(), request) };
		} finally {
			deadline.stop();
			signal?.removeEventListener('abort', cancel);
		}
	};
}

/** The helper reads form data through `URLSearchParams`, which takes text but no bytes. */
function helperBody({ headers }: HttpRequest, body: Buffer): Buffer | string {
	const contentType = findHeader(headers, 'content-type');
	const isForm = contentType && headers[contentType] === 'application/x-www-form-urlencoded';
	return isForm ? body.toString() : body;
}

function startDeadline(
	ms: number,
	sleep: Timing['sleep'],
	onPassed: () => void,
): { passed(): boolean; stop(): void } {
	const timer = new AbortController();
	let passed = false;
	sleep(ms, timer.signal).then(
		() => {
			passed = true;
			onPassed();
		},
		() => undefined,
	);
	return { passed: () => passed, stop: () => timer.abort() };
}

function toResponse(response: HelperResponse, body: Buffer): HttpResponse {
	const headers: HttpResponse['headers'] = {};
	for (const [name, value] of Object.entries(response.headers)) {
		if (value !== undefined) headers[name.toLowerCase()] = value;
	}
	return {
		status: response.statusCode,
		statusText: response.statusMessage ?? '',
		headers,
		body,
	};
}

class BodyTooLarge extends Error {
	readonly code = 'BODY_TOO_LARGE';
}

async function readBody(
	body: unknown,
	maxBytes: number | undefined,
	signal: AbortSignal,
): Promise<Buffer> {
	if (body === undefined || body === null) return Buffer.alloc(0);
	if (Buffer.isBuffer(body)) return body;
	if (typeof body === 'string') return Buffer.from(body);
	if (body instanceof ArrayBuffer) return Buffer.from(body);
	if (!isStream(body)) throw new TypeError('The HTTP helper returned an unknown kind of body');
	const stop = (): void => body.destroy();
	signal.addEventListener('abort', stop, { once: true });
	try {
		const chunks: Buffer[] = [];
		let length = 0;
		for await (const chunk of body) {
			length += chunk.length;
			if (maxBytes !== undefined && length > maxBytes) {
				throw new BodyTooLarge(`The response is larger than ${maxBytes} bytes`);
			}
			chunks.push(chunk);
		}
		// A destroyed stream may end without an error: what was read is not the whole response.
		signal.throwIfAborted();
		return Buffer.concat(chunks);
	} finally {
		signal.removeEventListener('abort', stop);
		body.destroy();
	}
}

interface ByteStream extends AsyncIterable<Buffer> {
	destroy(): void;
}

function isStream(body: unknown): body is ByteStream {
	return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

function toNetworkError(error: unknown, timedOut: boolean, request: HttpRequest): NetworkError {
	const code = timedOut ? 'TIMEOUT' : errorCode(error);
	if (code === 'TIMEOUT' || code === 'ECONNABORTED') {
		return { code: 'TIMEOUT', message: `No complete response within ${request.timeoutMs} ms` };
	}
	return { code, message: error instanceof Error ? error.message : String(error) };
}

/** n8n and axios wrap the error of the socket; its code is the one that tells. */
function errorCode(error: unknown): string {
	for (let current = error, depth = 0; isObject(current) && depth < 5; depth++) {
		if (typeof current.code === 'string' && current.code !== '') return current.code;
		current = current.cause;
	}
	return error instanceof Error && error.name !== 'Error' ? error.name : 'UNKNOWN';
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}
