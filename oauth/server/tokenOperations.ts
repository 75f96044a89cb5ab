import {
	introspectionRequest,
	OperationProcessingError,
	processIntrospectionResponse,
	processRevocationResponse,
	ResponseBodyError,
	revocationRequest,
	type AuthorizationServer,
	type Client,
} from 'oauth4webapi';
import { redactJson } from '../../text/redact';
import { isSecureUrl, type ClientCredentials } from '../client/clientCredentials';
import {
	failing,
	isFailing,
	redirected,
	refusedByStatus,
	type ServerAddress,
} from '../errors/answerErrors';
import { operationErrorResponse } from '../errors/oauthErrors';
import { isPage, MAX_TITLE_PART, readableText, secretsOf, shower } from '../errors/serverText';
import { TokenError } from '../errors/tokenError';
import { unreachable } from '../errors/unreachable';
import type { AccessToken } from '../token/accessToken';
import { libraryAuthentication } from './clientAuthentication';
import { errorResponse, readFields, type TokenEndpointResponse } from './conform';
import { authorizationServer, type GrantEffects } from './grant';
import { libraryRequest, type LibraryOptions } from './libraryRequest';
import { createServerClock } from './serverClock';
import { endpointOf, libraryClient } from './tokenProtocol';
import type { TokenRequestOutcome } from './tokenRequest';
import { untilAccepted } from './untilAccepted';

/** What the server does with a token. */
interface Operation<T> {
	address: ServerAddress & { name: 'introspection URL' | 'revocation URL' };
	/** Makes the library's request. RFC 7662 §2.1, RFC 7009 §2.1. */
	make: (...parameters: Parameters<typeof introspectionRequest>) => Promise<Response>;
	read: (server: AuthorizationServer, client: Client, response: Response) => Promise<T>;
}

const INTROSPECTION: Operation<object> = {
	address: { name: 'introspection URL', field: 'Introspection URL' },
	make: introspectionRequest,
	read: processIntrospectionResponse,
};

const REVOCATION: Operation<void> = {
	address: { name: 'revocation URL', field: 'Revocation URL' },
	make: revocationRequest,
	read: async (_server, _client, response) => {
		await processRevocationResponse(response);
	},
};

/**
 * What the server says about a token, without the token itself, and without what else must not be seen. RFC 7662 §2.2.
 *
 * @throws {TokenError}
 */
export async function introspect(
	client: ClientCredentials,
	token: AccessToken['value'],
	effects: Required<GrantEffects>,
	signal?: AbortSignal,
): Promise<{ active: boolean }> {
	const answer = await perform(INTROSPECTION, { client, token }, effects, signal);
	return redactJson(answer, [token, ...secretsOf(client)]) as { active: boolean };
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
	await perform(REVOCATION, { client, token }, effects, signal);
}

interface Subject {
	client: ClientCredentials;
	/** Never shown, in whatever the server says. */
	token: string;
}

async function perform<T>(
	{ address, make, read }: Operation<T>,
	subject: Subject,
	{ send, now, metadata }: Required<GrantEffects>,
	signal?: AbortSignal,
): Promise<T> {
	const { client, token } = subject;
	const server = await serverFor(client, { send, now, cache: metadata }, signal);
	const url = checkAddress(server, client, address);
	const clock = createServerClock(now);
	const registration = libraryClient(client);
	return await untilAccepted(
		{
			client,
			server,
			url,
			clocks: [clock],
			async make(way, keep) {
				const authentication = await libraryAuthentication(way, clock.now);
				const toRequest = (options: LibraryOptions): Promise<Response> =>
					make(server, registration, authentication, token, {
						...options,
						additionalParameters: { token_type_hint: 'access_token' },
					});
				const response = await libraryRequest(toRequest, async (prepared) => {
					const outcome = await send(prepared, signal);
					if (outcome.kind === 'response') keep(outcome.response);
					return readOperationOutcome(outcome, prepared.url, subject, address);
				});
				return await read(server, registration, response);
			},
			explain: (error, answer) => toOperationError(error, subject, address, answer),
		},
		signal,
	);
}

/** What the credential says goes before what the issuer says, and so before the issuer's other address for certificates. */
async function serverFor(
	client: ClientCredentials,
	effects: Parameters<typeof authorizationServer>[1],
	signal?: AbortSignal,
): Promise<AuthorizationServer> {
	const server = await authorizationServer(client, effects, signal);
	const { mtls_endpoint_aliases: aliases = {} } = server;
	const own = {
		...(client.introspectionUrl && { introspection_endpoint: client.introspectionUrl }),
		...(client.revocationUrl && { revocation_endpoint: client.revocationUrl }),
	};
	return { ...server, ...own, mtls_endpoint_aliases: { ...aliases, ...own } };
}

/** @returns where the request goes. */
function checkAddress(
	server: AuthorizationServer,
	client: ClientCredentials,
	{ name, field }: Operation<unknown>['address'],
): string {
	const { allowInsecureHttp, provider } = client;
	const endpoint = name === 'introspection URL' ? 'introspection_endpoint' : 'revocation_endpoint';
	const url = endpointOf(server, client, endpoint);
	if (url === undefined || !URL.canParse(url)) {
		throw new TokenError(
			`The ${name} is missing`,
			provider === undefined
				? `Fill in ${field} in the credential, from the provider's documentation. If the documentation mentions none, the provider does not offer this.`
				: `With Provider set to ${provider.name}, there is no field for it. If ${provider.name} offers this, choose Custom for Provider in the credential, and fill in ${field}.`,
			{ field },
		);
	}
	if (!allowInsecureHttp && !isSecureUrl(new URL(url))) {
		throw new TokenError(
			`The ${name} does not use https`,
			'Others on the network could read the secret and the token. Tell the provider, or turn on Allow Insecure HTTP in the credential if you trust every machine in between.',
			{ field: 'Allow Insecure HTTP' },
		);
	}
	return url;
}

/** As the library reads it: lenient in what is accepted, as of token responses. */
function readOperationOutcome(
	outcome: TokenRequestOutcome,
	url: string,
	subject: Subject,
	address: Operation<unknown>['address'],
): Response {
	const show = shower(subject.client, subject.token);
	if (outcome.kind === 'failed') {
		const { code, message } = outcome;
		throw unreachable({ code, message: show(message) }, url, address.field, subject.client);
	}
	const { response } = outcome;
	const { status, body } = response;
	const fields = readFields(body);
	const hasError = typeof fields?.error === 'string' && fields.error !== '';
	// Of a token that is not active some servers say why.
	if (hasError && (status >= 400 || fields.active === undefined)) return errorResponse(fields);
	if (status >= 200 && status < 300) {
		if (isPage(body)) throw answeredWithPage(status, address);
		return new Response(JSON.stringify(fields ?? {}), {
			headers: { 'content-type': 'application/json' },
		});
	}
	if (status >= 300 && status < 400) {
		throw redirected(response, url, subject.client, address, show);
	}
	const text = show(readableText(body));
	if (isFailing(status)) throw failing(response, text, subject.client);
	throw refusedByStatus(response, text, subject.client, address);
}

/** To a revocation any success would do, also that of a login page. */
function answeredWithPage(
	status: number,
	{ name, field }: Operation<unknown>['address'],
): TokenError {
	return new TokenError(
		`The ${name} answered with a web page (status ${status})`,
		`Check ${field} in the credential: it seems to be a different address of the server.`,
		{ field, status },
	);
}

function toOperationError(
	error: unknown,
	subject: Subject,
	{ name, field }: Operation<unknown>['address'],
	answer: TokenEndpointResponse,
): unknown {
	if (error instanceof ResponseBodyError) {
		const show = shower(subject.client, subject.token);
		const text = error.error_description && show(error.error_description);
		const code = show(error.error, MAX_TITLE_PART);
		return operationErrorResponse(code, text, answer, { client: subject.client, name });
	}
	if (error instanceof OperationProcessingError) {
		return new TokenError(
			'The response does not say whether the token is active',
			`Check ${field} in the credential: it seems to be a different address of the server.`,
			{ field, status: answer.status },
		);
	}
	return error;
}
