import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RegisteredClient } from '../servers/authorizationServer';
import { pressTest } from './pressTest';
import { freshProcess, postRecords, QUICK_RETRY, records, startWorld } from './world';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PRIVATE_KEY = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const CLIENT: RegisteredClient = {
	client_id: 'nightly-sync',
	token_endpoint_auth_method: 'private_key_jwt',
	jwks: { keys: [publicKey.export({ format: 'jwk' })] },
};

/** Pasted into a field of one line. */
const CREDENTIAL = {
	clientAuthentication: 'private_key_jwt',
	clientSecret: '',
	privateKey: PRIVATE_KEY.replaceAll('\n', ' '),
};

const startSignedWorld = () => startWorld({ server: { clients: [CLIENT] } });

const otherKey = () =>
	generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
		type: 'pkcs8',
		format: 'pem',
	}) as string;

describe('a client that signs with its private key', () => {
	it('delivers with one token, which is sealed with the key and serves after a restart', async () => {
		const { api, server, run } = await startSignedWorld();
		const first = await run(postRecords(api), {
			items: records(20),
			credential: CREDENTIAL,
			mode: 'trigger',
		});
		expect(first.error).toBeUndefined();
		const node = await freshProcess();
		const again = await run(postRecords(api), {
			items: records(5),
			credential: CREDENTIAL,
			staticData: first.savedStaticData,
			mode: 'trigger',
			node,
		});
		expect(again.error).toBeUndefined();
		expect(server.tokenRequests()).toBe(1);
		expect(JSON.stringify(first.savedStaticData)).not.toContain(server.issuedTokens[0]);
	});

	it('finds nothing of what another key has sealed', async () => {
		const { api, server, run } = await startSignedWorld();
		const first = await run(postRecords(api), {
			items: records(1),
			credential: CREDENTIAL,
			mode: 'trigger',
		});
		const other = await run(postRecords(api), {
			items: records(1),
			credential: { ...CREDENTIAL, privateKey: otherKey() },
			staticData: first.savedStaticData,
			mode: 'trigger',
		});
		expect(other.error?.message).toContain('does not accept this client');
		expect(server.tokenRequests()).toBe(2);
	});

	it('signs anew when the token request is sent again', async () => {
		const { api, server, run } = await startSignedWorld();
		let refusals = 2;
		server.intercept((_req, res) => {
			if (refusals-- <= 0) return false;
			res.writeHead(503).end();
			return true;
		});
		const { error } = await run(postRecords(api, QUICK_RETRY), {
			items: records(1),
			credential: CREDENTIAL,
		});
		expect(error).toBeUndefined();
		const assertions = server.requests.map(({ body }) =>
			new URLSearchParams(body).get('client_assertion'),
		);
		expect(new Set(assertions).size).toBe(3);
	});

	it('is told about a key that cannot be read, for each item', async () => {
		const { api, run } = await startSignedWorld();
		const { error } = await run(postRecords(api), {
			items: records(1),
			credential: { ...CREDENTIAL, privateKey: 'not a key' },
		});
		expect(error?.message).toBe('The private key cannot be read');
	});

	it('is tested by the Test button', async () => {
		const world = await startSignedWorld();
		expect((await pressTest(world, CREDENTIAL)).status).toBe('OK');
		const refused = await pressTest(world, { ...CREDENTIAL, privateKey: otherKey() });
		expect(refused.message).toContain('Private Key');
	});
});
