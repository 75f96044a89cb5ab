import {
	findHeader,
	type HttpRequest,
	type ResponseHead,
	type Stream,
	type TlsOptions,
} from '../message';
import { isNodeStream, readBody, withLength } from './body';
import { boundedExchange, type Exchange } from './exchange';
import type { Transport } from './transport';

const LATER_MS = 1_000;

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
	agentOptions?: TlsOptions;
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
	agentOptions?: TlsOptions;
	proxy?: string;
}

export interface HelperResponse {
	statusCode: number;
	statusMessage?: string;
	headers: Record<string, string | string[] | undefined>;
	/** A Node stream, or what some helpers make of an empty one. */
	body: unknown;
}

/** As much of n8n's `helpers` as is used here. */
export type HttpHelpers =
	| { httpRequest: Helper<HelperRequestOptions>; request?: Helper<OlderRequestOptions> }
	| { httpRequest?: undefined; request: Helper<OlderRequestOptions> };

type Helper<Options> = (options: Options) => Promise<unknown>;

/**
 * The transport over n8n's own HTTP helpers, so that the instance's proxy and network policy hold.
 *
 * The older one, `request`, is for what `httpRequest` leaves out: the body of a GET, and client
 * certificates, which it takes since n8n 2.41 only. To a credential test n8n gives no other.
 */
export function helperTransport({ httpRequest, request: olderRequest }: HttpHelpers): Transport {
	const ask = async (request: HttpRequest, exchange: Exchange): Promise<unknown> => {
		const content = toContent(request, exchange);
		if (httpRequest === undefined || (olderRequest !== undefined && needsOlder(request))) {
			const options = Promise.resolve(toOlderOptions(request, content));
			return await unlessAborted(options.then(olderRequest), exchange.signal);
		}
		return await httpRequest(toOptions(request, content, exchange.signal));
	};
	return async (request, callSignal) =>
		await boundedExchange(
			request,
			async (exchange) => {
				const { body, ...response } = (await ask(request, exchange)) as HelperResponse;
				exchange.onProgress();
				const head = toHead(response);
				if (request.wantsStream?.(head) && isNodeStream(body)) {
					exchange.signal.addEventListener('abort', () => body.destroy(), { once: true });
					return { ...head, body: Buffer.alloc(0), stream: exchange.handOn(body) };
				}
				return { ...head, body: await readBody(body, request.maxBodyBytes, exchange) };
			},
			callSignal,
		);
}

function needsOlder({ method, body, tls }: HttpRequest): boolean {
	return tls !== undefined || (method === 'GET' && body !== undefined);
}

function toOptions(
	request: HttpRequest,
	content: Content,
	abortSignal: AbortSignal,
): HelperRequestOptions {
	const { method, url, timeoutMs, ignoreSslIssues, proxy, tls } = request;
	return {
		method,
		url,
		...content,
		// Behind ours: its own leaves the connection open.
		timeout: timeoutMs + LATER_MS,
		// Read here, so that a limit, the time and a cancelled run end it wherever it is.
		encoding: 'stream',
		disableFollowRedirect: true,
		ignoreHttpStatusErrors: true,
		returnFullResponse: true,
		...(ignoreSslIssues && { skipSslCertificateValidation: true }),
		...(proxy !== undefined && { proxy: toProxy(new URL(proxy)) }),
		...(tls && { agentOptions: tls }),
		abortSignal,
	};
}

function toOlderOptions(request: HttpRequest, { headers, body }: Content): OlderRequestOptions {
	const { method, url, timeoutMs, ignoreSslIssues, proxy, tls } = request;
	return {
		method,
		uri: url,
		headers: olderHeaders(headers),
		...(body !== undefined && { body }),
		timeout: timeoutMs,
		useStream: true,
		json: false,
		followRedirect: false,
		simple: false,
		resolveWithFullResponse: true,
		...(ignoreSslIssues && { rejectUnauthorized: false }),
		...(tls && { agentOptions: tls }),
		...(proxy !== undefined && { proxy }),
	};
}

function olderHeaders(headers: Record<string, string>): Record<string, string> {
	const contentType = findHeader(headers, 'content-type');
	return {
		// What the other helper sends; this one would name its library.
		...(findHeader(headers, 'user-agent') === undefined && { 'user-agent': 'n8n' }),
		...headers,
		// It makes a form of its own of what it recognizes as one. Case means nothing, RFC 9110 §8.3.1.
		...(contentType && {
			[contentType]: headers[contentType]?.replace(/^multipart\//, 'Multipart/') ?? '',
		}),
	};
}

/** Headers and body as the helpers take them. */
interface Content {
	headers: Record<string, string>;
	body?: HelperBody;
}

function toContent({ headers, body }: HttpRequest, { openBody }: Exchange): Content {
	if (body === undefined) return { headers };
	if (Buffer.isBuffer(body)) return { headers, body: helperBody(headers, body) };
	return { headers: withLength(headers, body), body: openBody(body) };
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

/** The older helper knows no signal: whoever waits for it goes, and what comes of it later is closed. */
async function unlessAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
	return await new Promise((resolve, reject) => {
		const stop = (): void => {
			reject(new Error('The exchange has ended'));
			promise.then(close, () => undefined);
		};
		signal.addEventListener('abort', stop, { once: true });
		promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
	});
}

function close(response: unknown): void {
	const { body } = response as HelperResponse;
	if (isNodeStream(body)) body.destroy();
}

function toHead(response: Omit<HelperResponse, 'body'>): ResponseHead {
	const headers: ResponseHead['headers'] = {};
	for (const [name, value] of Object.entries(response.headers)) {
		if (value !== undefined) headers[name.toLowerCase()] = value;
	}
	return { status: response.statusCode, statusText: response.statusMessage ?? '', headers };
}
