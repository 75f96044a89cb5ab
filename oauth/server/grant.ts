import {
	OperationProcessingError,
	processClientCredentialsResponse,
	ResponseBodyError,
	UnsupportedOperationError,
	type AuthorizationServer,
} from 'oauth4webapi';
import { fieldPaths } from '../../text/fieldPaths';
import { messageIn } from '../../text/messageIn';
import type { ClientCredentials } from '../client/clientCredentials';
import { listed, shownOf } from '../client/shownFields';
import {
	failing,
	isFailing,
	redirected,
	refusedByStatus,
	tokenAddress,
} from '../errors/answerErrors';
import { oauthErrorResponse } from '../errors/oauthErrors';
import { isPage, MAX_TITLE_PART, readableText, shower } from '../errors/serverText';
import { serverSays, TokenError } from '../errors/tokenError';
import { unreachable } from '../errors/unreachable';
import { recipeUrl } from '../providers/provider';
import { createAccessToken, type AccessToken } from '../token/accessToken';
import { cacheKey } from '../token/cacheKey';
import { clientKey } from './clientAuthentication';
import { conformingResponse, readFields, type TokenEndpointResponse } from './conform';
import { discover, type MetadataCache } from './discovery';
import { createProofKeys, type ProofKeys } from './proof';
import { createServerClock } from './serverClock';
import { endpointOf, tokenProtocol } from './tokenProtocol';
import type { TokenRequestOutcome, TokenRequestSender } from './tokenRequest';
import { untilAccepted } from './untilAccepted';

export interface GrantEffects {
	send: TokenRequestSender;
	now: () => number;
	/** What issuers have said about themselves; by default nothing. */
	metadata?: MetadataCache;
	/** What DPoP tokens are bound to; by default new keys. */
	proofKeys?: ProofKeys;
}

/**
 * Performs the client credentials grant. RFC 6749 §4.4.
 *
 * @throws {TokenError} with what went wrong and which field of the credential mends it.
 */
export async function requestAccessToken(
	client: ClientCredentials,
	{ send, now, metadata = new Map(), proofKeys = createProofKeys(now) }: GrantEffects,
	signal?: AbortSignal,
): Promise<AccessToken> {
	const server = await authorizationServer(client, { send, now, cache: metadata }, signal);
	const clock = createServerClock(now);
	const proof = client.dpop && (await proofKeys.current(cacheKey(client), client.dpop));
	const url = endpointOf(server, client, 'token_endpoint') ?? client.tokenUrl;
	return await untilAccepted(
		{
			client,
			server,
			url,
			clocks: proof ? [clock, proof.clockOf(url)] : [clock],
			async make(clientAuthentication, keep) {
				const { registration, request } = await tokenProtocol(
					{ ...client, clientAuthentication },
					server,
					{ now: clock.now, ...(proof && { proof }) },
				);
				let requestedAtMs = now();
				let status = 0;
				const response = await request(async (prepared) => {
					requestedAtMs = now();
					const outcome = await send(prepared, signal);
					if (outcome.kind === 'response') {
						keep(outcome.response);
						status = outcome.response.status;
						requestedAtMs = outcome.response.sentAtMs ?? requestedAtMs;
					}
					return readOutcome(outcome, client, { url: prepared.url, nowMs: now() });
				});
				const token = await processClientCredentialsResponse(server, registration, response);
				const type = token.token_type === 'dpop' ? 'DPoP' : 'Bearer';
				if (proof && type === 'Bearer') throw notBound();
				const { access_token: value, expires_in: lifetime, scope = client.scope } = token;
				if (!/^[\x20-\x7e]+$/.test(value)) throw notSendable(status, client);
				return {
					...createAccessToken(value, type, lifetime, requestedAtMs),
					scope,
					...(proof && { proofKey: proof.privateKey }),
				};
			},
			explain: (error, answer) =>
				withRecipe(withBlanks(toTokenError(error, client, answer), client), client),
		},
		signal,
	);
}

/** The client's server: what its issuer says about it, or nothing but its token URL. */
export async function authorizationServer(
	client: ClientCredentials,
	effects: { send: TokenRequestSender; now: () => number; cache: MetadataCache },
	signal?: AbortSignal,
): Promise<AuthorizationServer> {
	if (client.issuer !== '') return await discover(client, effects, signal);
	return { issuer: client.tokenUrl, token_endpoint: client.tokenUrl };
}

/** What nobody sees in a masked field. Spaces may belong to a secret, so they were sent. */
function withBlanks(error: unknown, { clientAuthentication }: ClientCredentials): unknown {
	if (!(error instanceof TokenError) || error.details.field !== 'Client Secret') return error;
	const secret = clientKey(clientAuthentication);
	if (secret === secret.trim()) return error;
	const { message, description, details } = error;
	const hint = 'Client Secret begins or ends with a space: paste it again without.';
	return new TokenError(message, `${description} ${hint}`, details);
}

/** Of a provider's address and ways the person sees no fields: what there is to change is in its recipe. */
function withRecipe(error: unknown, { provider }: ClientCredentials): unknown {
	if (provider === undefined || !(error instanceof TokenError)) return error;
	const { message, description, details } = error;
	return new TokenError(
		message,
		`${description} Anything else comes from Provider (${provider.name}). What usually goes wrong: ${recipeUrl(provider)}`,
		details,
	);
}

/** RFC 6749 §A.12. */
function notSendable(status: number, client: ClientCredentials): TokenError {
	const { field } = tokenAddress(client);
	const check = client.provider
		? 'Check'
		: 'Check Token Path in the credential, if Custom Token Response is on there (under Advanced Settings); else check';
	return new TokenError(
		'The access token contains characters that cannot be sent',
		`A token is one line of plain letters, digits and signs. ${check} ${field}.`,
		{ field, status },
	);
}

function notBound(): TokenError {
	return new TokenError(
		'The authorization server does not bind tokens to a key',
		'It issued a plain Bearer token. Turn off Prove Possession (DPoP) in the credential, or turn DPoP on for this Client ID at the provider.',
		{ field: 'Prove Possession (DPoP)' },
	);
}

function readOutcome(
	outcome: TokenRequestOutcome,
	client: ClientCredentials,
	{ url, nowMs }: { url: string; nowMs: number },
): Response {
	if (outcome.kind === 'failed') {
		const { code, message } = outcome;
		throw unreachable(
			{ code, message: shower(client)(message) },
			url,
			tokenAddress(client).field,
			client,
		);
	}
	const { response } = outcome;
	if (response.status >= 300 && response.status < 400) {
		throw redirected(response, url, client, tokenAddress(client));
	}
	// The type says how the token is sent, which the credential says here; of a DPoP token it says more.
	const anyType = client.sending.kind !== 'authorization' && client.dpop === undefined;
	const conforming = conformingResponse(response, { ...client.tokenResponse, anyType }, nowMs);
	if (conforming !== undefined) {
		if (response.dpopNonce) conforming.headers.set('dpop-nonce', response.dpopNonce);
		return conforming;
	}
	throw unreadable(response, client);
}

function toTokenError(
	error: unknown,
	client: ClientCredentials,
	answer: TokenEndpointResponse,
): unknown {
	const { status } = answer;
	const { field: address } = tokenAddress(client);
	const show = shower(client);
	if (error instanceof ResponseBodyError) {
		const text = error.error_description && show(error.error_description);
		const code = show(error.error, MAX_TITLE_PART);
		return oauthErrorResponse(code, text, answer, { client, address });
	}
	if (error instanceof UnsupportedOperationError) {
		const check = client.provider
			? 'Check'
			: 'If the API expects it in another form, choose that for Send Token As in the credential, under Advanced Settings. Otherwise check';
		return new TokenError(
			'The authorization server issued a type of token that cannot be used',
			`It is neither a Bearer nor a DPoP token ("token_type" in the response). ${check} ${address}, or ask the provider for Bearer tokens.`,
			{ field: address, status },
		);
	}
	if (error instanceof OperationProcessingError) {
		return withoutToken(answer, client);
	}
	return error;
}

/** It is data, but no token is where one should be. */
function withoutToken(answer: TokenEndpointResponse, client: ClientCredentials): TokenError {
	const { status } = answer;
	const { tokenPath } = client.tokenResponse;
	const fields = readFields(answer.body) ?? {};
	const show = shower(client);
	const paths = fieldPaths(fields, (name) => show(name));
	const has = `There is no token at "${tokenPath}" in the response. Its fields: ${paths.join(', ')}`;
	const message = messageIn(fields);
	const { field } = tokenAddress(client);
	if (message !== undefined) {
		const shown = shownOf(['Client ID', 'Client Authentication'], client.provider);
		return new TokenError(
			'The token response contains no access token',
			`${serverSays(show(message))} Check ${listed(shown)} in the credential, then ${field}. ${has}.`,
			{ field: 'Client ID', status },
		);
	}
	const check = client.provider
		? 'Check'
		: 'If one of these is the token, turn on Advanced Settings and Custom Token Response in the credential, and set Token Path. Otherwise check';
	const about = paths.length === 0 ? 'The response is empty. Check' : `${has}. ${check}`;
	return new TokenError(
		'The token response contains no access token',
		`${about} ${field} in the credential: it may be that of another service.`,
		{ field, status },
	);
}

/** Neither a token nor an OAuth error. */
function unreadable(response: TokenEndpointResponse, client: ClientCredentials): TokenError {
	const { status } = response;
	const show = shower(client);
	if (isFailing(status)) return failing(response, show(readableText(response.body)), client);
	if (status >= 400) {
		return refusedByStatus(
			response,
			show(readableText(response.body)),
			client,
			tokenAddress(client),
		);
	}
	const text = response.body.toString('utf8').trim();
	const what = text === '' ? 'an empty response' : isPage(response.body) ? 'a web page' : 'text';
	// Not quoted: it may be a token after all, in a form that is not known here.
	return new TokenError(
		`The token URL answered with ${what} instead of a token (status ${status})`,
		`Check ${tokenAddress(client).field} in the credential: it is often confused with the login page or the issuer's address.`,
		{ field: tokenAddress(client).field, status },
	);
}
