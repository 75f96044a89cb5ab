import { isPlainObject } from 'es-toolkit';
import { findHeader, type HttpRequest, type StreamBody } from '../../../http/message';
import { isHeaderName } from '../../../text/headerName';
import { parseJson } from '../../../text/json';
import { InputError } from '../inputError';
import { encodeMultipart, type FormPart } from './multipart';
import { toQueryString, withQuery, type ArrayFormat } from './query';
import { toText } from './toText';

/** A request before it takes its form on the wire: what pagination changes from page to page. */
export interface RequestParts {
	method: string;
	/** Absolute; it may have a query of its own. */
	url: string;
	query: object;
	arrays: ArrayFormat;
	headers: Record<string, unknown>;
	/** Sent where `headers` has none. */
	accept: string;
	body?: RequestBody;
}

export type RequestBody =
	| { kind: 'json'; json: unknown }
	| { kind: 'form'; fields: object }
	| { kind: 'multipart'; parts: FormPart[] }
	/** `contentType` is sent where the headers have none. */
	| { kind: 'bytes'; bytes: Buffer | StreamBody; contentType: string }
	/** `contentType` is sent whatever the headers have, unless it is empty. */
	| { kind: 'raw'; text: string; contentType: string };

/**
 * The request as it goes on the wire.
 *
 * @throws {InputError} where a header cannot be sent.
 */
export function writeRequest(
	parts: RequestParts,
): Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'> {
	const own = writeHeaders(parts.headers);
	const written = parts.body && writeBody(parts.body, contentTypeOf(own));
	const headers = written?.isOnlyContentType ? withoutContentType(own) : own;
	const setDefault = (name: string, value: string): void => {
		if (findHeader(headers, name) === undefined) headers[name] = value;
	};
	if (written) {
		checkHeaderValue('Content-Type', written.contentType);
		setDefault('content-type', written.contentType);
	}
	setDefault('accept', parts.accept);
	return {
		method: parts.method,
		url: withQuery(parts.url, toQueryString(parts.query, parts.arrays)),
		headers,
		...(written && { body: written.body }),
	};
}

interface WrittenBody {
	body: HttpRequest['body'];
	contentType: string;
	/** Another one, under Headers, does not count: it would make a form unreadable. */
	isOnlyContentType?: boolean;
}

function writeBody(body: RequestBody, contentType: string): WrittenBody {
	switch (body.kind) {
		case 'json':
			return writeJson(body.json, contentType);
		case 'form':
			return writeForm(body.fields);
		case 'multipart':
			return { ...encodeMultipart(body.parts), isOnlyContentType: true };
		case 'bytes':
			return { body: body.bytes, contentType: body.contentType };
		case 'raw':
			return writeRaw(body);
	}
}

/** Names and values take the form that a header of the user asks for, as in n8n's own node. */
function writeJson(json: unknown, contentType: string): WrittenBody {
	if (isPlainObject(json)) {
		if (contentType === 'application/x-www-form-urlencoded') return writeForm(json);
		if (contentType.includes('multipart/form-data')) {
			const parts = Object.entries(json).flatMap(([name, values]) =>
				[values].flat().map((value) => ({ name, value: toText(value) })),
			);
			return writeBody({ kind: 'multipart', parts }, contentType);
		}
	}
	return { body: Buffer.from(JSON.stringify(json)), contentType: 'application/json' };
}

function writeRaw({ text, contentType }: { text: string; contentType: string }): WrittenBody {
	const written = contentType.includes('application/json') ? toJson(text) : text;
	return { body: Buffer.from(written), contentType, isOnlyContentType: contentType !== '' };
}

/** n8n's own node makes JSON of a text that is to be JSON and is none: `hello` arrives as `"hello"`. */
function toJson(text: string): string {
	return parseJson(text) === undefined ? JSON.stringify(text) : text.trim();
}

function writeForm(fields: object): WrittenBody {
	return {
		body: Buffer.from(toQueryString(fields, 'indices')),
		contentType: 'application/x-www-form-urlencoded',
		isOnlyContentType: true,
	};
}

function writeHeaders(own: Record<string, unknown>): Record<string, string> {
	const headers: Record<string, string> = {};
	for (const [entered, value] of Object.entries(own)) {
		// What an expression gave nothing for is not sent.
		if (value === undefined || value === null) continue;
		// Blanks that came along when it was pasted cannot be seen in the field.
		const name = entered.trim();
		// It can only be right or harmful: the body's own length is sent anyway.
		if (name.toLowerCase() === 'content-length') continue;
		// One line means the same as several (RFC 9110 §5.3; of cookies there is only one, RFC 6265 §5.4).
		const separator = name.toLowerCase() === 'cookie' ? '; ' : ', ';
		const text = Array.isArray(value) ? value.map(toText).join(separator) : toText(value);
		// Blanks around it are no part of the value (RFC 9110 §5.5), nor is the line break of a pasted one.
		const trimmed = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
		checkHeader(name, trimmed);
		headers[name] = trimmed;
	}
	return headers;
}

function withoutContentType(headers: Record<string, string>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-type'),
	);
}

function contentTypeOf(headers: Record<string, string>): string {
	const name = findHeader(headers, 'content-type');
	return (name !== undefined && headers[name]) || '';
}

/** RFC 9110 §5.1, §5.5. */
function checkHeader(name: string, value: string): void {
	if (!isHeaderName(name)) {
		throw new InputError(
			`"${name}" is not a header name`,
			'Correct the name under Headers: use letters, digits and "-", without spaces or ":".',
			'ERR_INVALID_HTTP_TOKEN',
		);
	}
	checkHeaderValue(name, value);
}

function checkHeaderValue(name: string, value: string): void {
	if (/[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/.test(value)) {
		const what = /[\r\n]/.test(value)
			? 'a line break'
			: 'a character that is not allowed in a header';
		throw new InputError(
			`The value of the header "${name}" contains ${what}`,
			'Correct the value under Headers. An expression can clean it: {{ $json.value.replace(/\\s+/g, " ") }} makes it one line.',
		);
	}
}
