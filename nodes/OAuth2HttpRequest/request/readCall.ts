import type { IExecuteFunctions } from 'n8n-workflow';
import type { HttpCall } from '../../../http/call/api';
import { isSuccess, type HttpRequest } from '../../../http/message';
import { isHeaderName } from '../../../text/headerName';
import { InputError } from '../inputError';
import { effectiveFormat } from '../response/format';
import { readBody } from './body';
import { readJsonObject } from './jsonField';
import type { ItemOptions, ResponseFormat } from './options';
import type { NodeParameters } from './parameters';
import { writeRequest, type RequestBody, type RequestParts } from './parts';
import { collectPairs } from './query';
import { toText } from './toText';

const ACCEPT: Record<ResponseFormat, string> = {
	json: 'application/json,text/*;q=0.99',
	text: 'application/json,text/html,application/xhtml+xml,application/xml,text/*;q=0.9, */*;q=0.1',
	file: 'application/json,text/html,application/xhtml+xml,application/xml,text/*;q=0.9, image/*;q=0.8, */*;q=0.7',
	autodetect:
		'application/json,text/html,application/xhtml+xml,application/xml,text/*;q=0.9, image/*;q=0.8, */*;q=0.7',
};

/** What the node describes for one item. */
export interface CallDescription {
	parts: RequestParts;
	settings: Omit<HttpRequest, 'method' | 'url' | 'headers' | 'body'>;
	maxRedirects: number;
}

/** @throws {InputError} where the node describes no call that can be sent. */
export async function readCall(
	context: IExecuteFunctions,
	parameters: NodeParameters,
	itemIndex: number,
	options: ItemOptions,
): Promise<CallDescription> {
	const method = readMethod(parameters.get<unknown>('method', itemIndex, 'GET'));
	const body = parameters.get<boolean>('sendBody', itemIndex, false)
		? await readBody(context, parameters, itemIndex)
		: undefined;
	checkBody(method, body, options);
	const { response, arrays, timeoutMs, maxRedirects, ignoresSslIssues, proxy } = options;
	return {
		parts: {
			method,
			url: readUrl(parameters.get<unknown>('url', itemIndex, '')),
			query: readQuery(parameters, itemIndex),
			arrays,
			headers: readHeaders(parameters, itemIndex, options),
			accept: ACCEPT[response.format],
			...(body && { body }),
		},
		settings: {
			timeoutMs,
			...(ignoresSslIssues && { ignoreSslIssues: true }),
			...(proxy !== undefined && { proxy }),
			// A file goes on to n8n's store as it comes, whatever its size.
			wantsStream: (head) => isSuccess(head.status) && effectiveFormat(head, response) === 'file',
		},
		maxRedirects,
	};
}

/** @throws {InputError} where a header cannot be sent. */
export function toHttpCall({ parts, settings, maxRedirects }: CallDescription): HttpCall {
	return { request: { ...writeRequest(parts), ...settings }, maxRedirects };
}

/** A body that `fetch` refuses. */
function checkBody(
	method: string,
	body: RequestBody | undefined,
	{ reusesConnections }: ItemOptions,
): void {
	if (!reusesConnections || !['GET', 'HEAD'].includes(method) || body === undefined) return;
	throw new InputError(
		`"Reuse Connections" cannot send the body of a ${method} request`,
		'Turn off Options → Reuse Connections, or Send Body.',
	);
}

function readMethod(value: unknown): string {
	const method = toText(value).trim().toUpperCase();
	// The same characters, RFC 9110 §9.1.
	if (isHeaderName(method)) return method;
	throw new InputError(
		method === '' ? 'The method is missing' : `"${method}" is not a method`,
		'Choose a value for Method. If it is an expression, check what it returned for this item.',
	);
}

function readUrl(value: unknown): string {
	const url = typeof value === 'string' ? value.trim() : '';
	if (url === '') {
		throw new InputError(
			'The URL is missing',
			'Fill in URL. If it is an expression, it returned nothing for this item.',
		);
	}
	const isWeb = /^https?:\/\//i.test(url);
	if (!isWeb || !URL.canParse(url)) {
		throw new InputError(
			`"${withoutSecrets(url)}" is not a web address`,
			'Correct URL: it must start with https:// or http://, and contain a host name.',
			isWeb ? 'ERR_INVALID_URL' : undefined,
		);
	}
	checkNoUserInfo(url, 'URL');
	return url;
}

/** As much of a text as tells what is wrong with it: a query, or what stands before "@", may be secret. */
function withoutSecrets(url: string): string {
	return url.replace(/[?#].*$/s, '').replace(/^.*@/s, '');
}

/** @throws {InputError} where it names a user: that would be sent in place of the token. RFC 3986 §3.2.1. */
export function checkNoUserInfo(url: string, field: 'URL' | 'Next URL'): void {
	const { username, password } = new URL(url);
	if (username === '' && password === '') return;
	throw new InputError(
		`${field} contains a user name or a password`,
		`Remove the part before "@" in ${field}: it would be sent in place of the token.`,
	);
}

function readQuery(parameters: NodeParameters, itemIndex: number): object {
	if (!parameters.get<boolean>('sendQuery', itemIndex, false)) return {};
	return parameters.get<string>('specifyQuery', itemIndex, 'keypair') === 'json'
		? readJsonObject(parameters.get<unknown>('jsonQuery', itemIndex, ''), 'JSON Query Parameters')
		: collectPairs(parameters.get('queryParameters.parameters', itemIndex, []));
}

function readHeaders(
	parameters: NodeParameters,
	itemIndex: number,
	{ lowercasesHeaders }: ItemOptions,
): Record<string, unknown> {
	if (!parameters.get<boolean>('sendHeaders', itemIndex, false)) return {};
	const headers =
		parameters.get<string>('specifyHeaders', itemIndex, 'keypair') === 'json'
			? readJsonObject(parameters.get<unknown>('jsonHeaders', itemIndex, ''), 'JSON Headers')
			: collectPairs(parameters.get('headerParameters.parameters', itemIndex, []));
	if (!lowercasesHeaders) return headers;
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
	);
}
