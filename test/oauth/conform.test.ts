import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conformingResponse } from '../../oauth/conform';

async function conform(status: number, body: unknown) {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	const response = conformingResponse({ status, body: Buffer.from(text) });
	if (response === undefined) return undefined;
	const json: unknown = await response.json();
	return { status: response.status, json };
}

const token = (more: object = {}) => ({ access_token: 'a-token', token_type: 'Bearer', ...more });

describe('a token response', () => {
	it('that conforms stays as it is', async () => {
		expect(await conform(200, token({ expires_in: 3600 }))).toEqual({
			status: 200,
			json: token({ expires_in: 3600 }),
		});
	});

	it.each([201, 202, 206])('with status %i is one with 200', async (status) => {
		expect(await conform(status, token())).toEqual({ status: 200, json: token() });
	});

	it.each([undefined, null, ''])('with the token type %j is of type Bearer', async (token_type) => {
		expect(await conform(200, { access_token: 'a-token', token_type })).toEqual({
			status: 200,
			json: token(),
		});
	});

	it.each(['Bearer', 'DPoP', 'mac'])('keeps its token type %s', async (token_type) => {
		expect((await conform(200, token({ token_type })))?.json).toMatchObject({ token_type });
	});

	it('may have its token type in any case', async () => {
		const json = (await conform(200, token({ token_type: 'bearer' })))?.json;
		expect(json).toMatchObject({ token_type: 'Bearer' });
	});

	it.each([
		['3600', 3600],
		[3600.5, 3600.5],
		[' 60 ', 60],
	])('has the lifetime %j as a number', async (expires_in, seconds) => {
		expect((await conform(200, token({ expires_in })))?.json).toEqual(
			token({ expires_in: seconds }),
		);
	});

	const none: unknown[] = [0, -1, '', '0', 'soon', null, 'Infinity', {}, 'NaN', { toString: 1 }];
	it.each(none.map((value) => [value]))('has no lifetime where it says %j', async (expires_in) => {
		expect((await conform(200, token({ expires_in })))?.json).toEqual(token());
	});

	it('loses what is not needed, which might not conform', async () => {
		const more = { id_token: 5, scope: ['a'], refresh_token: {}, 'not-before-policy': 0 };
		expect((await conform(200, token(more)))?.json).toEqual(token());
	});

	it('may begin with a byte order mark', async () => {
		expect(await conform(200, `\uFEFF${JSON.stringify(token())}`)).toMatchObject({ status: 200 });
	});

	it.each([null, '', 0, false])('may hold the error %j', async (error) => {
		expect(await conform(200, token({ error }))).toEqual({ status: 200, json: token() });
	});

	it('may hold an error beside the token', async () => {
		expect(await conform(200, token({ error: 'none' }))).toEqual({ status: 200, json: token() });
	});

	it('is not made up where there is no token', async () => {
		const json = (await conform(200, { token_type: 'Bearer' }))?.json;
		expect(json).not.toHaveProperty('access_token');
	});
});

describe('an error response', () => {
	it.each([200, 302, 400, 401, 403, 429, 500, 503])(
		'with status %i is one with 400',
		async (status) => {
			expect(await conform(status, { error: 'invalid_client' })).toEqual({
				status: 400,
				json: { error: 'invalid_client' },
			});
		},
	);

	it('keeps what the server says', async () => {
		const json = { error: 'invalid_client', error_description: 'Wrong secret' };
		expect((await conform(401, json))?.json).toEqual(json);
	});

	it.each([[5], [null], [{ a: 1 }], [['a']]])('loses a description that is %j', async (value) => {
		const json = { error: 'invalid_client', error_description: value, error_uri: 5, trace: {} };
		expect((await conform(401, json))?.json).toEqual({ error: 'invalid_client' });
	});
});

describe('neither a token nor an OAuth error is', () => {
	it.each([
		['nothing', 200, ''],
		['a page', 200, '<!doctype html>'],
		['a form', 200, 'access_token=a&token_type=bearer'],
		['text', 400, 'Bad Request'],
		['a list', 200, [token()]],
		['a number', 200, '5'],
		['a quoted text', 200, '"a-token"'],
		['null', 200, 'null'],
		['JSON without an error code', 400, { message: 'no' }],
		['an error that is no code', 400, { error: { message: 'no' } }],
		['an empty error code', 400, { error: '' }],
		['a token with an error status', 400, token()],
		['a token and an error with an error status', 500, token({ error: 'server_error' })],
	])('%s', async (_name, status, body) => {
		expect(await conform(status, body)).toBeUndefined();
	});
});

it('never throws, and yields a token response, an error response, or nothing', async () => {
	const bodies = fc.oneof(
		fc.uint8Array().map((bytes) => Buffer.from(bytes)),
		fc.jsonValue().map((json) => Buffer.from(JSON.stringify(json))),
		fc
			.record(
				{
					access_token: fc.oneof(fc.string(), fc.jsonValue()),
					token_type: fc.oneof(fc.constantFrom('Bearer', 'DPoP'), fc.jsonValue()),
					expires_in: fc.oneof(fc.double(), fc.jsonValue()),
					error: fc.oneof(fc.string(), fc.jsonValue()),
					error_description: fc.jsonValue(),
				},
				{ requiredKeys: [] },
			)
			.map((json) => Buffer.from(JSON.stringify(json))),
	);
	await fc.assert(
		fc.asyncProperty(fc.integer({ min: 100, max: 999 }), bodies, async (status, body) => {
			const response = conformingResponse({ status, body });
			if (response === undefined) return;
			const json = (await response.json()) as Record<string, unknown>;
			const allowed =
				response.status === 200
					? ['access_token', 'token_type', 'expires_in']
					: ['error', 'error_description'];
			expect(allowed).toEqual(expect.arrayContaining(Object.keys(json)));
			if (response.status !== 200) expect(json.error).toMatch(/./s);
			if ('expires_in' in json) expect(json.expires_in).toBeGreaterThan(0);
		}),
		{ numRuns: 1_000 },
	);
});
