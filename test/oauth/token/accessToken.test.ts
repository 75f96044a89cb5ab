import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAccessToken } from '../../../oauth/token/accessToken';

const NOW_MS = 1_700_000_000_000;
const NOW_SECONDS = NOW_MS / 1000;

function jwt(claims: unknown): string {
	const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
	return `${encode({ alg: 'RS256', typ: 'at+jwt' })}.${encode(claims)}.c2lnbmF0dXJl`;
}

function lifetimeSeconds(value: string, expiresInSeconds?: number): number {
	const { expiresAtMs } = createAccessToken(value, 'Bearer', expiresInSeconds, NOW_MS);
	return (expiresAtMs - NOW_MS) / 1000;
}

describe('the lifetime of an access token', () => {
	it('is what the response says, counted from the request', () => {
		expect(createAccessToken('opaque', 'Bearer', 3600, NOW_MS)).toEqual({
			value: 'opaque',
			type: 'Bearer',
			expiresAtMs: NOW_MS + 3_600_000,
			renewAtMs: NOW_MS + 3_540_000,
		});
	});

	it('is what the response says even where a JWT says otherwise', () => {
		expect(lifetimeSeconds(jwt({ exp: NOW_SECONDS + 60 }), 3600)).toBe(3600);
	});

	it('is read from a JWT where the response says nothing', () => {
		expect(lifetimeSeconds(jwt({ exp: NOW_SECONDS + 1200 }))).toBe(1200);
	});

	it("is the difference of a JWT's own times, whatever this machine's clock says", () => {
		const hoursAhead = NOW_SECONDS + 7_200;
		expect(lifetimeSeconds(jwt({ iat: hoursAhead, exp: hoursAhead + 900 }))).toBe(900);
	});

	it.each([
		['an opaque token', 'opaque'],
		['an empty one', ''],
		['a JWT without an expiry', jwt({ sub: 'nightly-sync' })],
		['a JWT that has expired already', jwt({ exp: NOW_SECONDS - 1 })],
		['a JWT that expires when it begins', jwt({ iat: NOW_SECONDS, exp: NOW_SECONDS })],
		['a JWT with an expiry that is no number', jwt({ exp: '2030-01-01' })],
		['a JWT whose claims are no object', jwt([1, 2])],
		['what only looks like a JWT', 'eyJhbGciOiJub25lIn0.!!!.x'],
	])('is 300 s where nobody says: %s', (_name, value) => {
		expect(lifetimeSeconds(value)).toBe(300);
		expect(createAccessToken(value, 'Bearer', undefined, NOW_MS).isLifetimeAssumed).toBe(true);
	});
});

describe('the renewal of an access token', () => {
	it.each([
		[3600, 3540],
		[300, 240],
		[299, 299 * 0.8],
		[100, 80],
		[1, 0.8],
	])('of %i s is due after %d s', (expiresInSeconds, seconds) => {
		const { renewAtMs } = createAccessToken('opaque', 'Bearer', expiresInSeconds, NOW_MS);
		expect(renewAtMs - NOW_MS).toBeCloseTo(seconds * 1000, 6);
	});

	it('is due within its lifetime, at most a minute and at most a fifth of it early', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 10 ** 9 }), (expiresInSeconds) => {
				const token = createAccessToken('opaque', 'DPoP', expiresInSeconds, NOW_MS);
				const earlyMs = token.expiresAtMs - token.renewAtMs;
				expect(token.renewAtMs).toBeGreaterThan(NOW_MS);
				expect(earlyMs).toBeGreaterThan(0);
				expect(earlyMs).toBeLessThanOrEqual(60_000);
				expect(earlyMs).toBeLessThanOrEqual(expiresInSeconds * 200 + 1);
			}),
		);
	});
});

it('never throws, whatever the token is', () => {
	fc.assert(
		fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue().map(jwt)), (value) => {
			const token = createAccessToken(value, 'Bearer', undefined, NOW_MS);
			expect(token.value).toBe(value);
			expect(token.expiresAtMs).toBeGreaterThan(NOW_MS);
		}),
	);
});
