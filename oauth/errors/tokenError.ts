import type { ProviderFieldLabel } from '../providers/provider';

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

/** Quotes what a server said, which must be safe to show. */
export function serverSays(text: string): string {
	return `The server says: "${text.replace(/\.$/, '')}".`;
}
