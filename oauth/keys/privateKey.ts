import {
	createHash,
	createPrivateKey,
	type JsonWebKey,
	type KeyObject,
	type webcrypto,
} from 'crypto';
import { isJsonObject, isObject, parseJson } from '../../text/json';
import { IF_EXPRESSION } from '../client/fields';
import { TokenError } from '../errors/tokenError';
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
	key: KeyObject;
	/** What a JWK or a provider's key file says of the key. */
	keyId?: string;
	algorithm?: string;
}

/** The fields of the credential that a key was read from. */
export interface KeyFields {
	key: 'Private Key' | 'TLS Private Key';
	passphrase: 'Private Key Passphrase' | 'TLS Passphrase';
}

const SIGNING_FIELDS: KeyFields = { key: 'Private Key', passphrase: 'Private Key Passphrase' };

/** To open an encrypted key takes up to half a second in which n8n can do nothing else, and its own nodes need it for each request. */
const KEPT_KEYS = 20;
const lastRead = new Map<string, PrivateKey>();

/**
 * Reads a key as PEM (PKCS #8, PKCS #1, SEC 1, encrypted or not), as JWK (RFC 7517), or from the JSON file of a service
 * account that holds it as PEM.
 *
 * @throws {TokenError} naming the field that is wrong.
 */
export function readPrivateKey(
	text: string,
	passphrase: string,
	fields: KeyFields = SIGNING_FIELDS,
): PrivateKey {
	const name = createHash('sha256')
		.update(JSON.stringify([text, passphrase]))
		.digest('base64');
	const key = lastRead.get(name) ?? readAnew(text, passphrase, fields);
	lastRead.delete(name);
	lastRead.set(name, key);
	const [oldest] = lastRead.keys();
	if (lastRead.size > KEPT_KEYS && oldest !== undefined) lastRead.delete(oldest);
	return key;
}

function readAnew(text: string, passphrase: string, fields: KeyFields): PrivateKey {
	if (text.trim() === '') {
		throw new TokenError(
			'The private key is missing',
			`Fill in ${fields.key} in the credential: paste the whole text of the key file, which begins with -----BEGIN. ${IF_EXPRESSION}`,
			{ field: fields.key },
		);
	}
	if (text.trim().startsWith('{')) return readJson(text, passphrase, fields);
	const blocks = readPem(text);
	const block = blocks.find(({ label }) => label.endsWith('PRIVATE KEY'));
	if (block === undefined)
		throw notAPrivateKey(
			blocks.map(({ label }) => label),
			fields,
		);
	if (block.label === 'OPENSSH PRIVATE KEY') throw openSshKey(fields);
	const isEncrypted = /ENCRYPTED/.test(block.pem);
	if (isEncrypted && passphrase === '') {
		throw new TokenError(
			'The private key is encrypted, and its passphrase is missing',
			`Fill in ${fields.passphrase} in the credential.`,
			{ field: fields.passphrase },
		);
	}
	try {
		return withPem(createPrivateKey({ key: block.pem, passphrase }));
	} catch (error) {
		throw isEncrypted ? wrongPassphrase(error, fields) : unreadable(fields);
	}
}

/**
 * The algorithm to sign with: the chosen one, if it fits the key, else the key's own, else what is usual for such a key.
 *
 * @throws {TokenError} where it does not fit, or nothing does.
 */
export function signingAlgorithm(
	{ key, algorithm: own }: PrivateKey,
	chosen: string,
): SigningAlgorithm {
	checkLength(key);
	const kind = kindOf(key);
	const fitting = Object.entries(ALGORITHMS)
		.filter(([, algorithm]) => algorithm.kind === kind)
		.map(([name]) => name as SigningAlgorithm);
	const [usual] = fitting;
	if (usual === undefined) {
		throw new TokenError(
			'The private key is of a type that cannot sign here',
			`Its type is ${kind}. Create a new key pair at the provider: RSA, EC with the curve P-256, P-384 or P-521, or Ed25519. Then paste its private key into Private Key in the credential.`,
			{ field: 'Private Key' },
		);
	}
	if (chosen === '' || chosen === 'auto') return fitting.find((name) => name === own) ?? usual;
	const found = fitting.find((name) => name === chosen);
	if (found !== undefined) return found;
	throw new TokenError(
		`The private key does not match the signature algorithm ${chosen}`,
		`Its type is ${kind}, which signs with ${fitting.join(' or ')}. Choose that for Signature Algorithm in the credential, or use another Private Key.`,
		{ field: 'Signature Algorithm' },
	);
}

/** RFC 7518 §3.3. */
const MIN_RSA_BITS = 2048;

function checkLength({ asymmetricKeyDetails }: KeyObject): void {
	const bits = asymmetricKeyDetails?.modulusLength ?? MIN_RSA_BITS;
	if (bits >= MIN_RSA_BITS) return;
	throw new TokenError(
		`The private key is too short (${bits} bits)`,
		'Create a new RSA key pair with at least 2048 bits at the provider, and paste its private key into Private Key in the credential.',
		{ field: 'Private Key' },
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

/** Its public part, which the library shows to servers. */
export async function importVerifyingKey(
	publicKey: KeyObject,
	algorithm: SigningAlgorithm,
): Promise<webcrypto.CryptoKey> {
	const der = publicKey.export({ type: 'spki', format: 'der' });
	const { webCrypto } = ALGORITHMS[algorithm];
	return await crypto.subtle.importKey('spki', new Uint8Array(der), webCrypto, true, ['verify']);
}

/** ZITADEL's key file and Google's. */
const FILE_FIELDS = [
	['key', 'keyId'],
	['private_key', 'private_key_id'],
] as const;

function readJson(text: string, passphrase: string, fields: KeyFields): PrivateKey {
	const json = parseJson(text);
	const file = isJsonObject(json) ? json : {};
	for (const [keyName, idName] of FILE_FIELDS) {
		const { [keyName]: pem, [idName]: keyId } = file;
		if (typeof pem !== 'string' || !pem.includes('-----BEGIN')) continue;
		const key = readAnew(pem, passphrase, fields);
		return { ...key, ...(typeof keyId === 'string' && { keyId }) };
	}
	return readJwk(json, fields);
}

function readJwk(json: unknown, { key: field }: KeyFields): PrivateKey {
	try {
		// A set is what some providers hand out; not each of its keys is there to sign.
		const keys: unknown[] = isJsonObject(json) && Array.isArray(json.keys) ? json.keys : [json];
		const jwk = keys.filter(isJsonObject).find(({ d, use }) => d !== undefined && use !== 'enc');
		const { kid, alg } = jwk ?? {};
		return {
			...withPem(createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' })),
			...(typeof kid === 'string' && { keyId: kid }),
			...(typeof alg === 'string' && { algorithm: alg }),
		};
	} catch {
		throw new TokenError(
			'The private key cannot be read as a JWK',
			`Check ${field} in the credential: it begins with {, so it must be a complete JSON Web Key with its private part ("d").`,
			{ field },
		);
	}
}

function withPem(key: KeyObject): PrivateKey {
	return { key, pem: key.export({ type: 'pkcs8', format: 'pem' }) as string };
}

function kindOf(key: KeyObject): string {
	const { asymmetricKeyType: type = 'unknown', asymmetricKeyDetails: details } = key;
	const curve = details?.namedCurve ?? 'unknown';
	if (type === 'ec') return CURVES[curve] ?? `EC with the curve ${curve}`;
	return { rsa: 'RSA', ed25519: 'Ed25519' }[type as string] ?? type;
}

function notAPrivateKey(labels: string[], fields: KeyFields): TokenError {
	const [label] = labels;
	if (label === undefined) return unreadable(fields);
	const what = label === 'CERTIFICATE' ? 'a certificate' : `"${label}"`;
	return new TokenError(
		`${fields.key} contains ${label.endsWith('PUBLIC KEY') ? 'a public key' : what}`,
		`Paste the private part of the key pair into ${fields.key} in the credential: it begins with -----BEGIN PRIVATE KEY----- or similar.`,
		{ field: fields.key },
	);
}

function unreadable({ key: field }: KeyFields): TokenError {
	return new TokenError(
		'The private key cannot be read',
		`Paste the whole text of the key file into ${field} in the credential, from -----BEGIN to the end of the line with -----END. Part of it is missing or changed.`,
		{ field },
	);
}

/** What `ssh-keygen` writes since 2018, unless it is told otherwise. */
function openSshKey({ key: field }: KeyFields): TokenError {
	return new TokenError(
		`${field} holds a key in the format of OpenSSH`,
		`Convert a copy of the key file with "ssh-keygen -p -m PKCS8 -f <file>", and paste its whole text into ${field} in the credential: it then begins with -----BEGIN PRIVATE KEY-----, or the like.`,
		{ field },
	);
}

function wrongPassphrase(error: unknown, fields: KeyFields): TokenError {
	const code = isObject(error) && typeof error.code === 'string' ? error.code : '';
	if (/UNSUPPORTED/.test(code)) {
		return new TokenError(
			'The private key is encrypted in a way that is no longer supported',
			`Encrypt it again with "openssl pkcs8 -topk8 -v2 aes256", and paste the result into ${fields.key} in the credential.`,
			{ field: fields.key },
		);
	}
	return new TokenError(
		'The private key cannot be opened with this passphrase',
		`Check ${fields.passphrase} in the credential. If it is right, part of ${fields.key} is missing or changed: paste it again.`,
		{ field: fields.passphrase },
	);
}
