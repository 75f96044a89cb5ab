import { describe, expect, it } from 'vitest';
import { redirectedRequest } from '../../http/redirect';
import { aRequest, aResponse } from './messages';

const redirect = (status: number, location: string) => aResponse(status, { location });

const post = aRequest({
	method: 'POST',
	headers: {
		Authorization: 'Bearer secret',
		'Content-Type': 'application/json',
		'Content-Length': '2',
		'Content-Encoding': 'identity',
		'Content-Language': 'en',
		'Content-Disposition': 'attachment; filename="a.json"',
		Accept: 'application/json',
	},
	body: Buffer.from('{}'),
	maxBodyBytes: 1_000,
	ignoreSslIssues: true,
});

describe('the method after a redirect', () => {
	const cases: Array<[status: number, method: string, next: string]> = [
		[301, 'GET', 'GET'],
		[301, 'HEAD', 'HEAD'],
		[301, 'POST', 'GET'],
		[301, 'PUT', 'PUT'],
		[302, 'POST', 'GET'],
		[302, 'PATCH', 'PATCH'],
		[302, 'DELETE', 'DELETE'],
		[303, 'GET', 'GET'],
		[303, 'HEAD', 'HEAD'],
		[303, 'POST', 'GET'],
		[303, 'PUT', 'GET'],
		[303, 'DELETE', 'GET'],
		[307, 'POST', 'POST'],
		[307, 'HEAD', 'HEAD'],
		[308, 'POST', 'POST'],
		[308, 'PATCH', 'PATCH'],
	];
	it.each(cases)('%i turns %s into %s', (status, method, next) => {
		const redirected = redirectedRequest({ ...post, method }, redirect(status, '/new'));
		expect(redirected?.method).toBe(next);
	});

	it.each([301, 302, 303])('leaves body and what describes it behind, at %i', (status) => {
		const redirected = redirectedRequest(post, redirect(status, '/new'));
		expect(redirected?.body).toBeUndefined();
		expect(redirected?.headers).toEqual({
			Authorization: 'Bearer secret',
			Accept: 'application/json',
		});
	});

	it.each([307, 308])('keeps body and headers, at %i', (status) => {
		const redirected = redirectedRequest(post, redirect(status, '/new'));
		expect(redirected).toEqual({ ...post, url: 'https://api.example.com/new' });
	});

	it('leaves the request as it was', () => {
		const before = structuredClone({ ...post, body: undefined });
		redirectedRequest(post, redirect(303, 'https://other.example.com/'));
		expect({ ...post, body: undefined }).toEqual(before);
	});
});

describe('where a redirect leads', () => {
	const from = aRequest({ url: 'https://api.example.com/v1/records?page=2' });
	const cases: Array<[location: string, url: string]> = [
		['https://other.example.com/x?y=1', 'https://other.example.com/x?y=1'],
		['//other.example.com/x', 'https://other.example.com/x'],
		['/v2/records', 'https://api.example.com/v2/records'],
		['items', 'https://api.example.com/v1/items'],
		['?page=3', 'https://api.example.com/v1/records?page=3'],
		['../a b', 'https://api.example.com/a%20b'],
	];
	it.each(cases)('is %s, seen from the request', (location, url) => {
		expect(redirectedRequest(from, redirect(302, location))?.url).toBe(url);
	});

	it.each(['file:///etc/passwd', 'ftp://example.com/', 'data:,x', 'javascript:1', 'http://[/'])(
		'is never %s',
		(location) => {
			expect(redirectedRequest(from, redirect(302, location))).toBeUndefined();
		},
	);

	it('is nowhere without a Location, or with an empty one', () => {
		expect(redirectedRequest(from, aResponse(302))).toBeUndefined();
		expect(redirectedRequest(from, redirect(302, ' '))).toBeUndefined();
	});

	it.each([200, 201, 300, 304, 305, 400])('is nowhere at %i', (status) => {
		expect(redirectedRequest(from, redirect(status, '/new'))).toBeUndefined();
	});
});

describe('what identifies the client', () => {
	const identified = aRequest({
		headers: {
			authorization: 'Bearer secret',
			'Proxy-Authorization': 'Basic secret',
			Cookie: 'session=secret',
			DPoP: 'proof',
			Host: 'api.example.com',
			'X-Trace': '1',
		},
	});

	it.each([
		['another host', 'https://other.example.com/records'],
		['a host above', 'https://example.com/records'],
		['another port', 'https://api.example.com:8443/records'],
		['http', 'http://api.example.com/records'],
	])('does not go to %s', (_name, location) => {
		for (const status of [301, 302, 303, 307, 308]) {
			const redirected = redirectedRequest(identified, redirect(status, location));
			expect(redirected?.headers).toEqual({ 'X-Trace': '1' });
		}
	});

	it('goes on within the origin, however its address is written', () => {
		const redirected = redirectedRequest(
			identified,
			redirect(307, 'HTTPS://API.example.com:443/records'),
		);
		expect(redirected?.headers).toEqual(identified.headers);
	});
});
