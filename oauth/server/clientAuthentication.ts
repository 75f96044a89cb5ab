import { createHmac } from 'crypto';
import {
	ClientSecretJwt,
	ClientSecretPost,
	modifyAssertion,
	PrivateKeyJwt,
	TlsClientAuth,
	type ClientAuth,
	type ModifyAssertionOptions,
} from 'oauth4webapi';
import { importSigningKey, type SigningAlgorithm } from '../keys/privateKey';

/** JWS algorithms for a shared secret. RFC 7518 §3.2. */
export type HmacAlgorithm = 'HS256' | 'HS384' | 'HS512';

/** How the client proves who it is: RFC 7591 §2 `token_endpoint_auth_method` and what it needs. */
export type ClientAuthentication =
	SecretAuthentication | AssertionAuthentication | TlsAuthentication;

/** RFC 6749 §2.3.1. */
export interface SecretAuthentication {
	method: 'client_secret_post' | 'client_secret_basic';
	clientSecret: string;
	/** In a header as they are: for the many servers that do not decode ID and secret. */
	isPlain?: true;
}

/** A signed assertion for each request. RFC 7523 §2.2. */
export type AssertionAuthentication = {
	/** Empty: whatever the server takes, see `ways.ts`. */
	audience: string;
	lifetimeSeconds: number;
} & (
	| { method: 'client_secret_jwt'; clientSecret: string; algorithm: HmacAlgorithm }
	| {
			method: 'private_key_jwt';
			/** PEM, PKCS #8. */
			privateKey: string;
			algorithm: SigningAlgorithm;
			/** How the server finds the public key: `kid`, `x5t`, `x5t#S256`. */
			header: Record<string, string>;
	  }
);

/** The certificate of the connection itself. RFC 8705 §2. */
export interface TlsAuthentication {
	method: 'tls_client_auth' | 'self_signed_tls_client_auth';
	/** That of the certificate. PEM, PKCS #8. */
	privateKey: string;
}

export type ClientAuthenticationMethod = ClientAuthentication['method'];

/** What only the client has, and what it is told apart by: secret or private key. */
export function clientKey(authentication: ClientAuthentication): string {
	return 'privateKey' in authentication ? authentication.privateKey : authentication.clientSecret;
}

/**
 * As the protocol library takes it. Assertions are new with each request.
 * @param now what time it is to the server, in milliseconds since the epoch.
 */
export async function libraryAuthentication(
	authentication: ClientAuthentication,
	now: () => number,
): Promise<ClientAuth> {
	switch (authentication.method) {
		case 'client_secret_basic':
			return clientSecretBasic(authentication);
		case 'client_secret_post':
			return ClientSecretPost(authentication.clientSecret);
		case 'client_secret_jwt':
			return clientSecretJwt(authentication, now);
		case 'private_key_jwt': {
			const { privateKey, algorithm, header } = authentication;
			const key = await importSigningKey(privateKey, algorithm);
			return PrivateKeyJwt(key, assertionOptions(authentication, header, now));
		}
		case 'tls_client_auth':
		case 'self_signed_tls_client_auth':
			return TlsClientAuth();
	}
}

/**
 * RFC 6749 §2.3.1. The library encodes `-`, `.` and `_`, too, as no form does (Appendix B): servers that do not decode
 * would refuse UUIDs.
 */
function clientSecretBasic(authentication: SecretAuthentication): ClientAuth {
	return (_server, { client_id: clientId }, _body, headers) => {
		const credentials = Buffer.from(basicCredentials(clientId, authentication)).toString('base64');
		headers.set('authorization', `Basic ${credentials}`);
	};
}

/** ID and secret, encoded as in a form unless they are sent as they are. What is sent is its base64. */
export function basicCredentials(
	clientId: string,
	{ clientSecret, isPlain }: Pick<SecretAuthentication, 'clientSecret' | 'isPlain'>,
): string {
	if (isPlain) return `${clientId}:${clientSecret}`;
	return `${formEncode(clientId)}:${formEncode(clientSecret)}`;
}

function formEncode(text: string): string {
	return encodeURIComponent(text.toWellFormed()).replaceAll('%20', '+');
}

const HASHES: Record<HmacAlgorithm, string> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };

type ClientSecretJwtAuthentication = Extract<
	AssertionAuthentication,
	{ method: 'client_secret_jwt' }
>;

function clientSecretJwt(
	authentication: ClientSecretJwtAuthentication,
	now: () => number,
): ClientAuth {
	const { clientSecret, algorithm } = authentication;
	const authenticate = ClientSecretJwt(clientSecret, assertionOptions(authentication, {}, now));
	return async (server, client, body, headers) => {
		await authenticate(server, client, body, headers);
		// The library signs with HS256 whatever the header says.
		const [header = '', payload = ''] = body.get('client_assertion')?.split('.') ?? [];
		const content = `${header}.${payload}`;
		const hmac = createHmac(HASHES[algorithm], clientSecret).update(content);
		body.set('client_assertion', `${content}.${hmac.digest('base64url')}`);
	};
}

function assertionOptions(
	{ algorithm, audience, lifetimeSeconds }: AssertionAuthentication,
	header: Record<string, string>,
	now: () => number,
): ModifyAssertionOptions {
	return {
		[modifyAssertion](assertionHeader, payload) {
			// Of Ed25519 the library says "Ed25519" (RFC 9864), which few servers know yet.
			Object.assign(assertionHeader, { typ: 'JWT' }, header, { alg: algorithm });
			payload.aud = audience;
			const issuedAt = Math.floor(now() / 1000);
			Object.assign(payload, { iat: issuedAt, nbf: issuedAt, exp: issuedAt + lifetimeSeconds });
		},
	};
}
