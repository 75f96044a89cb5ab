import { headerValue, type HttpResponse } from '../../../http/message';
import { parseJson } from '../../../text/json';
import { messageWithReasons } from '../../../text/messageIn';
import { redact } from '../../../text/redact';

/** Hiding what is secret takes its time. */
const MAX_MESSAGE_LENGTH = 10_000;
/** Of a message with its reasons. */
const MAX_SHOWN_LENGTH = 500;

/** As much of an error response as is kept. */
const MAX_BODY_BYTES = 256 * 1024;

/** The body of an error response. */
interface ErrorBody {
	text: string;
	/** Absent where it is none. */
	json?: unknown;
}

/** Without the byte order mark, which ASP.NET writes and JSON does not allow (RFC 8259 §8.1). */
export function readErrorBody(body: Buffer): ErrorBody {
	const text = body
		.subarray(0, MAX_BODY_BYTES)
		.toString('utf8')
		.replace(/^\uFEFF/, '');
	return { text, json: parseJson(text) };
}

/** What the body says, where it says it in one of the usual ways. */
export function messageFrom({ text, json }: ErrorBody, secrets: readonly string[]): string {
	const isEmpty = /^\s*(\{\s*\}|\[\s*\])\s*$/.test(text);
	const message = messageWithReasons(json) ?? (isEmpty ? '' : text);
	return redact(message.slice(0, MAX_MESSAGE_LENGTH), secrets, MAX_SHOWN_LENGTH);
}

/** Where nothing else says it: why the token does not do, and which scope would. RFC 6750 §3. */
export function challengeWords(response: HttpResponse): string {
	const challenge = headerValue(response, 'www-authenticate') ?? '';
	const parameter = (name: string): string | undefined =>
		new RegExp(`\\b${name}="([^"]+)"`, 'i').exec(challenge)?.[1];
	const scope = parameter('scope');
	return [parameter('error_description'), scope && `scope="${scope}"`].filter(Boolean).join(', ');
}
