import { describe, expect, it } from 'vitest';
import { readableText } from '../../../oauth/errors/serverText';

describe('what a person can read of a response', () => {
	it.each(['Unauthorized', 'invalid_client', 'Client 4711 is unknown', '  Not found\n'])(
		'is %j',
		(text) => expect(readableText(Buffer.from(text))).toBe(text.trim()),
	);

	it.each([
		['one long word', 'a'.repeat(25)],
		['what may be the beginning of a token', 'Zq9opaqu'],
		['data without a message', '{"id":7}'],
		['data that is cut off', '{"error":"it'],
	])('is not %s', (_what, text) => expect(readableText(Buffer.from(text))).toBe(''));
});
