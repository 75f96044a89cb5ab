import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHttpDate, retryAfterMs } from '../../../http/retry/retryAfter';
import { aResponse } from '../messages';

const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

const two = (value: number, fill = '0') => String(value).padStart(2, fill);
const dayName = (date: Date) => DAYS[date.getUTCDay()] ?? '';
const month = (date: Date) => MONTHS[date.getUTCMonth()] ?? '';
const time = (date: Date) =>
	[date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map((n) => two(n)).join(':');

/** The three forms of RFC 9110 §5.6.7, written by its grammar. */
const FORMS = {
	'IMF-fixdate': (date: Date) =>
		`${dayName(date).slice(0, 3)}, ${two(date.getUTCDate())} ${month(date)} ${date.getUTCFullYear()} ${time(date)} GMT`,
	'RFC 850': (date: Date) =>
		`${dayName(date)}, ${two(date.getUTCDate())}-${month(date)}-${two(date.getUTCFullYear() % 100)} ${time(date)} GMT`,
	asctime: (date: Date) =>
		`${dayName(date).slice(0, 3)} ${month(date)} ${two(date.getUTCDate(), ' ')} ${time(date)} ${date.getUTCFullYear()}`,
};
const imf = (ms: number) => FORMS['IMF-fixdate'](new Date(ms));

/** Whole seconds, as an HTTP date has them. */
const moments = (untilYear: number) =>
	fc
		.integer({ min: 0, max: Date.UTC(untilYear, 11, 31, 23, 59, 59) / 1000 })
		.map((seconds) => seconds * 1000);

/** Strings that resemble what a server may send, as well as any others. */
const anyText = fc.oneof(
	fc.string(),
	fc.string({ unit: 'binary' }),
	fc.stringMatching(/^[-+]?\d{1,400}(\.\d{0,400})?([eE][-+]?\d+)?$/),
	fc.stringMatching(/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/),
	fc.stringMatching(/^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/),
	fc.stringMatching(/^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/),
);

describe('Retry-After', () => {
	it.each([String(NOW / 1000 + 30), String(NOW + 30_000)])(
		'is a moment where it is too large for anything else: %s',
		(value) => {
			expect(retryAfterMs(aResponse(429, { 'retry-after': value }), NOW)).toBe(30_000);
			const date = imf(NOW + 20_000);
			expect(retryAfterMs(aResponse(429, { 'retry-after': value, date }), NOW)).toBe(10_000);
		},
	);

	it('is a number of seconds', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 10_000_000 }), (seconds) => {
				const response = aResponse(429, { 'retry-after': String(seconds) });
				expect(retryAfterMs(response, NOW)).toBe(seconds * 1000);
			}),
		);
	});

	it('may have leading zeros and space around it', () => {
		expect(retryAfterMs(aResponse(429, { 'retry-after': ' 007\t' }), NOW)).toBe(7_000);
	});

	it('may be a fraction of a second, which some servers send', () => {
		expect(retryAfterMs(aResponse(429, { 'retry-after': '0.25' }), NOW)).toBe(250);
	});

	it.each([
		['60s', 60_000],
		['1m30s', 90_000],
		['500ms', 500],
		['2027-01-15T08:00:30Z', 30_000],
		['2027-01-15T09:00:30.5+01:00', 30_500],
	])('may be what cannot be misunderstood: %s', (value, waitMs) => {
		const nowMs = Date.UTC(2027, 0, 15, 8);
		expect(retryAfterMs(aResponse(429, { 'retry-after': value }), nowMs)).toBe(waitMs);
	});

	it.each(Object.entries(FORMS))('is a moment as %s', (_name, format) => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 10_000_000 }), (seconds) => {
				const value = format(new Date(NOW + seconds * 1000));
				expect(retryAfterMs(aResponse(503, { 'retry-after': value }), NOW)).toBe(seconds * 1000);
			}),
		);
	});

	it('asks for no wait where its moment has passed', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: NOW / 1000 }), (seconds) => {
				const value = imf(NOW - seconds * 1000);
				expect(retryAfterMs(aResponse(429, { 'retry-after': value }), NOW)).toBe(0);
			}),
		);
	});

	it("is read against the server's clock, however wrong either clock is", () => {
		fc.assert(
			fc.property(
				moments(2040),
				fc.integer({ min: 0, max: 100_000 }),
				fc.constantFrom(...Object.values(FORMS)),
				fc.integer({ min: 0, max: 8.64e15 }),
				(serverNow, seconds, format, clientNow) => {
					const response = aResponse(429, {
						'retry-after': format(new Date(serverNow + seconds * 1000)),
						date: ` ${format(new Date(serverNow))} `,
					});
					expect(retryAfterMs(response, clientNow)).toBe(seconds * 1000);
				},
			),
		);
	});

	it('is read against the own clock where the Date header is no date', () => {
		const headers = { 'retry-after': imf(NOW + 5_000), date: 'today' };
		expect(retryAfterMs(aResponse(429, headers), NOW)).toBe(5_000);
	});

	it('counts its seconds from now, whatever the Date header says', () => {
		const headers = { 'retry-after': '5', date: imf(NOW - 3_600_000) };
		expect(retryAfterMs(aResponse(429, headers), NOW)).toBe(5_000);
	});

	it.each([
		'',
		' ',
		'soon',
		'-5',
		'+5',
		'1e3',
		'0x10',
		'5 s',
		's',
		'2030-01-01',
		'2030-01-01T00:00:00',
		'5, 10',
		'NaN',
		'Infinity',
		'.5',
		'5.',
	])('says nothing as %j', (value) => {
		expect(retryAfterMs(aResponse(429, { 'retry-after': value }), NOW)).toBeUndefined();
	});

	it('says nothing where it is sent twice with different values', () => {
		const headers = { 'retry-after': ['5', '10'] };
		expect(retryAfterMs(aResponse(429, headers), NOW)).toBeUndefined();
	});

	it('may have the name of a limit behind', () => {
		expect(retryAfterMs(aResponse(429, { 'retry-after-short': '3' }), NOW)).toBe(3_000);
		expect(retryAfterMs(aResponse(429, { 'retry-after-ms': '3000' }), NOW)).toBeUndefined();
	});

	it('says nothing where it is missing', () => {
		expect(retryAfterMs(aResponse(429, { date: imf(NOW) }), NOW)).toBeUndefined();
	});

	it('never gives a negative wait or none at all, whatever the headers hold', () => {
		fc.assert(
			fc.property(anyText, anyText, (retryAfter, date) => {
				const waitMs = retryAfterMs(aResponse(429, { 'retry-after': retryAfter, date }), NOW);
				if (waitMs !== undefined) expect(waitMs).toBeGreaterThanOrEqual(0);
			}),
			{ numRuns: 2_000 },
		);
	});

	it('never gives an endless wait, not even for a number of hundreds of digits', () => {
		const response = aResponse(429, { 'retry-after': '9'.repeat(400) });
		expect(retryAfterMs(response, NOW) ?? 0).toBeLessThan(Infinity);
	});
});

describe('an HTTP date', () => {
	it.each(['IMF-fixdate', 'asctime'] as const)('is read to the second as %s', (form) => {
		fc.assert(
			fc.property(moments(9999), (ms) => {
				expect(parseHttpDate(FORMS[form](new Date(ms)))).toBe(ms);
			}),
			{ numRuns: 1_000 },
		);
	});

	it('is read to the second as RFC 850, of this and the last century', () => {
		fc.assert(
			fc.property(moments(2049), (ms) => {
				expect(parseHttpDate(FORMS['RFC 850'](new Date(ms)))).toBe(ms);
			}),
			{ numRuns: 1_000 },
		);
	});

	it("is what the RFC's examples say", () => {
		const ms = Date.UTC(1994, 10, 6, 8, 49, 37);
		expect(parseHttpDate('Sun, 06 Nov 1994 08:49:37 GMT')).toBe(ms);
		expect(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT')).toBe(ms);
		expect(parseHttpDate('Sun Nov  6 08:49:37 1994')).toBe(ms);
	});

	it.each([
		'',
		'2026-01-15T12:00:00Z',
		'1768478400',
		'Thu, 15 Jan 2026 12:00:00',
		'Thu, 15 Jan 2026 12:00:00 UTC',
		'Thu, 15 Jan 2026 12:00:00 +0100',
		'Thu, 15 Jan 2026 12:00:00 GMT, Thu, 15 Jan 2026 12:00:00 GMT',
		'Thu, 15 Foo 2026 12:00:00 GMT',
		'Thu, 15 Jan 2026 25:00:00 GMT',
		'Thu, 99 Jan 2026 12:00:00 GMT',
		'Thu Jan 15 12:00:00 2026 GMT',
		'Thursday, 15-Jan-26 25:00:00 GMT',
		'Foo Bar 99 12:00:00 2026',
	])('is not %j', (value) => {
		expect(parseHttpDate(value)).toBeUndefined();
	});

	it('is a finite number or nothing, whatever the text', () => {
		fc.assert(
			fc.property(anyText, (text) => {
				const ms = parseHttpDate(text);
				if (ms !== undefined) expect(ms).toSatisfy(Number.isFinite);
			}),
			{ numRuns: 2_000 },
		);
	});
});
