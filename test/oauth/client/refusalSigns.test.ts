import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusedBySign, type RefusalSigns } from '../../../oauth/client/refusalSigns';

const SIGNS: RefusalSigns = {
	statuses: [498],
	body: { path: 'errors.code', values: ['601', 'expired', 'true'] },
};

const isRefused = (status: number, body: unknown, signs: RefusalSigns = SIGNS) =>
	isRefusedBySign(
		{
			status,
			headers: {},
			body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
		},
		signs,
	);

describe('a token is refused', () => {
	it.each([
		['a status of the list', 498, ''],
		['a text in a list of objects', 200, { errors: [{ code: '600' }, { code: '601' }] }],
		['a number', 200, { errors: [{ code: 601 }] }],
		['a word, with another 2xx', 202, { errors: { code: 'expired' } }],
		['a truth value', 200, { errors: { code: true } }],
		['a list of values', 200, { errors: { code: ['600', '601'] } }],
	])('by %s', (_name, status, body) => {
		expect(isRefused(status, body)).toBe(true);
	});

	it('by a value at the top of the answer, as WeChat does', () => {
		const signs = { statuses: [], body: { path: 'errcode', values: ['40001', '42001'] } };
		expect(isRefused(200, { errcode: 42001, errmsg: 'access_token expired' }, signs)).toBe(true);
	});
});

describe('a token is not refused', () => {
	it.each([
		['another status', 403, ''],
		['another value', 200, { errors: [{ code: '602' }] }],
		['a part of the value', 200, { errors: [{ code: '6010' }] }],
		['the value elsewhere', 200, { code: '601' }],
		['an error with the value', 400, { errors: [{ code: '601' }] }],
		['an object there', 200, { errors: { code: { '601': 1 } } }],
		['a page', 200, '<html>601</html>'],
		['nothing', 200, ''],
		['a list of numbers', 200, [601]],
	])('by %s', (_name, status, body) => {
		expect(isRefused(status, body)).toBe(false);
	});

	it('by a long result, which is not read', () => {
		const body = { errors: [{ code: '601' }], rows: 'x'.repeat(64 * 1024) };
		expect(isRefused(200, body)).toBe(false);
	});

	it('by lists within lists, however many', () => {
		expect(isRefused(200, `${'['.repeat(20_000)}${']'.repeat(20_000)}`)).toBe(false);
	});

	it('where the body is not there to be read', () => {
		expect(isRefusedBySign({ status: 200, headers: {} }, SIGNS)).toBe(false);
	});
});

it('never throws, whatever comes', () => {
	fc.assert(
		fc.property(
			fc.integer(),
			fc.oneof(fc.string(), fc.json()),
			fc.string(),
			(status, body, path) => {
				const signs = { statuses: [], body: { path, values: ['1'] } };
				expect(typeof isRefused(status, body, signs)).toBe('boolean');
			},
		),
		{ numRuns: 300 },
	);
});
