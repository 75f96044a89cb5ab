import { shownMoment } from '../../text/shownMoment';
import type { ClientCredentials } from '../client/clientCredentials';
import { listed, ownFields, shownOf } from '../client/shownFields';
import type { TokenEndpointResponse } from '../server/conform';
import type { ServerAddress } from './answerErrors';
import { serverSays, TokenError, type CredentialField } from './tokenError';

type Answer = Pick<TokenEndpointResponse, 'status' | 'retryAtMs'>;

/** Who has asked, and which of the credential's fields it sees. */
interface Asker {
	client: Pick<ClientCredentials, 'clientAuthentication' | 'dpop' | 'provider'>;
	/** The field that the token URL comes from. */
	address: ServerAddress['field'];
}

interface Advice {
	message: string;
	description: string;
	field?: CredentialField;
}

function tryLater(answer: Answer, client: Asker['client']): Advice {
	return {
		message: 'The authorization server cannot answer now',
		description: runLater(answer, client),
	};
}

const UNKNOWN_CODE: Advice = {
	message: 'The authorization server refuses the token request',
	description: "Look up the code in the provider's documentation of its token endpoint.",
};

/** Keycloak's "Realm does not exist", for one. */
function notFound({ address }: Asker): Advice {
	return {
		message: UNKNOWN_CODE.message,
		description: `There is nothing at this address. Check ${address} in the credential against the provider's documentation.`,
		field: address,
	};
}

/** What a framework says, and no token endpoint: `"error": "Method Not Allowed"`. RFC 9110 §15.5. */
const HTTP_PHRASE =
	/^(bad request|forbidden|not found|method not allowed|not acceptable|unsupported media type|unprocessable (entity|content))$/i;

function elsewhere({ client, address }: Asker): Advice {
	const { field } = clientAdvice(client);
	return {
		message: UNKNOWN_CODE.message,
		description: `This is no OAuth error, so the response may not come from a token endpoint. Check ${address} in the credential against the provider's documentation, then Client ID and ${field}.`,
		field: address,
	};
}

/** The code tells of a failure of the server, the status of a mistake in the request. */
function contradictory({ client: { provider } }: Asker): Advice {
	const shown = shownOf(['Client ID', 'Scope', 'Audience'], provider);
	return {
		message: UNKNOWN_CODE.message,
		description: `Its code means a failure of the server, but its status a mistake in the request: check ${listed([...shown, ...ownFields(provider)])} in the credential. If they are right, run the workflow again later.`,
		field: 'Client ID',
	};
}

/** RFC 6749 §5.2 and §4.1.2.1, RFC 8707 §2, and codes that several providers share. */
const ADVICE: Record<string, (asker: Asker) => Advice> = {
	invalid_scope({ client: { provider } }) {
		const message = 'The authorization server refuses the scope';
		const [field] = shownOf(['Scope'], provider);
		if (field !== 'Scope') {
			return {
				message,
				description: 'At the provider, give this Client ID the permissions (scopes) that it needs.',
				field,
			};
		}
		const own = provider?.scopeExample ? ` Example: ${provider.scopeExample}.` : '';
		return {
			message,
			description: `Check Scope in the credential: that it is spelled correctly, that several scopes are separated by spaces, and that this client may use them.${provider ? own : ' Some servers want it empty; Entra ID wants "<resource>/.default".'}`,
			field,
		};
	},
	unauthorized_client: () => ({
		message: 'This client may not use the client credentials grant',
		description:
			'Allow the "client credentials" grant (also called "machine to machine" or "service account") for this Client ID at the provider, or use the Client ID of an application that has it.',
		field: 'Client ID',
	}),
	unsupported_grant_type: ({ client: { provider }, address }) => ({
		message: 'The token URL does not offer the client credentials grant',
		description: provider
			? `Allow the "client credentials" grant for this Client ID at the provider. If it is allowed, check ${listed(ownFields(provider)) || address} in the credential.`
			: `Check ${address} in the credential: it must be that of a server that offers the "client credentials" grant. If the provider documents another grant type, turn on Advanced Settings and Customize Token Request, and set Grant Type.`,
		field: address,
	}),
	invalid_request({ client: { provider } }) {
		const message = 'The token request is incomplete or malformed';
		if (provider === undefined) {
			return {
				message,
				description:
					"Some servers need more: check what the provider's documentation says about Scope, Audience, Client Authentication or Token Request Parameters (under Advanced Settings), and set them in the credential.",
				field: 'Token Request Parameters',
			};
		}
		const shown = shownOf(['Scope', 'Audience', 'Client Authentication'], provider);
		return {
			message,
			description: `Check ${listed([...shown, ...ownFields(provider)])} in the credential.`,
			field: shown[0],
		};
	},
	invalid_grant({ client: { provider, dpop } }) {
		const shown = shownOf(['Client ID', 'Scope', 'Token Request Parameters'], provider);
		// So oidc-provider says that a proof or a certificate is missing.
		const more =
			provider === undefined && dpop === undefined
				? ' If the provider requires DPoP or a client certificate for this client, turn on Prove Possession (DPoP) or Customize TLS under Advanced Settings.'
				: '';
		return {
			message: 'The authorization server refuses the grant',
			description: `Check ${listed([...shown, ...ownFields(provider)])} in the credential.${more}`,
			field: 'Client ID',
		};
	},
	invalid_dpop_proof: () => ({
		message: 'The authorization server refuses the proof of possession',
		description:
			"Compare DPoP Algorithm in the credential with the provider's documentation, and check that the clock of the machine n8n runs on is right. If the provider does not support DPoP, turn off Prove Possession (DPoP).",
		field: 'Prove Possession (DPoP)',
	}),
	invalid_target({ client: { provider } }) {
		const shown = shownOf(['Audience', 'Scope'], provider);
		return {
			message: 'The authorization server does not know the requested audience or resource',
			description: provider
				? `Check ${listed(shown)} in the credential, and that this client may use it.`
				: 'Check Audience and Resource in the credential, or "resource" in Token Request Parameters, and that this client may use them.',
			field: shown[0],
		};
	},
	access_denied({ client: { provider } }) {
		const shown = shownOf(['Audience', 'Scope'], provider);
		const names = shown[0] === 'Client ID' ? '' : ` that ${shown.join(' or ')} names`;
		return {
			message: 'The authorization server denies access to this client',
			description: `At the provider, allow this Client ID to use the API${names}. Then try again.`,
			field: shown[0],
		};
	},
};

/** What to do where the server does not accept the client. */
export function clientAdvice({
	clientAuthentication: { method },
	provider,
}: Asker['client']): Required<Advice> {
	const message = 'The authorization server does not accept this client';
	switch (method) {
		case 'client_secret_post':
		case 'client_secret_basic': {
			const [shown] = shownOf(['Client Authentication'], provider);
			const other =
				shown === 'Client Authentication'
					? ` If both are right, choose another ${shown} in the credential.`
					: '';
			return {
				message,
				description: `Check Client ID and Client Secret: the secret may be wrong, cut off, or expired.${other}`,
				field: 'Client Secret',
			};
		}
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
function proofWanted({ provider }: Asker['client']): Advice {
	const message = 'The authorization server requires a proof of possession';
	if (provider !== undefined) {
		return {
			message,
			description:
				'Turn off this requirement (DPoP) for the client at the provider. To use DPoP, choose Custom for Provider in the credential.',
			field: 'Provider',
		};
	}
	return {
		message,
		description:
			'Turn on Advanced Settings and Prove Possession (DPoP) in the credential, or turn off this requirement (DPoP) for the client at the provider.',
		field: 'Prove Possession (DPoP)',
	};
}

/** The error for an OAuth error response of the token URL. */
export function oauthErrorResponse(
	code: string,
	serverText: string | undefined,
	answer: Answer,
	asker: Asker,
): TokenError {
	return advised(tokenAdvice(code, answer, asker), code, serverText, answer.status);
}

function tokenAdvice(code: string, answer: Answer, asker: Asker): Advice {
	const { status } = answer;
	const { client } = asker;
	const wantsProof = code === 'use_dpop_nonce' || (code === 'invalid_dpop_proof' && !client.dpop);
	// Glewlwyd says "scope_invalid".
	const name = !Object.hasOwn(ADVICE, code) && code.includes('scope') ? 'invalid_scope' : code;
	const known = Object.hasOwn(ADVICE, name) ? ADVICE[name]?.(asker) : undefined;
	const byCode = wantsProof ? proofWanted(client) : known;
	// ServiceNow says "server_error", XSUAA "unauthorized".
	if (code === 'invalid_client' || (status === 401 && byCode === undefined)) {
		return clientAdvice(client);
	}
	// Of too many requests Auth0 says "access_denied".
	if (status === 429) return tryLater(answer, client);
	if (byCode !== undefined) return byCode;
	if (isUnable(code, answer)) return tryLater(answer, client);
	if (status === 404) return notFound(asker);
	if (HTTP_PHRASE.test(code)) return elsewhere(asker);
	return code === 'server_error' ? contradictory(asker) : UNKNOWN_CODE;
}

/** The same where tokens are introspected or revoked. RFC 7662 §2.3, RFC 7009 §2.2.1. */
export function operationErrorResponse(
	code: string,
	serverText: string | undefined,
	answer: Answer,
	asker: Pick<Asker, 'client'> & { name: 'introspection URL' | 'revocation URL' },
): TokenError {
	return advised(operationAdvice(code, answer, asker), code, serverText, answer.status);
}

function operationAdvice(
	code: string,
	answer: Answer,
	{ client, name }: Parameters<typeof operationErrorResponse>[3],
): Advice {
	const does = name === 'introspection URL' ? 'introspect' : 'revoke';
	if (code === 'invalid_client') return clientAdvice(client);
	if (code === 'unsupported_token_type') {
		return {
			message: `The authorization server cannot ${does} this kind of token`,
			description:
				does === 'revoke'
					? 'The token stays valid until it expires. To stop using it, choose the operation Clear Cache.'
					: 'It is probably a JWT, which the API reads by itself. The operation Get says how long it is valid.',
		};
	}
	if (isUnable(code, answer)) return tryLater(answer, client);
	return {
		message: `The authorization server refuses to ${does} the token`,
		description: `Check at the provider that this Client ID may ${does} tokens, and check ${name.replace(/^./, (letter) => letter.toUpperCase())} in the credential. Otherwise look up the code in the provider's documentation.`,
		field: 'Client ID',
	};
}

/** Whether the fault is on the side of the server, and may pass. */
function isUnable(code: string, { status }: Answer): boolean {
	// With 4xx some servers mean the request by "server_error".
	const isFailure = code === 'server_error' && status < 400;
	return isFailure || code === 'temporarily_unavailable' || status === 429 || status >= 500;
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

/**
 * To be said of what may pass by itself.
 * @param client whose values the server got: some servers fail on those that they do not know.
 */
export function runLater({ status, retryAtMs }: Answer, client?: Asker['client']): string {
	const when =
		retryAtMs === undefined ? 'later' : `after ${shownMoment(retryAtMs)}, as the server asks`;
	const check =
		client && status === 500
			? `check Client ID and ${clientAdvice(client).field}: some servers fail on values that they do not know. Otherwise `
			: '';
	return `Run the workflow again ${when}. If it keeps happening, ${check}contact the provider.`;
}
