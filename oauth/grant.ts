import {
	OperationProcessingError,
	processClientCredentialsResponse,
	ResponseBodyError,
	UnsupportedOperationError,
} from 'oauth4webapi';
import { createAccessToken, type AccessToken } from './accessToken';
import { clientKey } from './clientAuthentication';
import type { ClientCredentials } from './clientCredentials';
import { conformingResponse, type TokenEndpointResponse } from './conform';
import { clientAdvice, oauthErrorResponse, TokenError } from './errors';
import { redact } from './redact';
import { tokenProtocol, type TokenRequest } from './tokenRequest';

/** What came of it. `location` is that of a redirect. */
export type TokenRequestOutcome =
	| { kind: 'response'; response: TokenEndpointResponse & { location?: string } }
	| { kind: 'failed'; code: string; message: string };

/** Sends a token request, with what retries it needs, and follows no redirect. */
export type TokenRequestSender = (
	request: TokenRequest,
	signal?: AbortSignal,
) => Promise<TokenRequestOutcome>;

/**
 * Performs the client credentials grant. RFC 6749 §4.4.
 *
 * @throws {TokenError} with what went wrong and which field of the credential mends it.
 */
export async function requestAccessToken(
	client: ClientCredentials,
	{ send, now }: { send: TokenRequestSender; now: () => number },
	signal?: AbortSignal,
): Promise<AccessToken> {
	/** What the server's clock is known to be ahead of ours. */
	let skewMs = 0;
	const { server, registration, request } = await tokenProtocol(client, () => now() + skewMs);
	for (;;) {
		let requestedAtMs = now();
		let answer: TokenEndpointResponse | undefined;
		try {
			const response = await request(async (prepared) => {
				requestedAtMs = now();
				const outcome = await send(prepared, signal);
				if (outcome.kind === 'response') answer = outcome.response;
				return readOutcome(outcome, client);
			});
			const token = await processClientCredentialsResponse(server, registration, response);
			const type = token.token_type === 'dpop' ? 'DPoP' : 'Bearer';
			return createAccessToken(token.access_token, type, token.expires_in, requestedAtMs);
		} catch (error) {
			signal?.throwIfAborted();
			if (skewMs === 0 && isRefusedAssertion(error, client)) {
				skewMs = clockSkewMs(answer?.date, now());
				if (skewMs !== 0) continue;
			}
			throw toTokenError(error, client, answer?.status ?? 0);
		}
	}
}

/** Servers word it in many ways that an assertion has expired, or is not valid yet. */
function isRefusedAssertion(error: unknown, { clientAuthentication }: ClientCredentials): boolean {
	return 'lifetimeSeconds' in clientAuthentication && error instanceof ResponseBodyError;
}

/** Below this it may be the answer's way, or the whole second that the header is rounded to. */
const MIN_SKEW_MS = 2_000;

/** What the server's clock is ahead of ours, where that matters. */
function clockSkewMs(date: string | undefined, nowMs: number): number {
	const skewMs = Date.parse(date ?? '') - nowMs;
	return Math.abs(skewMs) >= MIN_SKEW_MS ? skewMs : 0;
}

function readOutcome(outcome: TokenRequestOutcome, client: ClientCredentials): Response {
	if (outcome.kind === 'failed') throw unreachable(outcome, client);
	const { response } = outcome;
	if (response.status >= 300 && response.status < 400) throw redirected(response, client);
	const conforming = conformingResponse(response);
	if (conforming !== undefined) return conforming;
	throw unreadable(response, client);
}

/** Text of the server, without what must not be seen. */
function show(text: string, { clientId, clientAuthentication }: ClientCredentials): string {
	const secret = clientKey(clientAuthentication);
	const basic = [`${clientId}:${secret}`, `${formEncode(clientId)}:${formEncode(secret)}`];
	return redact(text, [
		secret,
		...basic.map((userPass) => Buffer.from(userPass).toString('base64')),
	]);
}

/** As HTTP Basic authentication wants ID and secret. RFC 6749 §2.3.1. */
function formEncode(text: string): string {
	return encodeURIComponent(text.toWellFormed()).replace(/%20|[-_.!~*'()]/g, (char) =>
		char === '%20' ? '+' : `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}

function toTokenError(error: unknown, client: ClientCredentials, status: number): unknown {
	if (error instanceof ResponseBodyError) {
		const text = error.error_description && show(error.error_description, client);
		const { method } = client.clientAuthentication;
		return oauthErrorResponse(show(error.error, client), text, { status, method });
	}
	if (error instanceof UnsupportedOperationError) {
		return new TokenError(
			'The authorization server issued a kind of token that cannot be used',
			'It is neither a Bearer nor a DPoP token ("token_type" in the response). Check Token URL in the credential, or ask the provider for Bearer tokens.',
			{ field: 'Token URL', status },
		);
	}
	if (error instanceof OperationProcessingError) {
		return new TokenError(
			'The token response holds no access token',
			'Check Token URL in the credential: the server answered with JSON, but without "access_token", so the URL may be that of another service.',
			{ field: 'Token URL', status },
		);
	}
	return error;
}

function notOAuthError(
	{ status, body }: TokenEndpointResponse,
	client: ClientCredentials,
): TokenError {
	const text = show(body.toString('utf8'), client);
	const said = text === '' ? '' : ` The server says: ${text}`;
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
			? `There is nothing at this address. Check Token URL in the credential against the provider's documentation.${said}`
			: `Check Token URL and Client Authentication in the credential: the answer is not that of a token endpoint.${said}`,
		{ field: 'Token URL', status },
	);
}

function redirected(
	{ status, location }: { status: number; location?: string },
	client: ClientCredentials,
): TokenError {
	const to = location !== undefined && URL.canParse(location, client.tokenUrl);
	const url = to ? new URL(location, client.tokenUrl) : undefined;
	// Its query and fragment may hold what must not be seen.
	const target = url === undefined ? '' : ` to ${show(url.origin + url.pathname, client)}`;
	return new TokenError(
		`The token URL redirects${target} (status ${status})`,
		'The redirect was not followed, because what identifies the client would have gone along. If you trust that address, put it into Token URL in the credential.',
		{ field: 'Token URL', status },
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
		`Check Token URL in the credential: it is often confused with the login page or the issuer's address.`,
		{ field: 'Token URL', status },
	);
}

function unreachable(
	{ code, message }: { code: string; message: string },
	client: ClientCredentials,
): TokenError {
	const { host } = new URL(client.tokenUrl);
	if (code === 'BODY_TOO_LARGE') {
		return new TokenError(
			'The token response is too large to be one',
			'It is over 1 MiB. Check Token URL in the credential: it seems to be the address of a page or a file.',
			{ field: 'Token URL' },
		);
	}
	if (/ssrf/i.test(code)) {
		return new TokenError(
			`n8n does not allow requests to ${host}`,
			'Check Token URL in the credential. If it is right, ask the administrator of n8n to add the host to N8N_SSRF_ALLOWED_HOSTNAMES or N8N_SSRF_ALLOWED_IP_RANGES.',
			{ field: 'Token URL' },
		);
	}
	if (code === 'TIMEOUT') {
		return new TokenError(
			`The authorization server ${host} did not answer in time`,
			'Check Token URL in the credential, and that the machine n8n runs on can reach that server. If both are right, the server is slow: run the workflow again later.',
			{ field: 'Token URL' },
		);
	}
	if (code === 'ENOTFOUND') {
		return new TokenError(
			`There is no server named ${host}`,
			'Check the spelling of Token URL in the credential, and that the machine n8n runs on can look up names on the network.',
			{ field: 'Token URL' },
		);
	}
	if (code === 'EAI_AGAIN') {
		return new TokenError(
			`The name ${host} could not be looked up`,
			'The name service of the machine n8n runs on did not answer. Run the workflow again later; if it stays, check its network settings.',
		);
	}
	if (code === 'CERT_HAS_EXPIRED' || code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
		return new TokenError(
			`The certificate of ${host} ${code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is for another name'}`,
			'Check Token URL in the credential. If it is right, the fault is on the side of the server: tell the provider.',
			{ field: 'Token URL' },
		);
	}
	if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code)) {
		return new TokenError(
			`The certificate of ${host} is not trusted`,
			`Check Token URL in the credential. If the server is yours and uses its own certificate, make n8n trust it with the variable NODE_EXTRA_CA_CERTS, or turn on Ignore SSL Issues (Insecure) in the credential. (${code})`,
			{ field: 'Ignore SSL Issues (Insecure)' },
		);
	}
	return new TokenError(
		`The authorization server ${host} could not be reached`,
		`Check Token URL in the credential, and that the machine n8n runs on can reach that server. (${code}: ${show(message, client)})`,
		{ field: 'Token URL' },
	);
}
