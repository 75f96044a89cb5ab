import { describe, expect, it } from 'vitest';
import type { HttpResponse } from '../../../http/message';
import { readRefusal } from '../../../http/retry/refusal';
import { answer } from '../messages';

describe('a refusal', () => {
	const read = (status: number, headers?: HttpResponse['headers']) => {
		const outcome = answer(status, headers);
		return outcome.kind === 'response'
			? readRefusal(outcome.response, Date.UTC(2026, 0, 1))
			: undefined;
	};

	it('is a 429, whether it says how long or not', () => {
		expect(read(429)).toEqual({});
		expect(read(429, { 'retry-after': '5' })).toEqual({ toldMs: 5_000 });
		expect(read(429, { 'retry-after': '0' })).toEqual({});
	});

	it.each([403, 503])('is a %i that says how long', (status) => {
		expect(read(status, { 'retry-after': '5' })).toEqual({ toldMs: 5_000 });
		expect(read(status, { 'retry-after': '0' })).toBeUndefined();
		expect(read(status)).toBeUndefined();
	});

	it.each([403, 503])('is a %i that says that nothing is left', (status) => {
		expect(read(status, { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '0' })).toEqual({});
		expect(read(status, { ratelimit: '"hour";r=0;t=60' })).toEqual({});
		expect(
			read(status, { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '1' }),
		).toBeUndefined();
		expect(
			read(status, { 'x-ratelimit-limit': '0', 'x-ratelimit-remaining': '0' }),
		).toBeUndefined();
	});

	it.each([200, 301, 401, 408, 500, 502, 504])('is no %i, whatever it says', (status) => {
		expect(read(status, { 'retry-after': '5' })).toBeUndefined();
	});
});
