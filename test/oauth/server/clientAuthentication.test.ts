import {
	createPrivateKey,
	generateKeyPairSync,
	X509Certificate,
	type KeyObject,
} from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, type JWK } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readClientCredentials } from '../../../oauth/client/clientCredentials';
import { TokenError } from '../../../oauth/errors/tokenError';
import { requestAccessToken } from '../../../oauth/server/grant';
import {
	startAuthorizationServer,
	type AuthorizationServer,
} from '../../servers/authorizationServer';
import { CLIENT } from '../../servers/certificates';
import { SECRET } from '../exampleClient';
import { sendTokenRequest } from '../sendTokenRequest';

const PASSPHRASE = 'open sesame';

const KEYS = {
	rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
	p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
	p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
	p521: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
	ed25519: generateKeyPairSync('ed25519'),
	certified: { privateKey: createPrivateKey(CLIENT.key), publicKey: publicKeyOf(CLIENT.cert) },
};

const ALGORITHMS = [
	['RS256', 'rsa'],
	['PS256', 'rsa'],
	['ES256', 'p256'],
	['ES384', 'p384'],
	['ES512', 'p521'],
	['EdDSA', 'ed25519'],
] as const;

const SECRET_ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const;
/** RFC 7518 §3.2: as long as the hash. */
const LONG_SECRET = SECRET.repeat(3);

let server: AuthorizationServer;
beforeAll(async () => {
	server = await startAuthorizationServer({
		clients: [
			...Object.entries(KEYS).map(([name, { publicKey }]) => ({
				client_id: name,
				token_endpoint_auth_method: 'private_key_jwt' as const,
				jwks: { keys: [{ ...(publicKey.export({ format: 'jwk' }) as JWK), kid: `${name}-1` }] },
			})),
			...SECRET_ALGORITHMS.map((algorithm) => ({
				client_id: algorithm,
				client_secret: LONG_SECRET,
				token_endpoint_auth_method: 'client_secret_jwt' as const,
				token_endpoint_auth_signing_alg: algorithm,
			})),
		],
	});
});
afterEach(() => server.intercept());
afterAll(() => server.close());

function publicKeyOf(certificate: string): KeyObject {
	return new X509Certificate(certificate).publicKey;
}

const pkcs8 = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }) as string;

/** Asks for a token with what the editor stores. */
function request(fields: Record<string, unknown>, now = () => Date.now()) {
	const client = readClientCredentials({
		tokenUrl: server.tokenUrl,
		scope: 'records:write',
		clientAuthentication: 'private_key_jwt',
		...fields,
	});
	return requestAccessToken(client, { send: sendTokenRequest, now });
}

async function errorOf(action: () => unknown): Promise<TokenError> {
	try {
		await action();
	} catch (error) {
		expect(error).toBeInstanceOf(TokenError);
		return error as TokenError;
	}
	throw new Error('There is no error');
}

/** The assertions that the server got since the test began, oldest first. */
const assertions = () =>
	server.requests.map(({ body }) => new URLSearchParams(body).get('client_assertion') ?? '');

const lastHeader = () => decodeProtectedHeader(assertions().at(-1) ?? '');
const lastPayload = () => decodeJwt(assertions().at(-1) ?? '');

describe('signed with the secret', () => {
	it.each(SECRET_ALGORITHMS)('by %s, the server accepts the client', async (secretAlgorithm) => {
		const fields = {
			clientAuthentication: 'client_secret_jwt',
			clientId: secretAlgorithm,
			clientSecret: LONG_SECRET,
			secretAlgorithm,
		};
		expect((await request(fields)).type).toBe('Bearer');
		expect(lastHeader()).toMatchObject({ alg: secretAlgorithm });
		expect(server.requests.at(-1)?.body).not.toContain(SECRET);
	});

	it('with a wrong secret, it does not, and the error says what to check', async () => {
		const fields = {
			clientAuthentication: 'client_secret_jwt',
			clientId: 'HS256',
			clientSecret: 'wrong-secret',
		};
		const error = await errorOf(() => request(fields));
		expect(error.details).toMatchObject({ oauthError: 'invalid_client', field: 'Client Secret' });
		expect(error.description).toContain('Signature Algorithm');
	});
});

describe('signed with the private key', () => {
	it.each(ALGORITHMS)('by %s, the server accepts the client', async (algorithm, name) => {
		const privateKey = pkcs8(KEYS[name].privateKey);
		const token = await request({ clientId: name, privateKey, signatureAlgorithm: algorithm });
		expect(token.type).toBe('Bearer');
		expect(lastHeader()).toEqual({ alg: algorithm, typ: 'JWT' });
	});

	it.each([
		['rsa', 'RS256'],
		['p384', 'ES384'],
		['ed25519', 'EdDSA'],
	] as const)('takes what is usual for a key: %s → %s', async (name, algorithm) => {
		await request({ clientId: name, privateKey: pkcs8(KEYS[name].privateKey) });
		expect(lastHeader().alg).toBe(algorithm);
	});

	it('with the key of another client, it does not, and the error names Private Key', async () => {
		const error = await errorOf(() =>
			request({ clientId: 'rsa', privateKey: CLIENT.key, signatureAlgorithm: 'auto' }),
		);
		expect(error.details).toMatchObject({ oauthError: 'invalid_client', field: 'Private Key' });
	});

	it('says which key it is by its ID and the thumbprints of its certificate', async () => {
		const { cert: certificate, key: privateKey } = CLIENT;
		await request({ clientId: 'certified', privateKey, certificate, keyId: 'certified-1' });
		const { fingerprint, fingerprint256 } = new X509Certificate(certificate);
		const toBase64Url = (hex: string) =>
			Buffer.from(hex.replaceAll(':', ''), 'hex').toString('base64url');
		expect(lastHeader()).toEqual({
			alg: 'ES256',
			typ: 'JWT',
			kid: 'certified-1',
			x5t: toBase64Url(fingerprint),
			'x5t#S256': toBase64Url(fingerprint256),
		});
	});

	it('is made for the token URL and for a minute, unless it is said otherwise', async () => {
		const fields = { clientId: 'p256', privateKey: pkcs8(KEYS.p256.privateKey) };
		await request(fields);
		const { iat = 0, exp = 0, aud, iss, sub } = lastPayload();
		expect({ aud, iss, sub }).toEqual({ aud: server.tokenUrl, iss: 'p256', sub: 'p256' });
		expect(exp - iat).toBe(60);

		await request({ ...fields, assertionAudience: server.issuer, assertionLifetime: 300 });
		const other = lastPayload();
		expect(other.aud).toBe(server.issuer);
		expect((other.exp ?? 0) - (other.iat ?? 0)).toBe(300);
	});

	it('is new for each request', async () => {
		const fields = { clientId: 'p256', privateKey: pkcs8(KEYS.p256.privateKey) };
		await request(fields);
		await request(fields);
		expect(new Set(assertions()).size).toBe(assertions().length);
	});
});

describe('a clock that is wrong', () => {
	const fields = () => ({ clientId: 'p256', privateKey: pkcs8(KEYS.p256.privateKey) });
	const HOUR_MS = 3_600_000;

	it.each([
		['ahead', HOUR_MS],
		['behind', -HOUR_MS],
	])('%s by an hour is corrected by the one of the server', async (_name, byMs) => {
		const before = server.tokenRequests();
		const now = () => Date.now() + byMs;
		const token = await request(fields(), now);
		expect(token.type).toBe('Bearer');
		expect(token.expiresAtMs).toBeGreaterThan(now());
		expect(server.tokenRequests() - before).toBe(2);
	});

	it('is corrected after a refusal without a word, too (Glewlwyd)', async () => {
		let refusals = 0;
		server.intercept((_req, res) => {
			if (refusals++ > 0) return false;
			res.writeHead(403).end();
			return true;
		});
		expect((await request(fields(), () => Date.now() - HOUR_MS)).type).toBe('Bearer');
	});

	it('costs one more try and no third one where something else is wrong', async () => {
		const before = server.tokenRequests();
		const privateKey = pkcs8(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
		const error = await errorOf(() =>
			request({ ...fields(), privateKey }, () => Date.now() + HOUR_MS),
		);
		expect(error.details.oauthError).toBe('invalid_client');
		expect(server.tokenRequests() - before).toBe(2);
	});

	it('is not suspected where it is right', async () => {
		const before = server.tokenRequests();
		await errorOf(() => request({ ...fields(), clientId: 'rsa' }));
		expect(server.tokenRequests() - before).toBe(1);
	});
});

describe('a private key is read', () => {
	const { privateKey } = KEYS.p256;
	const encryption = { cipher: 'aes-256-cbc', passphrase: PASSPHRASE };
	const pem = pkcs8(privateKey);
	const forms: Array<[name: string, text: string, passphrase?: string]> = [
		['as PKCS #8', pem],
		['as SEC 1', privateKey.export({ type: 'sec1', format: 'pem' }) as string],
		['as JWK', JSON.stringify(privateKey.export({ format: 'jwk' }))],
		['as a set of one JWK', JSON.stringify({ keys: [privateKey.export({ format: 'jwk' })] })],
		[
			'as encrypted PKCS #8',
			privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption }) as string,
			PASSPHRASE,
		],
		[
			'as encrypted SEC 1',
			privateKey.export({ type: 'sec1', format: 'pem', ...encryption }) as string,
			PASSPHRASE,
		],
		['with Windows line ends', pem.replaceAll('\n', '\r\n')],
		[
			'behind its parameters',
			`-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${pem}`,
		],
		['among other text', `Bag Attributes\n  friendlyName: me\n${pem}${CLIENT.cert}`],
	];
	const flattened = forms.flatMap(([name, text, passphrase = '']) => [
		[name, text, passphrase],
		[`${name}, its line breaks turned into spaces`, text.replace(/\r?\n/g, ' '), passphrase],
		[`${name}, its line breaks written as \\n`, text.replace(/\r?\n/g, '\\n'), passphrase],
	]);

	const read = (text: string, passphrase = '') =>
		readClientCredentials({
			tokenUrl: server.tokenUrl,
			clientId: 'p256',
			clientAuthentication: 'private_key_jwt',
			privateKey: text,
			privateKeyPassphrase: passphrase,
		}).clientAuthentication;

	it.each(flattened)('%s', (_name, text, passphrase) => {
		expect(read(text ?? '', passphrase)).toMatchObject({ privateKey: pem, algorithm: 'ES256' });
	});

	it('as PKCS #1', () => {
		const text = KEYS.rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }) as string;
		expect(read(text)).toMatchObject({ privateKey: pkcs8(KEYS.rsa.privateKey) });
	});

	it('with the algorithm that a JWK brings, and the key of a set that is there to sign', () => {
		const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
		const jwk = rsa.export({ format: 'jwk' });
		const keys = [
			{ ...privateKey.export({ format: 'jwk' }), use: 'enc' },
			{ ...jwk, alg: 'PS256' },
		];
		expect(read(JSON.stringify({ keys }))).toMatchObject({
			algorithm: 'PS256',
			privateKey: rsa.export({ type: 'pkcs8', format: 'pem' }),
		});
	});

	it.each([
		['key', 'keyId'],
		['private_key', 'private_key_id'],
	])('as it lies in a key file (%s)', (key, id) => {
		const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
		const file = JSON.stringify({ type: 'serviceaccount', [id]: 'its-id', [key]: pem });
		expect(read(file)).toMatchObject({ header: { kid: 'its-id' }, privateKey: pem });
	});

	it('with the ID that a JWK brings', () => {
		const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'from-the-jwk' };
		expect(read(JSON.stringify(jwk))).toMatchObject({ header: { kid: 'from-the-jwk' } });
	});
});
