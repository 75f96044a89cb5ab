import {
	NodeApiError,
	NodeError,
	NodeOperationError,
	type IDataObject,
	type INode,
} from 'n8n-workflow';
import type { Obstacle } from '../../http/call/attempt';
import type { ApiResponse, FailedCall, NotSent } from '../../http/call/callApi';
import { ResultNotFetched } from '../../http/call/effect';
import { headerValue, type HttpResponse } from '../../http/message';
import { listed, shownOf } from '../../oauth/client/shownFields';
import { failureKind, failureTitle, type FailureKind } from '../../oauth/errors/failureKind';
import { TokenError } from '../../oauth/errors/tokenError';
import { recipeUrl, type Provider } from '../../oauth/providers/provider';
import { parseJson } from '../../text/json';
import { messageIn } from '../../text/messageIn';
import { redact, redactJson } from '../../text/redact';
import { shownMoment } from '../../text/shownMoment';
import { InputError } from './inputError';

interface FailedItem {
	itemIndex: number;
	nowMs: number;
	/** Taken out of all text that comes from elsewhere. */
	secrets: readonly string[];
	/** The credential's: it shows the fields that this provider needs. */
	provider?: Provider;
	/** The calls of the run go past n8n's proxy and the credential's certificates. */
	reusesConnections?: boolean;
}

/** Whatever went wrong with an item, as n8n shows it. */
export function toNodeError(node: INode, error: unknown, itemIndex: number): NodeError {
	if (error instanceof NodeError) return error;
	if (error instanceof ResultNotFetched) return doubtful(toNodeError(node, error.cause, itemIndex));
	if (error instanceof TokenError) {
		const { status } = error.details;
		return new NodeApiError(
			node,
			{ message: error.message },
			{
				message: error.message,
				description: error.description,
				itemIndex,
				...(status !== undefined && { httpCode: String(status) }),
			},
		);
	}
	if (error instanceof InputError) {
		const { message, description, code } = error;
		const shown = new NodeOperationError(node, message, { description, itemIndex });
		if (code !== undefined) shown.context.code = code;
		return shown;
	}
	// n8n's own errors, of an expression for example, explain themselves.
	return new NodeOperationError(node, error instanceof Error ? error : String(error), {
		itemIndex,
	});
}

/** RFC 9110 knows none that is longer. */
const MAX_PHRASE_LENGTH = 40;

/** The API answered with an error status. */
export function responseError(
	node: INode,
	{ response, url, isUnauthorized, obstacle, inDoubt }: ApiResponse,
	{ itemIndex, nowMs, secrets, provider }: FailedItem,
): NodeError {
	const { status, statusText } = response;
	// Whatever the API answers with, it means what others say by 401.
	const meant = isUnauthorized ? 401 : status;
	const phrase = redact(statusText, secrets, MAX_PHRASE_LENGTH);
	const said = messageFrom(response.body, secrets);
	const quoted = said || redact(challengeWords(response), secrets);
	const because = quoted === '' ? '' : `The API says: "${quoted}". `;
	const error = new NodeApiError(
		node,
		{ message: said || phrase },
		{
			message: `${summary(meant, obstacle)} (${[status, phrase].filter(Boolean).join(' ')})`,
			description: `${because}${advice(meant, url, obstacle, { nowMs, provider })}`,
			httpCode: String(status),
			itemIndex,
		},
	);
	// Where n8n's own errors have it.
	error.context.data = redactJson(parseBody(response.body), secrets) as IDataObject;
	const code = obstacle && REDIRECT_CODES[obstacle.kind];
	if (code !== undefined) error.context.code = code;
	return inDoubt ? doubtful(error) : error;
}

/** No answer came, or the call was not sent at all. */
export function failedCallError(
	node: INode,
	call: FailedCall,
	{ itemIndex, nowMs, secrets, reusesConnections }: FailedItem,
): NodeError {
	if (call.kind === 'notSent') {
		const advised = notSentAdvice(call.obstacle, nowMs);
		const error = new NodeApiError(node, {}, { ...advised, itemIndex });
		return call.inDoubt ? doubtful(error) : error;
	}
	const { error: cause, url, inDoubt } = call;
	const kind = failureKind(cause);
	const error = new NodeApiError(
		node,
		{},
		{
			message: failureTitle(kind, new URL(url).host),
			description: [
				networkAdvice(kind),
				...(reusesConnections && NEEDS_OTHER_WAY.has(kind) ? [OTHER_WAY] : []),
				`(${cause.code}: ${redact(cause.message, secrets)})`,
			].join(' '),
			itemIndex,
		},
	);
	// As n8n's own node has it in the output.
	error.context.code = cause.code === 'TIMEOUT' ? 'ECONNABORTED' : cause.code;
	return inDoubt ? doubtful(error) : error;
}

/** What a proxy, or a certificate, in between may be the reason of. */
const NEEDS_OTHER_WAY: ReadonlySet<FailureKind> = new Set([
	...(['timeout', 'unknownHost', 'noNameService', 'brokenOff'] as const),
	...(['certificateNotTrusted', 'other'] as const),
]);
const OTHER_WAY =
	'With Options → Reuse Connections, calls use neither a proxy nor CA Certificate: if this network needs one of them, remove that option.';

/**
 * How an error looks in the output, where the run goes on without the item: with what n8n's HTTP
 * Request node says of it. All of that is under "error", since n8n tells failed items by having
 * nothing else.
 */
export function toErrorJson(error: unknown, itemIndex: number): IDataObject {
	if (!(error instanceof NodeError)) return { message: String(error) };
	const httpCode = error instanceof NodeApiError ? error.httpCode : null;
	const status = httpCode === null ? undefined : Number(httpCode);
	const { data: body, code = axiosCode(status) } = error.context;
	return {
		message: error.message,
		...(error.description && { description: error.description }),
		name: error.name,
		...(httpCode !== null && { httpCode, status }),
		...(code !== undefined && { code }),
		...(body !== undefined && { body }),
		...(isInDoubt(error) && { inDoubt: true }),
		context: { itemIndex },
	};
}

/** What the libraries behind n8n's own node call it. */
const REDIRECT_CODES: Partial<Record<Obstacle['kind'], string>> = {
	tooManyRedirects: 'ERR_FR_TOO_MANY_REDIRECTS',
	redirectsNowhere: 'ERR_FR_REDIRECTION_FAILURE',
};

/** The same of an error status. */
function axiosCode(status: number | undefined): string | undefined {
	if (status === undefined) return undefined;
	return status >= 400 && status < 500 ? 'ERR_BAD_REQUEST' : 'ERR_BAD_RESPONSE';
}

function summary(status: number, obstacle: Obstacle | undefined): string {
	if (obstacle?.kind === 'tooManyRedirects') return 'The API redirects this call too many times';
	if (obstacle?.kind === 'redirectsNowhere') {
		return 'The API redirects this call to an address that cannot be called';
	}
	if (status === 401) return 'The API does not accept the token';
	if (status === 403) return 'The API forbids this call';
	if (status === 404) return 'The API has nothing at this URL';
	if (status === 407) return 'A proxy refuses this call';
	if (status === 429) return 'The API refuses further calls for now';
	if (status >= 500) return 'The API failed';
	if (status >= 400) return 'The API refuses this call';
	if (status === 304) return 'The API has nothing newer than what the call names';
	if (status >= 300) return 'The API redirects this call';
	return 'The API answered in an unexpected way';
}

function advice(
	status: number,
	url: string,
	obstacle: Obstacle | undefined,
	{ nowMs, provider }: Pick<FailedItem, 'nowMs' | 'provider'>,
): string {
	const { origin, pathname } = new URL(url);
	const where = `${origin}${pathname}`;
	switch (obstacle?.kind) {
		case 'pause':
			return comeBack(obstacle.pauseMs, nowMs);
		case 'refusal':
			return refusedTooLong(obstacle.refusedForMs);
		case 'tooManyRedirects':
			return `Check URL: the redirects may form a loop. The last address was ${where}. If the API needs this many redirects, raise Options → Redirects → Max Redirects.`;
		case 'redirectsNowhere':
			return `Check URL. ${where} redirects to an address that does not begin with http:// or https://, or offers several addresses to choose from.`;
		case undefined:
			return statusAdvice(status, { origin, where, provider });
	}
}

function statusAdvice(
	status: number,
	{ origin, where, provider }: { origin: string; where: string; provider?: Provider },
): string {
	switch (status) {
		case 401:
			return `Check ${listed(shownOf(['Scope', 'Audience'], provider))} in the credential: the token must be meant for ${origin}, with the permissions that this call needs.${recipe(provider)}`;
		case 403:
			return `Usually the token lacks a permission: check ${listed(shownOf(['Scope'], provider))} in the credential, and the permissions of this Client ID at the provider. Some APIs, and proxies on the way, also return this status for a blocked address or a used-up quota.${recipe(provider)}`;
		case 304:
			return 'Its header If-None-Match or If-Modified-Since asks for this. Remove it under Headers to get the data every time, or turn on Options → Response → Never Error and check the status.';
		case 404:
			return `Check URL: ${where}.`;
		case 407:
			return 'It wants another user name and password. If Options → Proxy is set, enter them there: http://user:password@proxy:3128. Otherwise ask the administrator of n8n for the variables HTTP_PROXY and HTTPS_PROXY.';
		case 431:
			return 'The headers are too large. If it is the token: request it for fewer permissions (Scope in the credential), or for fewer groups and roles at the provider.';
		case 429:
			return 'The call is not sent again, because Options → Retry → Max Retries is 0 or used up. Raise it, or set Options → Request Limit to what the API allows.';
		default:
			if (status >= 500)
				return `The problem is on the side of the API, at ${where}. Run the workflow again later.`;
			if (status >= 400)
				return `Check URL, query parameters, headers and body of the call to ${where}.`;
			return `Check Options → Redirects, and URL. The call went to ${where}.`;
	}
}

function recipe(provider: Provider | undefined): string {
	return provider ? ` What usually goes wrong: ${recipeUrl(provider)}` : '';
}

function notSentAdvice(
	obstacle: NotSent['obstacle'],
	nowMs: number,
): { message: string; description: string; httpCode?: string } {
	switch (obstacle.kind) {
		case 'pause':
			return {
				message: 'The call was not sent: the API has asked for a pause',
				description: comeBack(obstacle.pauseMs, nowMs),
				httpCode: '429',
			};
		case 'refusal':
			return {
				message: 'The call was not sent: the API refuses all calls',
				description: refusedTooLong(obstacle.refusedForMs),
				httpCode: '429',
			};
		case 'silence':
			return {
				message: 'The call was not sent: the API does not answer',
				description: `No call has been answered for ${duration(obstacle.silentForMs)}. Run the workflow again later. To keep trying for longer, raise Options → Retry → Longest Pause.`,
			};
	}
}

/** Whether the API may have acted on a call that failed, and must not get it again. */
export function isInDoubt({ context }: NodeError): boolean {
	return context.inDoubt === true;
}

/** What everybody must know who would send it again: the person, "Retry On Fail", and later nodes. */
function doubtful(error: NodeError): NodeError {
	const warning =
		'The call may still have taken effect: check in the API before you send it again.';
	error.description = [error.description, warning].filter(Boolean).join(' ');
	error.context.inDoubt = true;
	return error;
}

function comeBack(pauseMs: number, nowMs: number): string {
	return `It asked for a pause of ${duration(pauseMs)}: try again after ${shownMoment(nowMs + pauseMs)}. To wait that long within a run, raise Options → Retry → Longest Pause.`;
}

function refusedTooLong(refusedForMs: number): string {
	return `It has refused every try for ${duration(refusedForMs)}: perhaps a daily or monthly quota is used up. Run the workflow again later. To keep trying for longer, raise Options → Retry → Longest Pause.`;
}

export function duration(ms: number): string {
	const seconds = Math.ceil(ms / 1000);
	if (seconds < 120) return `${seconds} s`;
	const minutes = Math.ceil(seconds / 60);
	return minutes < 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}

function networkAdvice(kind: FailureKind): string {
	switch (kind) {
		case 'timeout':
			return 'If the API is known to be slow, raise Options → Timeout.';
		case 'notAllowed':
			return 'Check URL, and Options → Proxy if it is set. If they are right, ask the administrator of n8n to add the host to N8N_SSRF_ALLOWED_HOSTNAMES or N8N_SSRF_ALLOWED_IP_RANGES.';
		case 'notTls':
			return 'Check URL: its port may be for http, or a proxy in the way may support only http.';
		case 'unknownHost':
			return 'Check the spelling of URL, and that the machine n8n runs on can look up host names (DNS).';
		case 'noNameService':
			return 'The DNS server of the machine n8n runs on did not answer. Run the workflow again later.';
		case 'brokenOff':
			return 'Its response was not complete. Run the workflow again later. If it keeps happening, check URL (its port; http or https), and whether a proxy or firewall is in the way.';
		case 'unreadable':
			return 'It is not valid HTTP, or it is damaged. Check URL (its port; http or https), and whether a proxy is in the way.';
		case 'refusesTls':
			return 'It requires a client certificate, or a different one. Check TLS Certificate in the credential, and that Use for API Calls is on there.';
		case 'certificateExpired':
		case 'certificateForAnotherName':
			return "Check URL. If it is right, the problem is on the API's side: tell its provider.";
		case 'certificateNotTrusted':
			return 'If the certificate is self-signed or comes from a private authority, turn on Advanced Settings and Customize TLS in the credential, put the certificate of that authority (or the self-signed one) into CA Certificate, and turn on Use for API Calls.';
		case 'tooLarge':
		case 'other':
			return 'Check URL, and that the machine n8n runs on can reach that server. If calls go through a proxy (Options → Proxy, or the variable HTTPS_PROXY), check that, too.';
	}
}

/** As much of an error response as is kept. */
const MAX_BODY_BYTES = 256 * 1024;

/** JSON as such, else text. */
function parseBody(body: Buffer): unknown {
	const text = bodyText(body);
	const json = parseJson(text);
	return json === undefined ? text : json;
}

/** Without the byte order mark, which ASP.NET writes and JSON does not allow (RFC 8259 §8.1). */
function bodyText(body: Buffer): string {
	return body
		.subarray(0, MAX_BODY_BYTES)
		.toString('utf8')
		.replace(/^\uFEFF/, '');
}

/** What the body of an error response says, where it says it in one of the usual ways. */
function messageFrom(body: Buffer, secrets: readonly string[]): string {
	const text = bodyText(body);
	const isEmpty = /^\s*(\{\s*\}|\[\s*\])\s*$/.test(text);
	const message = messageIn(parseJson(text)) ?? (isEmpty ? '' : text);
	return redact(message.slice(0, MAX_MESSAGE_LENGTH), secrets);
}

/** Where nothing else says it: why the token does not do, and which scope would. RFC 6750 §3. */
function challengeWords(response: HttpResponse): string {
	const challenge = headerValue(response, 'www-authenticate') ?? '';
	const parameter = (name: string): string | undefined =>
		new RegExp(`\\b${name}="([^"]+)"`, 'i').exec(challenge)?.[1];
	const scope = parameter('scope');
	return [parameter('error_description'), scope && `scope="${scope}"`].filter(Boolean).join(', ');
}

/** Hiding what is secret takes its time. */
const MAX_MESSAGE_LENGTH = 10_000;
