import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAccessToken, type AccessToken } from '../../../oauth/token/accessToken';
import { bearerAuthorizer } from '../../../oauth/token/bearer';
import { startProcess } from '../testProcess';

const REQUEST = { method: 'GET', url: 'https://api.example.com/records?a=1', headers: {} };

/** The authorization of one request whose token is granted anew each time it is refused. */
async function authorization() {
	const process = startProcess();
	const source = process.startRun();
	const bearer = bearerAuthorizer(source);
	return { process, source, bearer, authorized: await bearer.authorize(REQUEST) };
}

function answer(status: number, challenge?: string | string[]) {
	const headers: Record<string, string | string[]> = {};
	if (challenge !== undefined) headers['www-authenticate'] = challenge;
	return { status, headers };
}

describe('an authorized request', () => {
	it('carries the token of the source', async () => {
		const { authorized } = await authorization();
		expect(authorized.headers).toEqual({ authorization: 'Bearer token-1' });
	});

	it('carries it where the credential says', async () => {
		const process = startProcess();
		const bearer = bearerAuthorizer(process.startRun(), {
			sending: { kind: 'query', name: 'key' },
			refusal: { statuses: [] },
		});
		const { headers, url } = await bearer.authorize(REQUEST);
		expect(headers).toEqual({});
		expect(url).toBe('https://api.example.com/records?a=1&key=token-1');
	});

	it('says the type of its token', async () => {
		const process = startProcess();
		process.grant = async (): Promise<AccessToken> =>
			createAccessToken('bound', 'DPoP', 600, process.nowMs);
		const { headers } = await bearerAuthorizer(process.startRun()).authorize(REQUEST);
		expect(headers).toEqual({ authorization: 'DPoP bound' });
	});

	it('is not made once the run has been cancelled', async () => {
		const process = startProcess();
		const cancelled = AbortSignal.abort(new Error('cancelled'));
		const authorizing = bearerAuthorizer(process.startRun()).authorize(REQUEST, cancelled);
		await expect(authorizing).rejects.toThrow('cancelled');
	});
});

describe('a token is refused by a 401', () => {
	it.each([
		['without a challenge', undefined],
		['with an empty challenge', ''],
		['that asks for a token', 'Bearer realm="api"'],
		['that says invalid_token', 'Bearer error="invalid_token", error_description="expired"'],
		['that says so in its second challenge', ['Basic realm="a"', 'Bearer error="invalid_token"']],
		['that asks for something else', 'Negotiate'],
		['with a malformed challenge', 'Bearer error="insuffi'],
		['that only mentions a scope', 'Bearer realm="insufficient_scope"'],
	])('%s', async (_name, challenge) => {
		const { authorized, bearer } = await authorization();
		expect(await authorized.verdictOf(answer(401, challenge))).toBe('replaced');
		expect((await bearer.authorize(REQUEST)).headers.authorization).toBe('Bearer token-2');
	});

	it('whatever its challenge says, where the token is none that a header can carry', async () => {
		const process = startProcess();
		process.grant = async () => createAccessToken('line\nbreak', 'Bearer', 600, process.nowMs);
		const authorized = await bearerAuthorizer(process.startRun()).authorize(REQUEST);
		expect(await authorized.verdictOf(answer(401, 'Bearer error="invalid_token"'))).toBe(
			'replaced',
		);
	});

	it('whatever its challenge says, and reading it never fails', async () => {
		const challenge = fc.oneof(
			fc.string({ unit: 'binary' }),
			fc.string().map((text) => `Bearer ${text}`),
		);
		await fc.assert(
			fc.asyncProperty(challenge, async (text) => {
				fc.pre(!text.includes('insufficient_scope'));
				const { authorized } = await authorization();
				expect(await authorized.verdictOf(answer(401, text))).toBe('replaced');
			}),
		);
	});
});

describe('a token is refused by another sign', () => {
	it.each([
		['a status', { status: 498 }],
		['what a 200 holds', { status: 200, body: Buffer.from('{"errors":[{"code":"602"}]}') }],
	])('%s', async (_name, response) => {
		const bearer = bearerAuthorizer(startProcess().startRun(), {
			sending: { kind: 'authorization' },
			refusal: { statuses: [498], body: { path: 'errors.code', values: ['602'] } },
		});
		const authorized = await bearer.authorize(REQUEST);
		expect(await authorized.verdictOf({ headers: {}, ...response })).toBe('replaced');
		expect((await bearer.authorize(REQUEST)).headers.authorization).toBe('Bearer token-2');
	});
});

describe('a token is not refused', () => {
	it.each([
		['by insufficient_scope', 'Bearer error="insufficient_scope", scope="records:admin"'],
		['by insufficient_scope without quotes', 'Bearer error=insufficient_scope'],
		['by insufficient_scope among others', 'Basic realm="a", Bearer error="insufficient_scope"'],
		['by insufficient_scope in a header of its own', ['Basic realm="a"', 'Bearer error="insufficient_scope"']], // prettier-ignore
	])('%s', async (_name, challenge) => {
		const { authorized, bearer } = await authorization();
		expect(await authorized.verdictOf(answer(401, challenge))).toBe('accepted');
		expect((await bearer.authorize(REQUEST)).headers.authorization).toBe('Bearer token-1');
	});

	it.each([200, 204, 302, 400, 403, 404, 429, 500, 503])('by status %i', async (status) => {
		const { authorized, bearer } = await authorization();
		const response = answer(status, 'Bearer error="invalid_token"');
		expect(await authorized.verdictOf(response)).toBe('accepted');
		expect((await bearer.authorize(REQUEST)).headers.authorization).toBe('Bearer token-1');
	});
});

describe('renewal', () => {
	it('helps no more where the token in place of a refused one is refused as well', async () => {
		const { authorized, bearer, process } = await authorization();
		expect(await authorized.verdictOf(answer(401))).toBe('replaced');
		for (let item = 0; item < 10; item++) {
			const next = await bearer.authorize(REQUEST);
			expect(await next.verdictOf(answer(401))).toBe('refused');
		}
		expect(process.grants).toBe(2);
	});

	it('helps again once the token in place of a refused one was accepted', async () => {
		const { authorized, bearer } = await authorization();
		await authorized.verdictOf(answer(401));
		expect(await (await bearer.authorize(REQUEST)).verdictOf(answer(200), true)).toBe('accepted');
		expect(await (await bearer.authorize(REQUEST)).verdictOf(answer(401))).toBe('replaced');
		expect((await bearer.authorize(REQUEST)).headers.authorization).toBe('Bearer token-3');
	});

	it('helps no more for a while where the same call was refused with the new token, too', async () => {
		const { authorized, bearer } = await authorization();
		await authorized.verdictOf(answer(401));
		await (await bearer.authorize(REQUEST)).verdictOf(answer(401), true);
		await (await bearer.authorize(REQUEST)).verdictOf(answer(200));
		expect(await (await bearer.authorize(REQUEST)).verdictOf(answer(401))).toBe('refused');
	});
});
