import type { TokenOverrides } from '../../../oauth/client/readTokenRequest';
import { isObject } from '../../../text/json';
import { InputError } from '../inputError';
import { readNumber } from './number';
import type { NodeParameters } from './parameters';
import type { ArrayFormat } from './query';
import { toText } from './toText';

const RESPONSE_FORMATS = ['autodetect', 'json', 'text', 'file'] as const;

export type ResponseFormat = (typeof RESPONSE_FORMATS)[number];

const DEFAULT_TIMEOUT_MS = 300_000;
const DEFAULT_MAX_REDIRECTS = 21;

/** What the runtime's `fetch` waits at most for a response to begin, or to go on. */
const MAX_FETCH_TIMEOUT_MS = 300_000;

/** How the response becomes items. */
export interface ResponseOptions {
	format: ResponseFormat;
	outputField: string;
	fullResponse: boolean;
	neverError: boolean;
}

/** The node's "Options", as far as each item has its own. */
export interface ItemOptions {
	timeoutMs: number;
	/** 0: a redirect is the response. */
	maxRedirects: number;
	proxy?: string;
	ignoresSslIssues: boolean;
	reusesConnections: boolean;
	lowercasesHeaders: boolean;
	/** How lists are written in the query. */
	arrays: ArrayFormat;
	response: ResponseOptions;
	/** What the token is asked for with, in place of what the credential says. */
	token: TokenOverrides;
}

/**
 * Reads the options of an item. Each one by itself, or an expression in one would have n8n evaluate
 * those of all the others, of the pagination as well.
 *
 * @throws {InputError} where one has no value that can be used.
 */
export function readItemOptions(parameters: NodeParameters, itemIndex: number): ItemOptions {
	const read = (name: string): unknown => parameters.get(`options.${name}`, itemIndex, null);
	const arrays = read('queryParameterArrays');
	const proxy = readProxy(read('proxy'));
	const options: ItemOptions = {
		timeoutMs: readNumber(read('timeout'), 'Timeout', 0) || DEFAULT_TIMEOUT_MS,
		maxRedirects: readMaxRedirects(read('redirect.redirect')),
		...(proxy !== undefined && { proxy }),
		ignoresSslIssues: Boolean(read('allowUnauthorizedCerts')),
		reusesConnections: Boolean(read('reuseConnections')),
		lowercasesHeaders: Boolean(read('lowercaseHeaders') ?? true),
		arrays: arrays === 'repeat' || arrays === 'brackets' ? arrays : 'indices',
		response: readResponseOptions(read('response.response')),
		token: readTokenOverrides(read('token.token')),
	};
	checkReuse(options);
	return options;
}

function readMaxRedirects(value: unknown): number {
	const { followRedirects, maxRedirects } = fieldsOf(value);
	if (followRedirects === false) return 0;
	// 0 means the default, as in n8n's own node: there is Follow Redirects to turn them off.
	return readNumber(maxRedirects, 'Redirects → Max Redirects', 0) || DEFAULT_MAX_REDIRECTS;
}

function readResponseOptions(value: unknown): ResponseOptions {
	const { responseFormat, outputPropertyName, fullResponse, neverError } = fieldsOf(value);
	return {
		format: readFormat(responseFormat ?? 'autodetect'),
		outputField: toText(outputPropertyName) || 'data',
		fullResponse: Boolean(fullResponse),
		neverError: Boolean(neverError),
	};
}

function readFormat(value: unknown): ResponseFormat {
	const format = RESPONSE_FORMATS.find((known) => known === value);
	if (format !== undefined) return format;
	throw new InputError(
		`The response format "${toText(value)}" is not available here`,
		'Choose another one for Options → Response → Response Format.',
	);
}

/** @param value the fields of "Token". */
export function readTokenOverrides(value: unknown): TokenOverrides {
	const { scope, audience, resource } = fieldsOf(value);
	// An expression may give scopes as a list.
	const scopes = [scope].flat().map(toText).join(' ');
	return { scope: scopes, audience: toText(audience), resource: toText(resource) };
}

function readProxy(value: unknown): string | undefined {
	const proxy = toText(value).trim();
	if (proxy === '') return undefined;
	// Not quoted: it may hold a password.
	if (!URL.canParse(proxy) || !/^https?:\/\//i.test(proxy)) {
		throw new InputError(
			'The proxy is not a web address',
			'Correct Options → Proxy: it must start with http:// or https://, for example http://myproxy:3128.',
		);
	}
	const { username, password } = new URL(proxy);
	if (/%(?![\da-f]{2})/i.test(username + password)) {
		throw new InputError(
			'The user name or the password of the proxy cannot be read',
			'Correct Options → Proxy: write each "%" in them as "%25".',
		);
	}
	return proxy;
}

/** Connections are reused by a transport that does not have all that n8n's own can do. */
function checkReuse(options: ItemOptions): void {
	const { reusesConnections, timeoutMs, ignoresSslIssues, proxy } = options;
	if (!reusesConnections) return;
	if (timeoutMs > MAX_FETCH_TIMEOUT_MS) {
		throw new InputError(
			`"Reuse Connections" cannot wait longer than ${MAX_FETCH_TIMEOUT_MS} ms for a response`,
			'Lower Options → Timeout, or turn off Options → Reuse Connections.',
		);
	}
	const other = ignoresSslIssues ? 'Ignore SSL Issues (Insecure)' : proxy && 'Proxy';
	if (!other) return;
	const why =
		other === 'Proxy'
			? 'reused connections go to the API directly'
			: 'reused connections always verify the certificate';
	throw new InputError(
		`"Reuse Connections" cannot be combined with "${other}"`,
		`Turn one of them off under Options: ${why}.`,
	);
}

/** A group of fields as the editor stores it: what was not added is absent. */
function fieldsOf(value: unknown): Record<string, unknown> {
	return isObject(value) ? value : {};
}
