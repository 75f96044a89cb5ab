import { isHeaderName } from '../../text/headerName';
import { percentDecoded } from '../../text/percentDecoded';
import { showsSecret } from '../../text/redact';
import { TokenError } from '../errors/tokenError';
import type { AccessToken } from '../token/accessToken';
import { text, textOr } from './fields';

/** Where a request carries its token. */
export type Sending =
	/** `Authorization: Bearer …`. RFC 6750 §2.1. */
	| { kind: 'authorization' }
	/** `prefix` is empty where the token stands alone. */
	| { kind: 'header'; name: string; prefix: string }
	/** RFC 6750 §2.2, §2.3. */
	| { kind: 'form' | 'query'; name: string };

export const FORM_TYPE = 'application/x-www-form-urlencoded';

/** The request that a token is put into. */
export interface ResourceRequest {
	method: string;
	/** Absolute, without a fragment. */
	url: string;
	headers: Record<string, string>;
	/** Bytes, or a stream. */
	body?: object;
}

/** What takes the place of the request's own. Headers are added. */
export interface SentToken {
	headers: Record<string, string>;
	url?: string;
	body?: Buffer;
}

/** @throws {TokenError} where a header or a parameter has no name that can be sent. */
export function readSending(data: Record<string, unknown>): Sending {
	switch (data.sendTokenAs) {
		case 'header': {
			const name = textOr(data.tokenHeaderName, 'Authorization');
			const prefix = text(data.tokenHeaderPrefix);
			checkHeader(name, prefix);
			return { kind: 'header', name, prefix };
		}
		case 'form':
		case 'query': {
			const name = textOr(data.tokenParameterName, 'access_token');
			if (name !== '') return { kind: data.sendTokenAs, name };
			throw new TokenError(
				'The name of the parameter for the token is missing',
				"Fill in Parameter Name in the credential, as the API's documentation names it.",
				{ field: 'Parameter Name' },
			);
		}
		default:
			return { kind: 'authorization' };
	}
}

/** RFC 9110 §5.1, §5.5. */
function checkHeader(name: string, prefix: string): void {
	if (!isHeaderName(name)) {
		throw new TokenError(
			'The name of the header for the token is missing or not valid',
			'Correct Header Name in the credential: use letters, digits and "-", without spaces or ":".',
			{ field: 'Header Name' },
		);
	}
	if (!/^[\x20-\x7e]*$/.test(prefix)) {
		throw new TokenError(
			'The word before the token contains a character that is not allowed in a header',
			'Correct Header Prefix in the credential: use one line of plain letters, digits and signs.',
			{ field: 'Header Prefix' },
		);
	}
}

/**
 * How the token goes into a request. One that can have no form, such as the GET that a redirect
 * makes of a POST, goes without.
 */
export function sendToken(
	request: ResourceRequest,
	token: AccessToken,
	sending: Sending,
): SentToken {
	switch (sending.kind) {
		case 'authorization':
			return { headers: { authorization: `${token.type} ${token.value}` } };
		case 'header': {
			const { name, prefix } = sending;
			return { headers: { [name]: prefix === '' ? token.value : `${prefix} ${token.value}` } };
		}
		case 'query': {
			const [base, query = ''] = splitOnce(request.url, '?');
			return { headers: {}, url: `${base}?${withParameter(query, sending.name, token.value)}` };
		}
		case 'form': {
			if (!canCarryForm(request)) return { headers: {} };
			const form = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
			return {
				headers: request.body === undefined ? { 'content-type': FORM_TYPE } : {},
				body: Buffer.from(withParameter(form, sending.name, token.value)),
			};
		}
	}
}

/** Whether the request has a form, or may be given one. */
export function canCarryForm({ method, headers, body }: ResourceRequest): boolean {
	if (body !== undefined && !Buffer.isBuffer(body)) return false;
	return body === undefined ? mayHaveBody(method) : isForm(headers);
}

export function mayHaveBody(method: string): boolean {
	return !['GET', 'HEAD', 'OPTIONS'].includes(method.toUpperCase());
}

/** Whether the headers say so. Case means nothing, RFC 9110 §8.3.1. */
export function isForm(headers: object): boolean {
	return Object.entries(headers).some(
		([name, value]) =>
			name.toLowerCase() === 'content-type' &&
			typeof value === 'string' &&
			value.toLowerCase().startsWith(FORM_TYPE),
	);
}

/** The URL without parameters that hold the token: an API may repeat them in a redirect. */
export function withoutToken(url: string, { value }: AccessToken): string {
	const [base, query] = splitOnce(url, '?');
	if (query === undefined) return url;
	const kept = query
		.split('&')
		.filter((parameter) =>
			[parameter, decode(parameter)].every((text) => !showsSecret(text, value)),
		);
	return kept.length === 0 ? base : `${base}?${kept.join('&')}`;
}

/** The other parameters stay as they are written. */
function withParameter(parameters: string, name: string, value: string): string {
	const kept = parameters
		.split('&')
		.filter((parameter) => parameter !== '' && decode(splitOnce(parameter, '=')[0]) !== name);
	return [...kept, new URLSearchParams([[name, value]]).toString()].join('&');
}

function splitOnce(text: string, separator: string): [string, string?] {
	const at = text.indexOf(separator);
	return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** As forms are decoded. */
function decode(text: string): string {
	return percentDecoded(text.replaceAll('+', ' '));
}
