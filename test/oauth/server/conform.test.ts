import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	STANDARD_FORMAT,
	type TokenResponseFormat,
} from '../../../oauth/client/tokenResponseFormat';
import { conformingResponse } from '../../../oauth/server/conform';

const NOW_MS = Date.UTC(2026, 10, 24, 12);

async function conform(status: number, body: unknown, format: Partial<TokenResponseFormat> = {}) {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	const response = conformingResponse(
		{ status, body: Buffer.from(text) },
		{ ...STANDARD_FORMAT, ...format },
		NOW_MS,
	);
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

	it.each([undefined, null, '', ' ', ' Bearer '])(
		'with the token type %j is of type Bearer',
		async (token_type) => {
			expect(await conform(200, { access_token: 'a-token', token_type })).toEqual({
				status: 200,
				json: token(),
			});
		},
	);

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

describe('the lifetime', () => {
	const lifetime = async (
		expires_in: unknown,
		lifetimeUnit: TokenResponseFormat['lifetimeUnit'] = 'seconds',
	) => {
		const conformed = await conform(200, token({ expires_in }), { lifetimeUnit });
		return (conformed?.json as { expires_in?: number }).expires_in;
	};
	const IN_AN_HOUR_MS = NOW_MS + 3_600_000;

	it.each([
		['milliseconds', 3_600_000],
		['seconds', '3600.0'],
		['minutes', '60'],
		['hours', 1],
	] as const)('may be counted in %s', async (unit, value) => {
		expect(await lifetime(value, unit)).toBe(3600);
	});

	it.each([
		['a date', new Date(IN_AN_HOUR_MS).toISOString()],
		['a date with an offset', '2026-11-24T15:00:00+02:00'],
		['a date without a zone, which is UTC', '2026-11-24 13:00:00'],
		['a date as HTTP writes it', new Date(IN_AN_HOUR_MS).toUTCString()],
		['Unix time', IN_AN_HOUR_MS / 1000],
		['Unix time as text', String(IN_AN_HOUR_MS / 1000)],
		['Unix time in milliseconds', IN_AN_HOUR_MS],
	])('may be told by its end: %s', async (_name, value) => {
		expect(await lifetime(value)).toBe(3600);
		expect(await lifetime(value, 'milliseconds')).toBeCloseTo(
			value === IN_AN_HOUR_MS / 1000 || value === String(IN_AN_HOUR_MS / 1000)
				? IN_AN_HOUR_MS / 1_000_000
				: 3600,
		);
	});

	it.each([NOW_MS - 1, NOW_MS / 1000 - 1, '2026-11-24T11:59:59Z', '24.11.'])(
		'is none where its end %j has passed or is unknown',
		async (value) => {
			expect(await lifetime(value)).toBeUndefined();
		},
	);

	it.each([9_999_999_999, 4e12, 1e300])('of %j is twenty years at most', async (value) => {
		expect(await lifetime(value)).toBe(20 * 365 * 86_400);
	});
});

describe('a token response of another form', () => {
	it.each([
		['access_token=a-token&token_type=bearer&expires_in=60', { expires_in: 60 }],
		['access_token=a%2Btoken&other=repo%2Cgist&token_type=bearer\n', { access_token: 'a+token' }],
	])('is a form: %s', async (body, more) => {
		expect((await conform(200, body))?.json).toEqual(token(more));
	});

	it('is an OAuth error in a form, with any status', async () => {
		const body = 'error=invalid_client&error_description=Wrong+secret';
		const json = { error: 'invalid_client', error_description: 'Wrong secret' };
		expect(await conform(200, body)).toEqual({ status: 400, json });
	});

	it.each([
		['a renamed field', 'token', { token: 'a-token' }],
		['an object in an object', 'data.token', { data: { token: 'a-token' } }],
		['an entry of a list', 'tokens[1].jwt', { tokens: [{ jwt: 'no' }, { jwt: 'a-token' }] }],
		['the first entry of a list', 'tokens.jwt', { tokens: [{ jwt: 'a-token' }, { jwt: 'no' }] }],
		['a name with a dot', '.token', { '.token': 'a-token' }],
		['a name with spaces', 'access token', { 'access token': 'a-token' }],
	])('has its token in %s', async (_name, tokenPath, body) => {
		expect(await conform(200, body, { tokenPath })).toEqual({ status: 200, json: token() });
	});

	it('has its lifetime elsewhere', async () => {
		const body = { data: { token: 'a-token', ttl: '5' }, expires_in: 1 };
		const format = {
			tokenPath: 'data.token',
			lifetimePath: 'data.ttl',
			lifetimeUnit: 'minutes',
		} as const;
		expect((await conform(200, body, format))?.json).toEqual(token({ expires_in: 300 }));
	});

	it.each(['a-token', '"a-token"', 'a-token\r\n', '\uFEFFa-token'])(
		'is nothing but the token: %j',
		async (body) => {
			expect(await conform(200, body, { tokenPath: '' })).toEqual({ status: 200, json: token() });
		},
	);

	it.each(['', 'null', '""', '<html></html>', 'log in first', '{"a":1}', 'error=a', '[]'])(
		'is not the token where it cannot be one: %j',
		async (body) => {
			const json = (await conform(200, body, { tokenPath: '' }))?.json;
			expect(json ?? {}).not.toHaveProperty('access_token');
		},
	);

	it('is no token with an error status', async () => {
		expect(await conform(401, 'Unauthorized', { tokenPath: '' })).toBeUndefined();
	});

	it.each(['__proto__.toString', 'constructor', 'length', 'tokens.length'])(
		'has no token in what every object has: %s',
		async (tokenPath) => {
			const json = (await conform(200, { tokens: [] }, { tokenPath }))?.json;
			expect(json).not.toHaveProperty('access_token');
		},
	);
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

	it.each([[5], [null], [{ a: 1 }]])('loses a description that is %j', async (value) => {
		const json = { error: 'invalid_client', error_description: value, error_uri: 5, trace: {} };
		expect((await conform(401, json))?.json).toEqual({ error: 'invalid_client' });
	});
});

describe('neither a token nor an OAuth error is', () => {
	it.each([
		['nothing', 200, ''],
		['a page', 200, '<!doctype html>'],
		['a form with an error status', 400, 'access_token=a&token_type=bearer'],
		['text with a sign of equality', 200, 'Please log in: user=you'],
		['text', 400, 'Bad Request'],
		['a list of several', 200, [token(), token()]],
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
	const formats = fc.record({
		tokenPath: fc.oneof(fc.constantFrom('', 'access_token', 'error.a'), fc.string()),
		lifetimePath: fc.oneof(fc.constantFrom('', 'expires_in', '[0]'), fc.string()),
		lifetimeUnit: fc.constantFrom('milliseconds', 'seconds', 'minutes', 'hours'),
	});
	const statuses = fc.integer({ min: 100, max: 999 });
	await fc.assert(
		fc.asyncProperty(statuses, bodies, formats, async (status, body, format) => {
			const response = conformingResponse({ status, body }, format, NOW_MS);
			if (response === undefined) return;
			const json = (await response.json()) as Record<string, unknown>;
			const allowed =
				response.status === 200
					? ['access_token', 'token_type', 'expires_in', 'scope']
					: ['error', 'error_description'];
			expect(allowed).toEqual(expect.arrayContaining(Object.keys(json)));
			if (response.status !== 200) expect(json.error).toMatch(/./s);
			if ('expires_in' in json) expect(json.expires_in).toBeGreaterThan(0);
		}),
		{ numRuns: 1_000 },
	);
});
