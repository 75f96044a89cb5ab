import {
	allowInsecureRequests,
	customFetch,
	introspectionRequest,
	OperationProcessingError,
	processIntrospectionResponse,
	processRevocationResponse,
	ResponseBodyError,
	revocationRequest,
	type AuthorizationServer,
} from 'oauth4webapi';
import type { AccessToken } from './accessToken';
import { libraryAuthentication } from './clientAuthentication';
import { isSecureUrl, type ClientCredentials } from './clientCredentials';
import { readFields } from './conform';
import { oauthErrorResponse, TokenError } from './errors';
import { authorizationServer, show, type GrantEffects } from './grant';
import { redact } from './redact';
import { FORM_TYPE } from './sending';
import { unreachable } from './unreachable';

type Field = 'Introspection URL' | 'Revocation URL';

interface Operation {
	client: ClientCredentials;
	field: Field;
	/** Never shown, in whatever the server says. */
	token: string;
}

function safe(text: string, { client, token }: Operation): string {
	return redact(show(text, client), [token]);
}

/**
 * What the server says about a token. RFC 7662 §2.2.
 *
 * @throws {TokenError}
 */
export async function introspect(
	client: ClientCredentials,
	token: AccessToken['value'],
	effects: Required<GrantEffects>,
	signal?: AbortSignal,
): Promise<{ active: boolean }> {
	const field = 'Introspection URL';
	const { server, registration, authentication } = await prepare(client, field, effects, signal);
	return await explained({ client, field, token }, async (told) => {
		const response = await introspectionRequest(server, registration, authentication, token, {
			...asked({ client, field, token }, effects, told, signal),
			additionalParameters: { token_type_hint: 'access_token' },
		});
		return { ...(await processIntrospectionResponse(server, registration, response)) };
	});
}

/**
 * Makes a token invalid, as far as the server can. RFC 7009 §2.
 *
 * @throws {TokenError}
 */
export async function revoke(
	client: ClientCredentials,
	token: AccessToken['value'],
	effects: Required<GrantEffects>,
	signal?: AbortSignal,
): Promise<void> {
	const field = 'Revocation URL';
	const { server, registration, authentication } = await prepare(client, field, effects, signal);
	await explained({ client, field, token }, async (told) => {
		const response = await revocationRequest(server, registration, authentication, token, {
			...asked({ client, field, token }, effects, told, signal),
			additionalParameters: { token_type_hint: 'access_token' },
		});
		await processRevocationResponse(response);
	});
}

async function prepare(
	client: ClientCredentials,
	field: Field,
	{ send, now, metadata }: Required<GrantEffects>,
	signal?: AbortSignal,
) {
	const known = await authorizationServer(client, { send, now, cache: metadata }, signal);
	const server: AuthorizationServer = {
		...known,
		introspection_endpoint: client.introspectionUrl || known.introspection_endpoint,
		revocation_endpoint: client.revocationUrl || known.revocation_endpoint,
	};
	const isIntrospection = field === 'Introspection URL';
	const url = isIntrospection ? server.introspection_endpoint : server.revocation_endpoint;
	if (url === undefined || !URL.canParse(url)) {
		throw new TokenError(
			`The ${isIntrospection ? 'introspection' : 'revocation'} URL is missing`,
			`Fill in ${field} in the credential, from the provider's documentation. Where there is none, the provider does not offer it.`,
			{ field },
		);
	}
	if (!client.allowInsecureHttp && !isSecureUrl(new URL(url))) {
		throw new TokenError(
			`The ${isIntrospection ? 'introspection' : 'revocation'} URL does not use https`,
			'Secret and token would be readable on the network. Tell the provider, or turn on Allow Insecure HTTP in the credential if you trust every machine in between.',
			{ field: 'Allow Insecure HTTP' },
		);
	}
	return {
		server,
		registration: { client_id: client.clientId },
		authentication: await libraryAuthentication(client.clientAuthentication, now),
	};
}

/** Hands the library's request to the sender, and its status to `told`. */
function asked(
	operation: Operation,
	{ send }: Pick<GrantEffects, 'send'>,
	told: (status: number) => void,
	signal?: AbortSignal,
) {
	return {
		// Whether plain http is allowed was decided when the credential was read.
		[allowInsecureRequests]: true,
		async [customFetch](
			url: string,
			{ headers, body }: { headers: Record<string, string>; body?: unknown },
		): Promise<Response> {
			const outcome = await send(
				{
					method: 'POST',
					url,
					headers: { ...headers, 'content-type': FORM_TYPE },
					body: String(body),
				},
				signal,
			);
			if (outcome.kind === 'failed') {
				const { code, message } = outcome;
				throw unreachable({ code, message: safe(message, operation) }, url, operation.field);
			}
			const { status } = outcome.response;
			told(status);
			const fields = readFields(outcome.response.body);
			const isError = status >= 400 && typeof fields?.error === 'string' && fields.error !== '';
			if (!isError && status !== 200) throw unexpected(status, operation.field);
			return new Response(JSON.stringify(fields ?? {}), {
				status: isError ? 400 : 200,
				headers: { 'content-type': 'application/json' },
			});
		},
	};
}

async function explained<T>(
	operation: Operation,
	run: (told: (status: number) => void) => Promise<T>,
): Promise<T> {
	const { client, field } = operation;
	let status = 0;
	try {
		return await run((answered) => (status = answered));
	} catch (error) {
		if (error instanceof ResponseBodyError) {
			const text = error.error_description && safe(error.error_description, operation);
			const { method } = client.clientAuthentication;
			throw oauthErrorResponse(safe(error.error, operation), text, { status, method });
		}
		if (error instanceof OperationProcessingError) {
			throw new TokenError(
				'The answer does not say whether the token is active',
				`Check ${field} in the credential: it seems to be another address of the server.`,
				{ field, status },
			);
		}
		throw error;
	}
}

function unexpected(status: number, field: Field): TokenError {
	return new TokenError(
		`The ${field === 'Introspection URL' ? 'introspection' : 'revocation'} URL answered with status ${status}`,
		`Check ${field} in the credential, and that this client may use it.`,
		{ field, status },
	);
}
