import type { ClientAuthenticationMethod } from './clientAuthentication';

import type { ProviderFieldLabel } from './providers/provider';

/** The credential's field that mends an error, by the name it has in the editor. */
export type CredentialField =
	| 'Token URL'
	| 'Issuer URL'
	| 'Client ID'
	| 'Client Secret'
	| 'Scope'
	| 'Client Authentication'
	| 'Private Key'
	| 'Private Key Passphrase'
	| 'Certificate'
	| 'TLS Certificate'
	| 'TLS Private Key'
	| 'TLS Passphrase'
	| 'CA Certificate'
	| 'Signature Algorithm'
	| 'Assertion Lifetime'
	| 'Audience'
	| 'Token Request Parameters'
	| 'Prove Possession (DPoP)'
	| 'Resource'
	| 'Grant Type'
	| 'Token Request Headers'
	| 'Token Request Query'
	| 'Header Name'
	| 'Introspection URL'
	| 'Revocation URL'
	| 'Header Prefix'
	| 'Parameter Name'
	| 'Status Codes'
	| 'Path in the Body'
	| 'Values in the Body'
	| 'Allow Insecure HTTP'
	| 'Ignore SSL Issues (Insecure)'
	| 'Allowed Domains'
	| 'Provider'
	| ProviderFieldLabel;

/**
 * No token is to be had. `message` says what happened, `description` why and what to change.
 * Neither holds a secret, a token or an assertion.
 */
export class TokenError extends Error {
	override readonly name = 'TokenError';

	constructor(
		message: string,
		readonly description: string,
		readonly details: {
			/** Where to look first. */
			field?: CredentialField;
			/** HTTP status of the token endpoint's response. */
			status?: number;
			/** RFC 6749 §5.2 error code. */
			oauthError?: string;
		} = {},
	) {
		super(message);
	}
}

interface Advice {
	message: string;
	description: string;
	field?: CredentialField;
}

const TRY_LATER: Advice = {
	message: 'The authorization server cannot answer now',
	description: 'Run the workflow again later. If it keeps happening, contact the provider.',
};

const UNKNOWN_CODE: Advice = {
	message: 'The authorization server refuses the token request',
	description: "Look up the code in the provider's documentation of its token endpoint.",
};

/** Keycloak's "Realm does not exist", for one. */
const NOT_FOUND: Advice = {
	message: UNKNOWN_CODE.message,
	description:
		"There is nothing at this address. Check Token URL in the credential against the provider's documentation.",
	field: 'Token URL',
};

/** RFC 6749 §5.2 and §4.1.2.1, RFC 8707 §2, and codes that several providers share. */
const ADVICE: Record<string, Advice> = {
	invalid_scope: {
		message: 'The authorization server refuses the scope',
		description:
			'Check Scope in the credential: that it is spelled correctly, that several scopes are separated by spaces, and that this client may use them. Some servers want it empty; Entra ID wants "<resource>/.default".',
		field: 'Scope',
	},
	unauthorized_client: {
		message: 'This client may not use the client credentials grant',
		description:
			'Allow the "client credentials" grant (also called "machine to machine" or "service account") for this Client ID at the provider, or use the Client ID of an application that has it.',
		field: 'Client ID',
	},
	unsupported_grant_type: {
		message: 'The token URL does not offer the client credentials grant',
		description:
			'Check Token URL in the credential: it must be the token endpoint of a server that offers the "client credentials" grant. If the provider documents another grant type, turn on Advanced Settings and Customize Token Request, and set Grant Type.',
		field: 'Token URL',
	},
	invalid_request: {
		message: 'The token request is incomplete or malformed',
		description:
			"Some servers need more: check what the provider's documentation says about Scope, Audience, Client Authentication or Token Request Parameters (under Advanced Settings), and set them in the credential.",
		field: 'Token Request Parameters',
	},
	invalid_grant: {
		message: 'The authorization server refuses the grant',
		description: 'Check Client ID, Scope and Token Request Parameters in the credential.',
		field: 'Client ID',
	},
	invalid_dpop_proof: {
		message: 'The authorization server refuses the proof of possession',
		description:
			"Compare DPoP Algorithm in the credential with the provider's documentation, and check that the clock of the machine n8n runs on is right. If the provider does not support DPoP, turn off Prove Possession (DPoP).",
		field: 'Prove Possession (DPoP)',
	},
	invalid_target: {
		message: 'The authorization server does not know the requested audience or resource',
		description:
			'Check Audience and Resource in the credential, or "resource" in Token Request Parameters, and that this client may use them.',
		field: 'Audience',
	},
	access_denied: {
		message: 'The authorization server denies access to this client',
		description:
			'At the provider, allow this Client ID to use the API that Audience or Scope names. Then try again.',
		field: 'Audience',
	},
};

/** What to do where the server does not accept the client. */
export function clientAdvice(method: ClientAuthenticationMethod): Required<Advice> {
	const message = 'The authorization server does not accept this client';
	switch (method) {
		case 'client_secret_post':
		case 'client_secret_basic':
			return {
				message,
				description:
					'Check Client ID and Client Secret: the secret may be wrong, cut off, or expired. If both are right, choose another Client Authentication in the credential.',
				field: 'Client Secret',
			};
		case 'client_secret_jwt':
			return {
				message,
				description:
					'Check Client ID and Client Secret in the credential, then Signature Algorithm and Assertion Audience. The client must be registered for client_secret_jwt at the provider.',
				field: 'Client Secret',
			};
		case 'private_key_jwt':
			return {
				message,
				description:
					'Check Client ID, and that the provider has the public key or certificate that belongs to Private Key. Then check Key ID, Certificate, Signature Algorithm and Assertion Audience.',
				field: 'Private Key',
			};
		case 'tls_client_auth':
		case 'self_signed_tls_client_auth':
			return {
				message,
				description:
					'Check Client ID, and that the provider knows TLS Certificate, by its subject or as the certificate itself. The provider may also have a different token URL for clients with certificates: check its documentation.',
				field: 'TLS Certificate',
			};
	}
}

/** Some clients must have one: those of a new application at Okta, for example. */
const PROOF_WANTED: Advice = {
	message: 'The authorization server requires a proof of possession',
	description:
		'Turn on Advanced Settings and Prove Possession (DPoP) in the credential, or turn off this requirement (DPoP) for the client at the provider.',
	field: 'Prove Possession (DPoP)',
};

/** The error for an OAuth error response of the token URL. */
export function oauthErrorResponse(
	code: string,
	serverText: string | undefined,
	{
		status,
		method,
		hasProof,
	}: { status: number; method: ClientAuthenticationMethod; hasProof: boolean },
): TokenError {
	const wantsProof = code === 'use_dpop_nonce' || (code === 'invalid_dpop_proof' && !hasProof);
	const listed = Object.hasOwn(ADVICE, code) ? ADVICE[code] : undefined;
	const byCode = wantsProof ? PROOF_WANTED : listed;
	// ServiceNow says "server_error", XSUAA "unauthorized".
	const isClientRefused = code === 'invalid_client' || (status === 401 && byCode === undefined);
	const known = isClientRefused ? clientAdvice(method) : byCode;
	const unknown = status === 404 ? NOT_FOUND : UNKNOWN_CODE;
	const advice = known ?? (isUnable(code, status) ? TRY_LATER : unknown);
	return advised(advice, code, serverText, status);
}

/** The same of the addresses that tokens are introspected or revoked at. RFC 7662 §2.3, RFC 7009 §2.2.1. */
export function operationErrorResponse(
	code: string,
	serverText: string | undefined,
	{
		status,
		method,
		name,
	}: {
		status: number;
		method: ClientAuthenticationMethod;
		name: 'introspection URL' | 'revocation URL';
	},
): TokenError {
	return advised(operationAdvice(code, status, method, name), code, serverText, status);
}

function operationAdvice(
	code: string,
	status: number,
	method: ClientAuthenticationMethod,
	name: 'introspection URL' | 'revocation URL',
): Advice {
	const does = name === 'introspection URL' ? 'introspect' : 'revoke';
	if (code === 'invalid_client') return clientAdvice(method);
	if (code === 'unsupported_token_type' && does === 'revoke') {
		return {
			message: 'The authorization server cannot revoke this kind of token',
			description:
				'The token stays valid until it expires. To stop using it, choose the operation Clear Cache.',
		};
	}
	if (isUnable(code, status)) return TRY_LATER;
	return {
		message: `The authorization server refuses to ${does} the token`,
		description: `Check at the provider that this Client ID may ${does} tokens, and check ${name.replace(/^./, (letter) => letter.toUpperCase())} in the credential. Otherwise look up the code in the provider's documentation.`,
		field: 'Client ID',
	};
}

/** Whether the fault is on the side of the server, and may pass. */
function isUnable(code: string, status: number): boolean {
	return (
		code === 'server_error' || code === 'temporarily_unavailable' || status === 429 || status >= 500
	);
}

function advised(
	{ message, description, field }: Advice,
	code: string,
	serverText: string | undefined,
	status: number,
): TokenError {
	const said = serverText ? `${serverSays(serverText)} ` : '';
	return new TokenError(`${message} (${code})`, `${said}${description}`, {
		status,
		oauthError: code,
		...(field && { field }),
	});
}

/** Quotes what a server said, which must be safe to show. */
export function serverSays(text: string): string {
	return `The server says: "${text.replace(/\.$/, '')}".`;
}
