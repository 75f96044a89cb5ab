import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	canCarryForm,
	sendToken,
	withoutToken,
	type ResourceRequest,
} from '../../../oauth/client/sending';
import { createAccessToken } from '../../../oauth/token/accessToken';

const token = (value = 'a-token', type: 'Bearer' | 'DPoP' = 'Bearer') =>
	createAccessToken(value, type, 60, 0);

const request = (overrides: Partial<ResourceRequest> = {}): ResourceRequest => ({
	method: 'POST',
	url: 'https://api.example.com/records',
	headers: {},
	...overrides,
});

const form = (body: string) =>
	request({
		headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' },
		body: Buffer.from(body),
	});

describe('the token goes', () => {
	it.each(['Bearer', 'DPoP'] as const)('into the header as %s', (type) => {
		const sent = sendToken(request(), token('a-token', type), { kind: 'authorization' });
		expect(sent).toEqual({ headers: { authorization: `${type} a-token` } });
	});

	it.each([
		['', 'a-token'],
		['Token', 'Token a-token'],
		['Zoho-oauthtoken', 'Zoho-oauthtoken a-token'],
	])('into another header behind "%s"', (prefix, value) => {
		const sent = sendToken(request(), token(), { kind: 'header', name: 'X-Key', prefix });
		expect(sent).toEqual({ headers: { 'X-Key': value } });
	});

	it.each([
		['', '?key=a%2Bb%2F%3D'],
		['?', '?key=a%2Bb%2F%3D'],
		['?a=%20b+c&d', '?a=%20b+c&d&key=a%2Bb%2F%3D'],
		['?key=old&a=1&k%65y=older', '?a=1&key=a%2Bb%2F%3D'],
		['?keys=1&%', '?keys=1&%&key=a%2Bb%2F%3D'],
	])('into the query %j, which stays as it is', (query, expected) => {
		const url = 'https://api.example.com/a%20b';
		const sent = sendToken(request({ url: url + query }), token('a+b/='), {
			kind: 'query',
			name: 'key',
		});
		expect(sent).toEqual({ headers: {}, url: url + expected });
	});

	it('into the form, whose own fields stay as they are', () => {
		const sent = sendToken(form('a=%20b&key=old'), token('a b&c'), { kind: 'form', name: 'key' });
		expect(sent.body?.toString()).toBe('a=%20b&key=a+b%26c');
		expect(sent.headers).toEqual({});
	});

	it('into a form of its own where there is no body', () => {
		const sent = sendToken(request(), token(), { kind: 'form', name: 'key' });
		expect(sent.body?.toString()).toBe('key=a-token');
		expect(sent.headers).toEqual({ 'content-type': 'application/x-www-form-urlencoded' });
	});

	it('nowhere where there can be no form', () => {
		const sent = sendToken(request({ method: 'GET' }), token(), { kind: 'form', name: 'key' });
		expect(sent).toEqual({ headers: {} });
	});

	it('whatever it is made of, and is read again as it was', () => {
		fc.assert(
			fc.property(fc.string({ minLength: 1 }), fc.webQueryParameters(), (value, query) => {
				const url = `https://api.example.com/?${query}`;
				const sent = sendToken(request({ url }), token(value), { kind: 'query', name: 'key' });
				expect(new URL(sent.url ?? '').searchParams.getAll('key')).toEqual([value]);
			}),
		);
	});
});

it.each([
	['POST without a body', request(), true],
	['GET', request({ method: 'GET' }), false],
	['a form', form('a=1'), true],
	['a form in capitals', request({ headers: { 'Content-Type': 'Application/X-WWW-Form-urlencoded' }, body: Buffer.from('a=1') }), true], // prettier-ignore
	['JSON', request({ headers: { 'content-type': 'application/json' }, body: Buffer.from('{}') }), false], // prettier-ignore
	['a body of no type', request({ body: Buffer.from('a=1') }), false],
])('a form can be carried by %s: %#', (_name, one, expected) => {
	expect(canCarryForm(one)).toBe(expected);
});

describe('a URL that the API sends back loses the token', () => {
	const TOKEN = 'Abc+/123==';
	it.each([
		[`?access_token=${encodeURIComponent(TOKEN)}`, ''],
		[`?a=1&other=${encodeURIComponent(TOKEN)}&b=2`, '?a=1&b=2'],
		[`?a=1&access_token=${TOKEN}`, '?a=1'],
		[`?next=${encodeURIComponent(`/x?access_token=${encodeURIComponent(TOKEN)}`)}&a=1`, '?a=1'],
		['?next=%2Fx%3Faccess_token%3DAbc%2b%2f123%3d%3d', ''],
		['?a=%20b&c', '?a=%20b&c'],
		['', ''],
	])('%s', (query, expected) => {
		const url = 'https://elsewhere.example/x';
		expect(withoutToken(url + query, token(TOKEN))).toBe(url + expected);
	});
});
