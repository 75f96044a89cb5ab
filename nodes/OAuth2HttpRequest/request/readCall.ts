import type { IExecuteFunctions } from 'n8n-workflow';
import { findHeader, isSuccess, type HttpRequest } from '../../../http/message';
import type { HttpCall } from '../../../http/call';
import { effectiveFormat } from '../response/format';
import { readBody, type RequestBody } from './body';
import { InputError } from './inputError';
import { readJsonObject } from './json';
import {
	readMaxRedirects,
	readResponseOptions,
	readTimeoutMs,
	type NodeOptions,
	type ResponseFormat,
} from './options';
import type { Parameters } from './parameters';
import { collectPairs, toQueryString, withQuery } from './query';
import { toText } from './text';

/** Methods whose body has no meaning; n8n's helper sends none with them either. */
const WITHOUT_BODY = new Set(['GET', 'HEAD', 'OPTIONS']);

const ACCEPT: Record<ResponseFormat, string> = {
	json: 'application/json,text/*;q=0.99',
	text: 'application/json,text/html,application/xhtml+xml,application/xml,text/*;q=0.9, */*;q=0.1',
	file: 'application/json,text/html,application/xhtml+xml,application/xml,text/*;q=0.9, image/*;q=0.8, */*;q=0.7',
	autodetect:
		'application/json,text/html,application/xhtml+xml,application/xml,text/*;q=0.9, image/*;q=0.8, */*;q=0.7',
};

/**
 * The call that the node describes for one item.
 *
 * @throws {InputError} where it describes none that can be sent.
 */
export async function readCall(
	context: IExecuteFunctions,
	parameters: Parameters,
	itemIndex: number,
): Promise<HttpCall> {
	const method = parameters.get('method', itemIndex, 'GET').toUpperCase();
	const options = parameters.get<NodeOptions>('options', itemIndex, {});
	const sendsBody =
		parameters.get<boolean>('sendBody', itemIndex, false) && !WITHOUT_BODY.has(method);
	const body = sendsBody ? await readBody(context, parameters, itemIndex) : undefined;
	const request: HttpRequest = {
		method,
		url: withQuery(
			readUrl(parameters.get<unknown>('url', itemIndex, '')),
			readQuery(parameters, itemIndex, options),
		),
		headers: readHeaders(parameters, itemIndex, options, body),
		timeoutMs: readTimeoutMs(options),
		...(body && { body: body.bytes }),
		...(options.allowUnauthorizedCerts && { ignoreSslIssues: true }),
		// A file goes on to n8n's store as it comes, whatever its size.
		wantsStream: (head) =>
			isSuccess(head.status) && effectiveFormat(head, readResponseOptions(options)) === 'file',
	};
	checkOptions(options);
	return { request, maxRedirects: readMaxRedirects(options) };
}

/** Connections are reused by a transport that does not have all that n8n's own can do. */
function checkOptions({ reuseConnections, allowUnauthorizedCerts }: NodeOptions): void {
	if (!reuseConnections || !allowUnauthorizedCerts) return;
	throw new InputError(
		'"Reuse Connections" cannot be combined with "Ignore SSL Issues (Insecure)"',
		'Turn one of them off under Options: reused connections always verify the certificate.',
		'options',
	);
}

function readUrl(value: unknown): string {
	const url = typeof value === 'string' ? value.trim() : '';
	if (url === '') {
		throw new InputError(
			'The URL is missing',
			'Fill in URL. If it is an expression, it gave nothing for this item.',
			'url',
		);
	}
	if (!URL.canParse(url) || !/^https?:\/\//i.test(url)) {
		throw new InputError(
			`"${url}" is not a web address`,
			'Correct URL: it starts with https:// or http:// and has a host name.',
			'url',
		);
	}
	return url;
}

function readQuery(parameters: Parameters, itemIndex: number, options: NodeOptions): string {
	if (!parameters.get<boolean>('sendQuery', itemIndex, false)) return '';
	const data =
		parameters.get<string>('specifyQuery', itemIndex, 'keypair') === 'json'
			? readJsonObject(parameters.get<unknown>('jsonQuery', itemIndex, ''), 'JSON Query Parameters')
			: collectPairs(parameters.get('queryParameters.parameters', itemIndex, []));
	return toQueryString(data, options.queryParameterArrays ?? 'indices');
}

function readHeaders(
	parameters: Parameters,
	itemIndex: number,
	options: NodeOptions,
	body: RequestBody | undefined,
): Record<string, string> {
	const lowercase = options.lowercaseHeaders ?? true;
	const own = Object.entries(readOwnHeaders(parameters, itemIndex)).map(
		([name, value]): [string, string] => [
			lowercase ? name.toLowerCase() : name,
			Array.isArray(value) ? value.map(toText).join(', ') : toText(value),
		],
	);
	for (const [name, value] of own) checkHeader(name, value);
	const headers = Object.fromEntries(own);
	const setDefault = (name: string, value: string): void => {
		if (findHeader(headers, name) === undefined) headers[name] = value;
	};
	if (body !== undefined) setDefault('content-type', body.contentType);
	setDefault('accept', ACCEPT[readResponseOptions(options).format]);
	return headers;
}

function readOwnHeaders(parameters: Parameters, itemIndex: number): Record<string, unknown> {
	if (!parameters.get<boolean>('sendHeaders', itemIndex, false)) return {};
	return parameters.get<string>('specifyHeaders', itemIndex, 'keypair') === 'json'
		? readJsonObject(parameters.get<unknown>('jsonHeaders', itemIndex, ''), 'JSON Headers')
		: collectPairs(parameters.get('headerParameters.parameters', itemIndex, []));
}

/** RFC 9110 §5.1, §5.5. */
function checkHeader(name: string, value: string): void {
	if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
		throw new InputError(
			`"${name}" is not a header name`,
			'Correct the name under Headers: letters, digits and "-", without spaces or ":".',
			'headerParameters',
		);
	}
	if (/[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/.test(value)) {
		const what = /[\r\n]/.test(value) ? 'a line break' : 'a character that headers cannot carry';
		throw new InputError(
			`The value of the header "${name}" contains ${what}`,
			'Correct the value under Headers. An expression can clean it: {{ $json.value.trim() }} takes line breaks off its ends.',
			'headerParameters',
		);
	}
	if (name.toLowerCase() === 'authorization') {
		throw new InputError(
			'The header "Authorization" is already set by the credential',
			'Remove it under Headers: this node sends the token of its credential.',
			'headerParameters',
		);
	}
}
