import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestAccessToken } from '../../../oauth/server/grant';
import { createProofKeys, type ProofKeys } from '../../../oauth/server/proof';
import { cacheKey } from '../../../oauth/token/cacheKey';
import {
	startAuthorizationServer,
	type AuthorizationServer,
} from '../../servers/authorizationServer';
import { clientWith, SECRET } from '../exampleClient';
import { sendTokenRequest } from '../sendTokenRequest';

const HOUR_MS = 3_600_000;

let server: AuthorizationServer;
beforeAll(async () => {
	server = await startAuthorizationServer({
		clients: [{ client_id: 'nightly-sync', client_secret: SECRET, dpop_bound_access_tokens: true }],
	});
});
afterAll(() => server.close());

describe('the time of a proof, where our clock is wrong', () => {
	it.each([
		['ahead', HOUR_MS],
		['behind', -HOUR_MS],
	])('%s by an hour, is that of the server from its first refusal on', async (_name, byMs) => {
		const client = clientWith({ tokenUrl: server.tokenUrl, scope: '', dpop: 'ES256' });
		const now = () => Date.now() + byMs;
		const effects = { send: sendTokenRequest, now, proofKeys: createProofKeys(now) };
		const before = server.requests.length;
		const token = await requestAccessToken(client, effects);
		expect(token.type).toBe('DPoP');
		await requestAccessToken(client, effects);
		const issuedAtMs = server.requests
			.slice(before)
			.map(({ headers }) => (decodeJwt(String(headers.dpop)).iat ?? 0) * 1000);
		const isOff = issuedAtMs.map((atMs) => Math.abs(atMs - Date.now()) > HOUR_MS / 2);
		expect(isOff).toEqual([true, false, false]);
	});

	it('of an API that is ahead, is no time for the authorization server', async () => {
		const client = clientWith({ tokenUrl: server.tokenUrl, scope: '', dpop: 'ES256' });
		const proofKeys = createProofKeys(Date.now);
		const { clockOf } = await proofKeys.current(cacheKey(client), 'ES256');
		clockOf('https://api.example/records').correctBy(new Date(Date.now() + HOUR_MS).toUTCString());
		const before = server.requests.length;
		await requestAccessToken(client, { send: sendTokenRequest, now: Date.now, proofKeys });
		expect(server.requests).toHaveLength(before + 1);
	});
});

describe('the keys of a process', () => {
	const currentOf = async (keys: ProofKeys, client: string) =>
		(await keys.current(client, 'ES256')).privateKey;

	it('are one for each client', async () => {
		const keys = createProofKeys(() => 0);
		const [one, other] = [await currentOf(keys, 'one'), await currentOf(keys, 'other')];
		expect(one).not.toBe(other);
		expect(await currentOf(keys, 'one')).toBe(one);
	});

	it('are no more than so many: the one used longest ago goes, and comes back with its token', async () => {
		const keys = createProofKeys(() => 0, 2);
		const [first, second] = [await currentOf(keys, 'first'), await currentOf(keys, 'second')];
		await currentOf(keys, 'first');
		await currentOf(keys, 'third');
		expect(await currentOf(keys, 'first')).toBe(first);
		expect(await currentOf(keys, 'second')).not.toBe(second);
		expect((await keys.use('second', second, 'ES256')).privateKey).toBe(second);
		expect(await currentOf(keys, 'second')).toBe(second);
	});
});
