import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact, redactJson } from '../../text/redact';

const SECRET = 's3cr/t+with~all (kinds) of*signs&=ü';

const formEncode = (value: string) => new URLSearchParams([['', value]]).toString().slice(1);

/** Cannot be part of the texts that this package itself writes. */
const secret = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => `Zq9${text}Xw7`);

describe('a secret in a text of a server', () => {
	it.each([
		['as it is', SECRET],
		['percent-encoded', encodeURIComponent(SECRET)],
		['form-encoded', formEncode(SECRET)],
	])('is hidden %s', (_name, form) => {
		expect(redact(`secret "${form}" is wrong; ${form}`, [SECRET])).toBe(
			'secret "[hidden]" is wrong; [hidden]',
		);
	});

	it('is hidden in percent-encoding with small letters, as .NET writes it', () => {
		const small = encodeURIComponent(SECRET).replace(/%../g, (code) => code.toLowerCase());
		expect(redact(`got ${small}`, [SECRET])).toBe('got [hidden]');
	});

	it('is hidden as JSON writes it', () => {
		const quoted = 'quote"and\\backslash';
		expect(redact(JSON.stringify({ got: quoted }), [quoted])).not.toContain('backslash');
	});

	it('is hidden as JSON of PHP writes it', () => {
		expect(redact('{"got":"0aB\\/1cD\\/2eF"}', ['0aB/1cD/2eF'])).toBe('{"got":"[hidden]"}');
	});

	it.each([
		['.NET writes it in JSON', 'got 0aB\\u002B1cD\\u0026', '0aB+1cD&'],
		['a proxy quotes it within JSON', 'got 0aB\\\\u002b1cD', '0aB+1cD'],
		['HTML writes it by number', 'got 0aB&#43;1cD&#x2F;2eF', '0aB+1cD/2eF'],
		['HTML writes it within HTML', 'got 0aB&amp;amp;1cD', '0aB&1cD'],
		['a URL holds it within a URL', 'got 0aB%252b1cD%25252F', '0aB+1cD/'],
		['it is beyond ASCII', 'got 0aB\\u00fc\\uD83D\\ude00%C3%BC', '0aBü😀ü'],
		['it is in other letter case, as in a host name', 'got 0ab-1cd', '0aB-1cD'],
	])('is hidden as %s', (_name, text, value) => {
		expect(redact(text, [value])).toBe('got [hidden]');
	});

	it('is hidden as far as it goes where the server has cut it, if half of it is longer', () => {
		expect(redact('got correct-hor… and no more', ['correct-horse-battery'])).toBe(
			'got [hidden] and no more',
		);
		expect(redact('the correct way', ['correct-horse-battery'])).toBe('the correct way');
	});

	it('of digits is hidden in JSON, too, as a number', () => {
		expect(redactJson({ got: 123456789012, other: 7 }, ['123456789012'])).toEqual({
			got: '[hidden]',
			other: 7,
		});
	});

	it('is hidden in JSON as deep as anybody reads it, and what lies deeper is hidden whole', () => {
		const nested = (levels: number): unknown =>
			JSON.parse(`${'['.repeat(levels)}"${SECRET}"${']'.repeat(levels)}`);
		expect(JSON.stringify(redactJson(nested(50), [SECRET]))).toContain('["[hidden]"]');
		expect(JSON.stringify(redactJson(nested(100_000), [SECRET]))).toContain('["[hidden]"]');
	});

	it('is hidden as HTML writes it', () => {
		const html = '<p>got 0aB&amp;1cD&quot;2eF&lt;3gH</p>';
		expect(redact(html, ['0aB&1cD"2eF<3gH'])).toBe('got [hidden]');
	});

	it('is hidden whatever it is and wherever it stands', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), secret, (text, value) => {
				for (const form of [value, encodeURIComponent(value), formEncode(value)]) {
					expect(redact(`${text}${form}${text}`, [value])).not.toContain(form);
				}
			}),
		);
	});

	it('is hidden whole where another one is a part of it', () => {
		expect(redact('got abcd-efgh', ['abcd', 'abcd-efgh'])).toBe('got [hidden]');
	});

	it('leaves no more than its place: each of several is hidden', () => {
		expect(redact('one-secret and two-secret', ['one-secret', 'two-secret'])).toBe(
			'[hidden] and [hidden]',
		);
	});

	it('is hidden even where the text is cut within it', () => {
		const text = `${'x'.repeat(295)}${SECRET}`;
		expect(redact(text, [SECRET])).not.toContain(SECRET.slice(0, 4));
	});

	it('is hidden in many texts in no time, however many long ones there are', () => {
		const tokens = Array.from({ length: 10 }, (_entry, index) => `${index}aB-cD_eF`.repeat(250));
		const startedAt = performance.now();
		for (let count = 0; count < 1000; count++) {
			expect(redact('There is no such record', tokens)).toBe('There is no such record');
		}
		expect(performance.now() - startedAt).toBeLessThan(2_000);
	});

	it('of under four characters is left, or a text would lose its letters', () => {
		expect(redact('a bad cat', ['a', '', 'at'])).toBe('a bad cat');
	});
});

describe('what looks like a token', () => {
	const JWT = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';

	it.each([
		['a JWT', `token ${JWT} expired`, 'token [token hidden] expired'],
		['a JWT behind a word', `x_${JWT}`, 'x_[token hidden]'],
		[
			'a token in JSON within JSON',
			'{\\"access_token\\": \\"abc\\"}',
			'{\\"access_token\\": \\"[hidden]"}',
		],
		['an unsigned JWT', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.', '[token hidden]'],
		['a header', 'Authorization: Bearer 0123456789abcdef', 'Authorization: Bearer [hidden]'],
		['a Basic header', 'got Basic YTpiOmM6ZDplOmY=', 'got Basic [hidden]'],
		['a header in small letters', 'bearer abcd.efgh~ijkl', 'bearer [hidden]'],
		['a DPoP header', 'DPoP 0123456789abcdef', 'DPoP [hidden]'],
	])('is hidden: %s', (_name, text, shown) => {
		expect(redact(text, [])).toBe(shown);
	});

	it('is not what a sentence says about tokens', () => {
		const text = 'Use a Bearer token. Basic auth is off.';
		expect(redact(text, [])).toBe(text);
	});
});

describe('a shown text', () => {
	it.each([
		['mark-up', '<html><body><h1>Not found</h1> here</body></html>', 'Not found here'],
		['styles', '<style>p { color: red }</style>Gone', 'Gone'],
		['scripts', 'a<SCRIPT type="x">steal("<p>")</SCRIPT>b', 'a b'],
		['white space', '  a\r\n\t b\u0000\u001b[31m  ', 'a b [31m'],
	])('is without %s', (_name, text, shown) => {
		expect(redact(text, [])).toBe(shown);
	});

	it('is of readable length', () => {
		expect(redact('word '.repeat(1000), [])).toHaveLength(301);
		expect(redact('word '.repeat(1000), [])).toMatch(/…$/);
		expect(redact('x'.repeat(300), [])).toBe('x'.repeat(300));
	});

	it('is one line, short and without mark-up, whatever the server sent', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 1000 }), secret, (text, value) => {
				const shown = redact(text, [value]);
				expect(shown).not.toMatch(/[\u0000-\u001f\u007f]|<[^>]*>/);
				expect(shown.length).toBeLessThanOrEqual(301);
			}),
		);
	});

	it('is there even where a secret is no well-formed Unicode', () => {
		expect(redact('got abc\ud800def', ['abc\ud800def'])).toBe('got [hidden]');
	});

	it.each([
		['opened tags', '<'.repeat(500_000)],
		['opened styles', '<style>'.repeat(100_000)],
		['beginnings of tokens', 'eyJ-'.repeat(250_000)],
		['beginnings of tokens within a word', `x${'eyJ'.repeat(50_000)}`],
	])('is made of a large hostile one in no time: %s', (_name, text) => {
		const startedAt = performance.now();
		redact(text, [SECRET]);
		redactJson({ text }, [SECRET]);
		expect(performance.now() - startedAt).toBeLessThan(5_000);
	});
});
