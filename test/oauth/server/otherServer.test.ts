import { generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_RETRY_POLICY } from '../../../http/retry/decideRetry';
import { systemTiming } from '../../../n8n/systemTiming';
import { tokenRequestSender } from '../../../n8n/tokenRequestSender';
import { readClientCredentials } from '../../../oauth/client/clientCredentials';
import { requestAccessToken, type GrantEffects } from '../../../oauth/server/grant';
import { createProofKeys } from '../../../oauth/server/proof';
import { introspect, revoke } from '../../../oauth/server/tokenOperations';
import { n8nTransport } from '../../http/transport/n8nHelper';
import {
	startOtherAuthorizationServer,
	type OtherAuthorizationServer,
} from '../../servers/otherAuthorizationServer';

/** With all that Basic authentication must encode. RFC 6749 §2.3.1. */
const SECRET = 's3cr/t+with~all (kinds):of*signs&=ü%';

const KEYS: Record<string, { publicKey: KeyObject; privateKey: KeyObject }> = {
	RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
	PS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
	ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
	ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
	EdDSA: generateKeyPairSync('ed25519'),
};
const ALGORITHMS = Object.keys(KEYS);

const pem = (algorithm: string) =>
	KEYS[algorithm]?.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

const jwk = (algorithm: string): JsonWebKey => ({
	...KEYS[algorithm]?.publicKey.export({ format: 'jwk' }),
	alg: algorithm,
	kid: `${algorithm}-1`,
});

/** How each client authenticates, as the editor stores it, and the same with the key of another one. */
const METHODS: Array<[name: string, right: Record<string, unknown>, wrong: object, field: string]> =
	[
		...(['client_secret_basic', 'client_secret_post'] as const).map(
			(method): (typeof METHODS)[number] => [
				method,
				{ clientId: method, clientAuthentication: method, clientSecret: SECRET },
				{ clientSecret: `${SECRET}!` },
				'Client Secret',
			],
		),
		...ALGORITHMS.map((algorithm): (typeof METHODS)[number] => [
			`private_key_jwt by ${algorithm}`,
			{
				clientId: algorithm,
				clientAuthentication: 'private_key_jwt',
				privateKey: pem(algorithm),
				keyId: `${algorithm}-1`,
				signatureAlgorithm: algorithm,
			},
			{
				privateKey: pem(algorithm === 'ES256' ? 'RS256' : 'ES256'),
				signatureAlgorithm: 'auto',
			},
			'Private Key',
		]),
	];

let server: OtherAuthorizationServer;
beforeAll(async () => {
	server = await startOtherAuthorizationServer([
		{ id: 'client_secret_basic', method: 'client_secret_basic', secret: SECRET },
		{ id: 'client_secret_post', method: 'client_secret_post', secret: SECRET },
		...ALGORITHMS.map((algorithm) => ({
			id: algorithm,
			method: 'private_key_jwt' as const,
			publicKeys: [jwk(algorithm)],
		})),
	]);
});
afterAll(() => server.close());

async function startClient(fields: Record<string, unknown>) {
	const { tokenUrl, introspectionUrl, revocationUrl } = server;
	const client = readClientCredentials({
		tokenUrl,
		introspectionUrl,
		revocationUrl,
		scope: 'records:write',
		...fields,
	});
	const now = () => Date.now();
	const effects: Required<GrantEffects> = {
		send: tokenRequestSender(await n8nTransport(), client, DEFAULT_RETRY_POLICY, systemTiming),
		now,
		metadata: new Map(),
		proofKeys: createProofKeys(now),
	};
	return {
		token: () => requestAccessToken(client, effects),
		introspect: (token: string) => introspect(client, token, effects),
		revoke: (token: string) => revoke(client, token, effects),
	};
}

describe.each(METHODS)('another authorization server, by %s', (_name, right, wrong, field) => {
	it('issues a token, says that it is good, and takes it back', async () => {
		const client = await startClient(right);
		const { value, scope, type } = await client.token();
		expect({ scope, type }).toEqual({ scope: 'records:write', type: 'Bearer' });
		expect(await client.introspect(value)).toMatchObject({
			active: true,
			client_id: right.clientId,
			scope: 'records:write',
		});
		await client.revoke(value);
		expect(await client.introspect(value)).toEqual({ active: false });
	});

	it('is found by its issuer', async () => {
		const client = await startClient({
			...right,
			serverAddress: 'issuerUrl',
			issuerUrl: server.issuer,
			introspectionUrl: '',
		});
		const { value } = await client.token();
		expect(await client.introspect(value)).toMatchObject({ active: true });
	});

	it(`refuses the key of another one, and the error names ${field} and shows nothing`, async () => {
		const { value } = await (await startClient(right)).token();
		const client = await startClient({ ...right, ...wrong });
		const attempts = [client.token, () => client.introspect(value), () => client.revoke(value)];
		for (const attempt of attempts) {
			const error = await attempt().catch((reason: unknown) => reason);
			expect(error).toMatchObject({
				message: expect.stringContaining('does not accept this client'),
				description: expect.stringContaining(field),
				details: { oauthError: 'invalid_client', field },
			});
			const told = JSON.stringify([error, (error as Error).message, (error as Error).stack]);
			for (const secret of [SECRET, encodeURIComponent(SECRET), value]) {
				expect(told).not.toContain(secret);
			}
		}
	});

	it('refuses a scope that is not for this client', async () => {
		const client = await startClient({ ...right, scope: 'records:read' });
		await expect(client.token()).rejects.toMatchObject({ details: { field: 'Scope' } });
	});
});

describe('another authorization server', () => {
	it('refuses a client that it does not know', async () => {
		const client = await startClient({ clientId: 'unheard-of', clientSecret: SECRET });
		await expect(client.token()).rejects.toThrow('does not accept this client');
	});

	it.each(['ES256', 'EdDSA'])('binds tokens to a key by DPoP, %s', async (dpopAlgorithm) => {
		const client = await startClient({
			clientId: 'client_secret_post',
			clientSecret: SECRET,
			dpop: true,
			dpopAlgorithm,
		});
		const token = await client.token();
		expect(token.type).toBe('DPoP');
		const proof = String(server.requests.at(-1)?.headers.dpop);
		expect(decodeProtectedHeader(proof)).toMatchObject({ typ: 'dpop+jwt', alg: dpopAlgorithm });
	});
});
