import { createPrivateKey, type JsonWebKey, type KeyObject, type webcrypto } from 'crypto';
import { TokenError } from './errors';
import { isObject } from './fields';
import { readPem } from './pem';

/** JWS algorithms for a private key. RFC 7518 §3.1, RFC 8037 §3.1. */
export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA';

/** What each algorithm needs, and what that is to WebCrypto. The first of its kind is the usual one. */
const ALGORITHMS: Record<SigningAlgorithm, { kind: string; webCrypto: ImportAlgorithm }> = {
	RS256: { kind: 'RSA', webCrypto: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } },
	PS256: { kind: 'RSA', webCrypto: { name: 'RSA-PSS', hash: 'SHA-256' } },
	ES256: { kind: 'P-256', webCrypto: { name: 'ECDSA', namedCurve: 'P-256' } },
	ES384: { kind: 'P-384', webCrypto: { name: 'ECDSA', namedCurve: 'P-384' } },
	ES512: { kind: 'P-521', webCrypto: { name: 'ECDSA', namedCurve: 'P-521' } },
	EdDSA: { kind: 'Ed25519', webCrypto: { name: 'Ed25519' } },
};

type ImportAlgorithm = { name: string; hash?: string; namedCurve?: string };

const CURVES: Record<string, string> = {
	prime256v1: 'P-256',
	secp384r1: 'P-384',
	secp521r1: 'P-521',
};

/** A private key, whatever form it was pasted in. */
export interface PrivateKey {
	/** PKCS #8, not encrypted: the same for every form of the same key. */
	pem: string;
	/** Of a JWK. */
	keyId?: string;
}

/**
 * Reads a key as PEM (PKCS #8, PKCS #1, SEC 1, encrypted or not) or as JWK (RFC 7517).
 *
 * @throws {TokenError} naming the field that is wrong.
 */
export function readPrivateKey(text: string, passphrase: string): PrivateKey {
	if (text.trim() === '') {
		throw new TokenError(
			'The private key is missing',
			'Fill in Private Key in the credential: the whole text of the key file, which begins with -----BEGIN.',
			{ field: 'Private Key' },
		);
	}
	if (text.trim().startsWith('{')) return readJwk(text);
	const blocks = readPem(text);
	const block = blocks.find(({ label }) => label.endsWith('PRIVATE KEY'));
	if (block === undefined) throw notAPrivateKey(blocks.map(({ label }) => label));
	const isEncrypted = /ENCRYPTED/.test(block.pem);
	if (isEncrypted && passphrase === '') {
		throw new TokenError(
			'The private key is encrypted, and its passphrase is missing',
			'Fill in Private Key Passphrase in the credential.',
			{ field: 'Private Key Passphrase' },
		);
	}
	try {
		return { pem: toPem(createPrivateKey({ key: block.pem, passphrase })) };
	} catch (error) {
		throw isEncrypted ? wrongPassphrase(error) : unreadable();
	}
}

/**
 * The algorithm to sign with: the chosen one, if it fits the key, else what is usual for such a key.
 *
 * @throws {TokenError} where it does not fit, or nothing does.
 */
export function signingAlgorithm({ pem }: PrivateKey, chosen: string): SigningAlgorithm {
	const kind = kindOf(createPrivateKey(pem));
	const fitting = Object.entries(ALGORITHMS)
		.filter(([, algorithm]) => algorithm.kind === kind)
		.map(([name]) => name as SigningAlgorithm);
	const [usual] = fitting;
	if (usual === undefined) {
		throw new TokenError(
			'The private key is of a kind that cannot sign here',
			`It is ${kind}. Make a new key pair at the provider: RSA, EC with the curve P-256, P-384 or P-521, or Ed25519. Then put its private key into Private Key in the credential.`,
			{ field: 'Private Key' },
		);
	}
	if (chosen === '' || chosen === 'auto') return usual;
	const found = fitting.find((name) => name === chosen);
	if (found !== undefined) return found;
	throw new TokenError(
		`The private key does not fit the signature algorithm ${chosen}`,
		`It is ${kind}, which signs with ${fitting.join(' or ')}. Choose that for Signature Algorithm in the credential, or use another Private Key.`,
		{ field: 'Signature Algorithm' },
	);
}

/** The key as the library signs with it. */
export async function importSigningKey(
	pem: string,
	algorithm: SigningAlgorithm,
): Promise<webcrypto.CryptoKey> {
	const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
	const { webCrypto } = ALGORITHMS[algorithm];
	return await crypto.subtle.importKey('pkcs8', new Uint8Array(der), webCrypto, false, ['sign']);
}

function readJwk(text: string): PrivateKey {
	try {
		const json: unknown = JSON.parse(text);
		// A set of one key is what some providers hand out.
		const jwk = isObject(json) && Array.isArray(json.keys) ? (json.keys[0] as unknown) : json;
		const keyId = isObject(jwk) && typeof jwk.kid === 'string' ? jwk.kid : undefined;
		const key = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
		return { pem: toPem(key), ...(keyId !== undefined && { keyId }) };
	} catch {
		throw new TokenError(
			'The private key cannot be read as a JWK',
			'Check Private Key in the credential: it begins with { and so must be a whole JSON Web Key with its private part ("d").',
			{ field: 'Private Key' },
		);
	}
}

function toPem(key: KeyObject): string {
	return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function kindOf(key: KeyObject): string {
	const { asymmetricKeyType: type = 'unknown', asymmetricKeyDetails: details } = key;
	const curve = details?.namedCurve ?? 'unknown';
	if (type === 'ec') return CURVES[curve] ?? `EC with the curve ${curve}`;
	return { rsa: 'RSA', ed25519: 'Ed25519' }[type as string] ?? type;
}

function notAPrivateKey(labels: string[]): TokenError {
	const [label] = labels;
	if (label === undefined) return unreadable();
	const what = label === 'CERTIFICATE' ? 'a certificate' : `"${label}"`;
	return new TokenError(
		`Private Key holds ${label.endsWith('PUBLIC KEY') ? 'a public key' : what}`,
		'Put the private part of the key pair into Private Key in the credential: it begins with -----BEGIN PRIVATE KEY-----, or the like.',
		{ field: 'Private Key' },
	);
}

function unreadable(): TokenError {
	return new TokenError(
		'The private key cannot be read',
		'Paste the whole text of the key file into Private Key in the credential, from -----BEGIN to the end of the line with -----END. Part of it is missing or changed.',
		{ field: 'Private Key' },
	);
}

function wrongPassphrase(error: unknown): TokenError {
	const code = isObject(error) && typeof error.code === 'string' ? error.code : '';
	if (/UNSUPPORTED/.test(code)) {
		return new TokenError(
			'The private key is encrypted in a way that is no longer supported',
			'Encrypt it anew, with "openssl pkcs8 -topk8 -v2 aes256", and put the result into Private Key in the credential.',
			{ field: 'Private Key' },
		);
	}
	return new TokenError(
		'The private key cannot be opened with this passphrase',
		'Check Private Key Passphrase in the credential. If it is right, part of Private Key is missing or changed: paste it again.',
		{ field: 'Private Key Passphrase' },
	);
}
