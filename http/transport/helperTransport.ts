import { findHeader, type HttpRequest, type ResponseHead, type Stream } from '../message';
import { readBody } from './body';
import { boundedExchange } from './exchange';
import type { Transport } from './transport';

/** The part of n8n's `helpers.httpRequest` options that is used here. */
export interface HelperRequestOptions {
	method: string;
	url: string;
	headers: Record<string, string>;
	body?: HelperBody;
	timeout: number;
	encoding: 'stream';
	disableFollowRedirect: true;
	ignoreHttpStatusErrors: true;
	returnFullResponse: true;
	skipSslCertificateValidation?: boolean;
	proxy?: HelperProxy;
	abortSignal: AbortSignal;
}

type HelperBody = Buffer | string | Stream;

interface HelperProxy {
	protocol: string;
	host: string;
	port: number;
	auth?: { username: string; password: string };
}

/** The part of the options of n8n's older `helpers.request` that is used here. */
export interface OlderRequestOptions {
	method: string;
	uri: string;
	headers: Record<string, string>;
	body?: HelperBody;
	timeout: number;
	useStream: true;
	json: false;
	followRedirect: false;
	simple: false;
	resolveWithFullResponse: true;
	rejectUnauthorized?: false;
	proxy?: string;
}

export interface HelperResponse {
	statusCode: number;
	statusMessage?: string;
	headers: Record<string, string | string[] | undefined>;
	/** A Node stream, or what some helpers make of an empty one. */
	body: unknown;
}

/**
 * The transport over n8n's own HTTP helpers, so that the instance's proxy and network policy hold.
 *
 * @param httpRequest n8n's `helpers.httpRequest`.
 * @param olderRequest n8n's `helpers.request`, for what the other one leaves out: the body of a GET.
 */
export function helperTransport(
	httpRequest: (options: HelperRequestOptions) => Promise<HelperResponse>,
	olderRequest?: (options: OlderRequestOptions) => Promise<HelperResponse>,
): Transport {
	return async (request, callSignal) =>
		await boundedExchange(
			request,
			async ({ signal, holdFor }) => {
				const { body, ...response } =
					olderRequest && request.method === 'GET' && request.body !== undefined
						? await unlessAborted(toOlderOptions(request).then(olderRequest), signal)
						: await httpRequest(await toOptions(request, signal));
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

async function toOptions(
	request: HttpRequest,
	abortSignal: AbortSignal,
): Promise<HelperRequestOptions> {
	const { method, url, timeoutMs, ignoreSslIssues, proxy } = request;
	return {
		method,
		url,
		...(await toContent(request)),
		timeout: timeoutMs,
		// Read here, so that a limit, the time and a cancelled run end it wherever it is.
		encoding: 'stream',
		disableFollowRedirect: true,
		ignoreHttpStatusErrors: true,
		returnFullResponse: true,
		...(ignoreSslIssues && { skipSslCertificateValidation: true }),
		...(proxy !== undefined && { proxy: toProxy(new URL(proxy)) }),
		abortSignal,
	};
}

async function toOlderOptions(request: HttpRequest): Promise<OlderRequestOptions> {
	const { method, url, timeoutMs, ignoreSslIssues, proxy } = request;
	return {
		method,
		uri: url,
		...(await toContent(request)),
		timeout: timeoutMs,
		useStream: true,
		json: false,
		followRedirect: false,
		simple: false,
		resolveWithFullResponse: true,
		...(ignoreSslIssues && { rejectUnauthorized: false }),
		...(proxy !== undefined && { proxy }),
	};
}

/** Headers and body as the helpers take them. */
async function toContent({
	headers,
	body,
}: HttpRequest): Promise<{ headers: Record<string, string>; body?: HelperBody }> {
	if (body === undefined) return { headers };
	if (Buffer.isBuffer(body)) return { headers, body: helperBody(headers, body) };
	const length = body.lengthBytes;
	return {
		headers: length === undefined ? headers : { ...headers, 'content-length': String(length) },
		body: await body.open(),
	};
}

/** The helper reads form data through `URLSearchParams`, which takes text but no bytes. */
function helperBody(headers: Record<string, string>, body: Buffer): Buffer | string {
	const contentType = findHeader(headers, 'content-type');
	const isForm = contentType && headers[contentType] === 'application/x-www-form-urlencoded';
	return isForm ? body.toString() : body;
}

function toProxy({ protocol, hostname, port, username, password }: URL): HelperProxy {
	const name = protocol.slice(0, -1);
	return {
		protocol: name,
		host: hostname,
		port: Number(port || (name === 'https' ? 443 : 80)),
		...(username !== '' && {
			auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) },
		}),
	};
}

/** The older helper knows no signal: whoever waits for it goes, and it ends by its timeout. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
	return await new Promise((resolve, reject) => {
		const stop = (): void => reject(new Error('The exchange has ended'));
		signal.addEventListener('abort', stop, { once: true });
		promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
	});
}

function toHead(response: Omit<HelperResponse, 'body'>): ResponseHead {
	const headers: ResponseHead['headers'] = {};
	for (const [name, value] of Object.entries(response.headers)) {
		if (value !== undefined) headers[name.toLowerCase()] = value;
	}
	return { status: response.statusCode, statusText: response.statusMessage ?? '', headers };
}
