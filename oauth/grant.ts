import {
	isDPoPNonceError,
	OperationProcessingError,
	processClientCredentialsResponse,
	ResponseBodyError,
	UnsupportedOperationError,
	type AuthorizationServer,
} from 'oauth4webapi';
import { createAccessToken, type AccessToken } from './accessToken';
import { cacheKey } from './cacheKey';
import { clientKey } from './clientAuthentication';
import type { ClientCredentials } from './clientCredentials';
import { conformingResponse, readFields, type TokenEndpointResponse } from './conform';
import { fieldPaths, messageIn } from './describeAnswer';
import { clientAdvice, oauthErrorResponse, serverSays, TokenError } from './errors';
import { recipeUrl } from './providers/provider';
import { createProofKeys, type ProofKeys } from './proof';
import { redact } from './redact';
import { discover, type MetadataCache } from './discovery';
import { tokenProtocol } from './tokenProtocol';
import type { TokenRequestOutcome, TokenRequestSender } from './tokenRequest';
import { unreachable } from './unreachable';

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
	/** What the server's clock is known to be ahead of ours. */
	let skewMs = 0;
	const proof = client.dpop && (await proofKeys.current(cacheKey(client), client.dpop));
	const { registration, request } = await tokenProtocol(client, server, {
		now: () => now() + skewMs,
		...(proof && { proof }),
	});
	let hasNonce = false;
	for (;;) {
		let requestedAtMs = now();
		let answer: TokenEndpointResponse = { status: 0, body: Buffer.alloc(0) };
		try {
			const response = await request(async (prepared) => {
				requestedAtMs = now();
				const outcome = await send(prepared, signal);
				if (outcome.kind === 'response') answer = outcome.response;
				return readOutcome(outcome, client, { url: prepared.url, nowMs: now() });
			});
			const token = await processClientCredentialsResponse(server, registration, response);
			const type = token.token_type === 'dpop' ? 'DPoP' : 'Bearer';
			if (proof && type === 'Bearer') throw notBound();
			const { access_token: value, expires_in: lifetime, scope = client.scope } = token;
			if (!/^[\x20-\x7e]+$/.test(value)) throw notSendable(answer, client);
			return {
				...createAccessToken(value, type, lifetime, requestedAtMs),
				scope,
				...(proof && { proofKey: proof.privateKey }),
			};
		} catch (error) {
			signal?.throwIfAborted();
			// RFC 9449 §8: the library has kept the nonce that came with the refusal.
			if (!hasNonce && isDPoPNonceError(error)) {
				hasNonce = true;
				continue;
			}
			if (skewMs === 0 && isRefusedByTime(error, client)) {
				skewMs = clockSkewMs(answer.date, now());
				if (proof) proof.clock.skewMs = skewMs;
				if (skewMs !== 0) continue;
			}
			throw withRecipe(toTokenError(error, client, answer), client);
		}
	}
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

/** Of a provider's address and ways the person sees no fields: what there is to change is in its recipe. */
function withRecipe(error: unknown, { provider }: ClientCredentials): unknown {
	if (provider === undefined || !(error instanceof TokenError)) return error;
	const { message, description, details } = error;
	return new TokenError(
		message,
		`${description} What is not shown in the credential comes from Provider (${provider.name}). What usually goes wrong: ${recipeUrl(provider)}`,
		details,
	);
}

/** Where the server's address comes from. */
function urlField({ issuer }: ClientCredentials): 'Token URL' | 'Issuer URL' {
	return issuer === '' ? 'Token URL' : 'Issuer URL';
}

/**
 * Servers word it in many ways that an assertion or a proof has expired, or is not valid yet: any
 * refusal of a request that has one may mean it.
 */
function isRefusedByTime(
	error: unknown,
	{ clientAuthentication, dpop }: ClientCredentials,
): boolean {
	const isTimed = 'lifetimeSeconds' in clientAuthentication || dpop !== undefined;
	return isTimed && error instanceof ResponseBodyError;
}

/** RFC 6749 §A.12. */
function notSendable({ status }: TokenEndpointResponse, client: ClientCredentials): TokenError {
	return new TokenError(
		'The access token holds characters that cannot be sent',
		`A token is one line of plain letters, digits and signs. Check Token Path in the credential, if Custom Token Response is on there; else check ${urlField(client)}.`,
		{ field: urlField(client), status },
	);
}

function notBound(): TokenError {
	return new TokenError(
		'The authorization server does not bind tokens to a key',
		'It issued a plain Bearer token. Turn off Prove Possession (DPoP) in the credential, or turn DPoP on for this Client ID at the provider.',
		{ field: 'Prove Possession (DPoP)' },
	);
}

/** Below this it may be the answer's way, or the whole second that the header is rounded to. */
const MIN_SKEW_MS = 2_000;

/** What the server's clock is ahead of ours, where that matters. */
function clockSkewMs(date: string | undefined, nowMs: number): number {
	const skewMs = Date.parse(date ?? '') - nowMs;
	return Math.abs(skewMs) >= MIN_SKEW_MS ? skewMs : 0;
}

function readOutcome(
	outcome: TokenRequestOutcome,
	client: ClientCredentials,
	{ url, nowMs }: { url: string; nowMs: number },
): Response {
	if (outcome.kind === 'failed') {
		const { code, message } = outcome;
		throw unreachable({ code, message: show(message, client) }, url, urlField(client));
	}
	const { response } = outcome;
	if (response.status >= 300 && response.status < 400) throw redirected(response, url, client);
	const anyType = client.sending.kind !== 'authorization';
	const conforming = conformingResponse(response, { ...client.tokenResponse, anyType }, nowMs);
	if (conforming !== undefined) {
		if (response.dpopNonce) conforming.headers.set('dpop-nonce', response.dpopNonce);
		return conforming;
	}
	throw unreadable(response, client);
}

/** What has room in a title. */
const MAX_TITLE_PART = 120;

/** Text of the server, without what must not be seen. */
export function show(
	text: string,
	{ clientId, clientAuthentication }: ClientCredentials,
	maxLength?: number,
): string {
	const secret = clientKey(clientAuthentication);
	const basic = [`${clientId}:${secret}`, `${formEncode(clientId)}:${formEncode(secret)}`];
	const secrets = [
		secret,
		...basic.flatMap((userPass) => [
			Buffer.from(userPass).toString('base64').replace(/=+$/, ''),
			Buffer.from(userPass).toString('base64url'),
		]),
	];
	return redact(text, secrets, maxLength);
}

/** As HTTP Basic authentication wants ID and secret. RFC 6749 §2.3.1. */
function formEncode(text: string): string {
	return encodeURIComponent(text.toWellFormed()).replace(/%20|[-_.!~*'()]/g, (char) =>
		char === '%20' ? '+' : `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}

function toTokenError(
	error: unknown,
	client: ClientCredentials,
	answer: TokenEndpointResponse,
): unknown {
	const { status } = answer;
	if (error instanceof ResponseBodyError) {
		const text = error.error_description && show(error.error_description, client);
		const { method } = client.clientAuthentication;
		const code = show(error.error, client, MAX_TITLE_PART);
		return oauthErrorResponse(code, text, { status, method });
	}
	if (error instanceof UnsupportedOperationError) {
		return new TokenError(
			'The authorization server issued a kind of token that cannot be used',
			`It is neither a Bearer nor a DPoP token ("token_type" in the response). If the API takes it in another way, choose that for Send Token As in the credential, under Advanced Settings. Else check ${urlField(client)}, or ask the provider for Bearer tokens.`,
			{ field: urlField(client), status },
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
	const paths = fieldPaths(fields, (name) => show(name, client));
	const has = `There is no token at "${tokenPath}" in the answer; it has: ${paths.join(', ')}`;
	const message = messageIn(fields);
	if (message !== undefined) {
		return new TokenError(
			'The token response holds no access token',
			`${serverSays(show(message, client))} Check Client ID and Client Authentication in the credential, then ${urlField(client)}. ${has}.`,
			{ field: 'Client ID', status },
		);
	}
	const about =
		paths.length === 0
			? 'The answer is empty. Check'
			: `${has}. If one of these is the token, turn on Advanced Settings and Custom Token Response in the credential, and set Token Path. Else check`;
	return new TokenError(
		'The token response holds no access token',
		`${about} ${urlField(client)} in the credential: it may be that of another service.`,
		{ field: urlField(client), status },
	);
}

function notOAuthError(
	{ status, body }: TokenEndpointResponse,
	client: ClientCredentials,
): TokenError {
	const text = show(readableText(body), client);
	const said = text === '' ? '' : ` ${serverSays(text)}`;
	const { message, description, field } = clientAdvice(client.clientAuthentication.method);
	if (status === 401) {
		return new TokenError(`${message} (status 401)`, `${description}${said}`, { field, status });
	}
	if (status === 403) {
		return new TokenError(
			'The authorization server refuses the token request (status 403)',
			`Mostly a firewall or a list of allowed addresses is in between: ask the provider whether the machine n8n runs on may ask for tokens. Else check Client ID and ${field} in the credential.${said}`,
			{ field: 'Client ID', status },
		);
	}
	return new TokenError(
		`The token URL answered with status ${status} and no OAuth error`,
		status === 404
			? `There is nothing at this address. Check ${urlField(client)} in the credential against the provider's documentation.${said}`
			: `Check ${urlField(client)} and Client Authentication in the credential: the answer is not that of a token endpoint.${said}`,
		{ field: urlField(client), status },
	);
}

/** Longer ones without a space may be something else than a word. */
const MAX_WORD_LENGTH = 24;

/** What a person can make something of: a sentence, and of data only the message in it. */
function readableText(body: Buffer): string {
	const fields = readFields(body);
	if (fields !== undefined) return messageIn(fields) ?? '';
	const text = body.toString('utf8').trim();
	const isSentence = /\s/.test(text) || text.length <= MAX_WORD_LENGTH;
	return isSentence && !/^[{["]/.test(text) ? text : '';
}

function redirected(
	{ status, location }: { status: number; location?: string },
	from: string,
	client: ClientCredentials,
): TokenError {
	const to = location !== undefined && URL.canParse(location, from);
	const url = to ? new URL(location, from) : undefined;
	// Its query and fragment may hold what must not be seen.
	const target =
		url === undefined ? '' : ` to ${show(url.origin + url.pathname, client, MAX_TITLE_PART)}`;
	return new TokenError(
		`The token URL redirects${target} (status ${status})`,
		'The redirect was not followed, because what identifies the client would have gone along. If you trust that address, put it into Token URL in the credential.',
		{ field: urlField(client), status },
	);
}

/** Neither a token nor an OAuth error. */
function unreadable(response: TokenEndpointResponse, client: ClientCredentials): TokenError {
	const { status } = response;
	if (status === 429 || status >= 500) {
		return new TokenError(
			`The authorization server is ${status === 429 ? 'too busy' : 'failing'} (status ${status})`,
			'Nothing is wrong with the credential as far as this answer tells. Run the workflow again later; if it stays, tell the provider.',
			{ status },
		);
	}
	if (status >= 400) return notOAuthError(response, client);
	const text = response.body.toString('utf8').trim();
	const isPage = /^<(!doctype|html|head|body|\?xml)/i.test(text);
	const what = text === '' ? 'nothing' : isPage ? 'a web page' : 'text';
	// Not quoted: it may be a token after all, in a form that is not known here.
	return new TokenError(
		`The token URL answered with ${what} instead of a token (status ${status})`,
		`Check ${urlField(client)} in the credential: it is often confused with the login page or the issuer's address.`,
		{ field: urlField(client), status },
	);
}
