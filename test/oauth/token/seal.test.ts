import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { open, seal } from '../../../oauth/token/seal';

const SECRET = 'correct-horse-battery-staple';
const CONTEXT = 'the place it belongs to';
const unicode = fc.string({ unit: 'binary' });

/** The sealed text with one bit of its bytes flipped. */
function flipBit(sealed: string, bit: number): string {
	const bytes = Buffer.from(sealed, 'base64url');
	bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
	return bytes.toString('base64url');
}

const bitsOf = (sealed: string) => Buffer.from(sealed, 'base64url').length * 8;

describe('a sealed text', () => {
	it('opens with the same secret and context, whatever they and the text are', () => {
		fc.assert(
			fc.property(unicode, unicode, unicode, (text, secret, context) => {
				expect(open(seal(text, secret, context), secret, context)).toBe(text);
			}),
		);
	});

	it('differs each time, so that nobody sees whether the token has changed', () => {
		const sealed = Array.from({ length: 100 }, () => seal('token', SECRET, CONTEXT));
		expect(new Set(sealed).size).toBe(100);
		// Salt and initialization vector are new each time.
		expect(new Set(sealed.map((one) => one.slice(0, 21))).size).toBe(100);
	});

	it('uses a new initialization vector for each text', () => {
		const ivs = Array.from({ length: 100 }, () =>
			Buffer.from(seal('token', SECRET, CONTEXT), 'base64url')
				.subarray(16, 28)
				.toString('hex'),
		);
		expect(new Set(ivs).size).toBe(100);
	});

	it('does not show the text', () => {
		const text = 'a-token-that-would-be-recognized';
		const sealed = seal(text, SECRET, CONTEXT);
		expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain(text.slice(0, 6));
	});

	it('is text that JSON and URLs leave as it is', () => {
		fc.assert(
			fc.property(unicode, (text) => {
				expect(seal(text, SECRET, CONTEXT)).toMatch(/^[\w-]+$/);
			}),
		);
	});
});

describe('a miss, and never an error, is', () => {
	it('any flipped bit', () => {
		const sealed = seal('a token', SECRET, CONTEXT);
		for (let bit = 0; bit < bitsOf(sealed); bit++) {
			expect(open(flipBit(sealed, bit), SECRET, CONTEXT), `bit ${bit}`).toBeUndefined();
		}
	});

	it('any flipped bit, whatever the text', () => {
		const flipped = unicode
			.map((text) => seal(text, SECRET, CONTEXT))
			.chain((sealed) => fc.nat(bitsOf(sealed) - 1).map((bit) => flipBit(sealed, bit)));
		fc.assert(
			fc.property(flipped, (sealed) => {
				expect(open(sealed, SECRET, CONTEXT)).toBeUndefined();
			}),
		);
	});

	it('any replaced character, even one that stands for the same bytes', () => {
		const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= ';
		// Lengths whose last character has spare bits.
		for (const text of ['', 'a', 'ab', 'abc']) {
			const sealed = seal(text, SECRET, CONTEXT);
			const last = sealed.length - 1;
			for (const character of alphabet) {
				if (character === sealed[last]) continue;
				expect(open(sealed.slice(0, last) + character, SECRET, CONTEXT)).toBeUndefined();
			}
		}
	});

	it('a text that was cut or lengthened', () => {
		const sealed = seal('a token', SECRET, CONTEXT);
		for (let length = 0; length < sealed.length; length++) {
			expect(open(sealed.slice(0, length), SECRET, CONTEXT)).toBeUndefined();
		}
		for (const more of ['A', '=', '==', '\n', ' ', 'AAAA']) {
			expect(open(sealed + more, SECRET, CONTEXT)).toBeUndefined();
			expect(open(more + sealed, SECRET, CONTEXT)).toBeUndefined();
		}
	});

	it('another secret', () => {
		fc.assert(
			fc.property(unicode, unicode, (secret, other) => {
				fc.pre(secret !== other);
				expect(open(seal('token', secret, CONTEXT), other, CONTEXT)).toBeUndefined();
			}),
		);
	});

	it('another context', () => {
		fc.assert(
			fc.property(unicode, unicode, (context, other) => {
				fc.pre(context !== other);
				expect(open(seal('token', SECRET, context), SECRET, other)).toBeUndefined();
			}),
		);
	});

	it('any other text', () => {
		const base64url = fc.uint8Array({ maxLength: 200 }).map((bytes) => {
			return Buffer.from(bytes).toString('base64url');
		});
		fc.assert(
			fc.property(fc.oneof(unicode, fc.base64String(), base64url), (text) => {
				expect(open(text, SECRET, CONTEXT)).toBeUndefined();
			}),
		);
	});
});
