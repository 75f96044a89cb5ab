import { messageIn } from '../../text/messageIn';
import { redact } from '../../text/redact';
import type { ClientCredentials } from '../client/clientCredentials';
import { basicCredentials, clientKey } from '../server/clientAuthentication';
import { readFields } from '../server/conform';

/** What has room in a title. */
export const MAX_TITLE_PART = 120;
/** Longer ones without a space may be something else than a word. */
const MAX_WORD_LENGTH = 24;

/** A text of the server without what must not be seen, cut to a readable length. */
export type Show = (text: string, maxLength?: number) => string;

/** @param more what else is secret, such as a token that was sent along. */
export function shower(client: ClientCredentials, ...more: string[]): Show {
	const secrets = [...more, ...secretsOf(client)];
	return (text, maxLength) => redact(text, secrets, maxLength);
}

/** What the client has sent to authenticate, in all forms that a server may repeat. */
export function secretsOf({ clientId, clientAuthentication }: ClientCredentials): string[] {
	const secret = clientKey(clientAuthentication);
	const basics = ([{}, { isPlain: true }] as const).map((form) =>
		basicCredentials(clientId, { clientSecret: secret, ...form }),
	);
	return [
		secret,
		...basics.flatMap((credentials) => {
			const bytes = Buffer.from(credentials);
			return [bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
		}),
	];
}

/** What a person can make something of: a sentence, and of data only the message in it. */
export function readableText(body: Buffer): string {
	const fields = readFields(body);
	if (fields !== undefined) return messageIn(fields) ?? '';
	const text = body.toString('utf8').trim();
	// A word with digits in it may be a part of a token, where the response was cut off.
	const isSentence = /\s/.test(text) || (text.length <= MAX_WORD_LENGTH && !/\d/.test(text));
	return isSentence && !/^[{["]/.test(text) ? text : '';
}

/** Whether it is HTML or XML. A byte order mark counts as white space. */
export function isPage(body: Buffer): boolean {
	return /^\s*<(!doctype|!--|html|head|body|\?xml)/i.test(body.toString('utf8'));
}
