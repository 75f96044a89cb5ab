import { TokenError } from '../errors/tokenError';
import { readCertificate, thumbprints } from '../keys/certificate';
import { readPrivateKey, signingAlgorithm } from '../keys/privateKey';
import type { ClientAuthentication, HmacAlgorithm } from '../server/clientAuthentication';
import { IF_EXPRESSION, jsonText, secretText, text } from './fields';
import type { TlsSettings } from './readTls';

/** What servers accept of an assertion that is used at once. */
const DEFAULT_LIFETIME_SECONDS = 60;
const MAX_LIFETIME_SECONDS = 3600;

/**
 * Reads how the client authenticates, and checks the keys for it.
 *
 * @throws {TokenError} naming the field that is missing or malformed.
 */
export function readClientAuthentication(
	data: Record<string, unknown>,
	tls: TlsSettings | undefined,
): ClientAuthentication {
	const method = text(data.clientAuthentication) || 'client_secret_post';
	switch (method) {
		case 'client_secret_post':
		case 'client_secret_basic':
			return { method, clientSecret: readClientSecret(data) };
		case 'client_secret_jwt': {
			const algorithm = readHmacAlgorithm(data);
			return { method, clientSecret: readClientSecret(data), algorithm, ...readAssertion(data) };
		}
		case 'private_key_jwt': {
			const privateKey = readPrivateKey(
				secretText(jsonText(data.privateKey)),
				secretText(data.privateKeyPassphrase),
			);
			const algorithm = signingAlgorithm(privateKey, text(data.signatureAlgorithm));
			const keyId = text(data.keyId) || privateKey.keyId;
			const certificate = text(data.certificate);
			return {
				method,
				privateKey: privateKey.pem,
				algorithm,
				header: {
					...(keyId && { kid: keyId }),
					...(certificate && thumbprints(readCertificate(certificate, privateKey.pem))),
				},
				...readAssertion(data),
			};
		}
		case 'tls_client_auth':
		case 'self_signed_tls_client_auth':
			return { method, privateKey: tls?.privateKey ?? '' };
		default:
			throw new TokenError(
				'The client authentication is unknown',
				'Choose one of the offered values for Client Authentication in the credential.',
				{ field: 'Client Authentication' },
			);
	}
}

function readClientSecret(data: Record<string, unknown>): string {
	const secret = secretText(data.clientSecret);
	if (secret !== '') return secret;
	throw new TokenError(
		'The client secret is missing',
		`Fill in Client Secret in the credential. Most providers show it only once, when you create it. If you do not have it, create a new one there. ${IF_EXPRESSION}`,
		{ field: 'Client Secret' },
	);
}

function readHmacAlgorithm(data: Record<string, unknown>): HmacAlgorithm {
	const algorithm = text(data.secretAlgorithm) || 'HS256';
	if (algorithm === 'HS256' || algorithm === 'HS384' || algorithm === 'HS512') return algorithm;
	throw new TokenError(
		'The signature algorithm is unknown',
		'Choose one of the offered values for Signature Algorithm in the credential.',
		{ field: 'Signature Algorithm' },
	);
}

function readAssertion(data: Record<string, unknown>): {
	audience: string;
	lifetimeSeconds: number;
} {
	// An expression may give a text.
	const value = data.assertionLifetime ?? DEFAULT_LIFETIME_SECONDS;
	const lifetimeSeconds = Math.floor(Number(text(value) || NaN));
	if (lifetimeSeconds >= 1 && lifetimeSeconds <= MAX_LIFETIME_SECONDS) {
		return { audience: text(data.assertionAudience), lifetimeSeconds };
	}
	throw new TokenError(
		'The assertion lifetime is not between one second and one hour',
		`Set Assertion Lifetime in the credential to a number of seconds from 1 to ${MAX_LIFETIME_SECONDS}. Nearly every server accepts ${DEFAULT_LIFETIME_SECONDS}.`,
		{ field: 'Assertion Lifetime' },
	);
}
