import {
	customFetch,
	protectedResourceRequest,
	WWWAuthenticateChallengeError,
	type WWWAuthenticateChallenge,
} from 'oauth4webapi';
import type { AccessToken } from './accessToken';
import type { TokenSource } from './tokenSource';

/** A response of the protected resource, as far as it is read here. */
interface ResourceResponse {
	status: number;
	headers: Record<string, string | string[]>;
}

/** What the access token adds to a request. RFC 6750 §2.1. */
export interface TokenAuthorization {
	headers: Record<string, string>;
	/** `true`: the API refused the token, and another one may do better. */
	refusedBy(response: ResourceResponse): Promise<boolean>;
}

/** Authorizes requests with the source's token, and tells it how the API took it. */
export function bearerAuthorizer(source: TokenSource): {
	authorize(request: unknown, signal?: AbortSignal): Promise<TokenAuthorization>;
} {
	return {
		async authorize(_request, signal) {
			const token = await source.get(signal);
			return {
				headers: { authorization: `${token.type} ${token.value}` },
				async refusedBy(response) {
					if (await isTokenRefused(token, response)) return source.refused(token);
					if (response.status !== 401) source.accepted(token);
					return false;
				},
			};
		},
	};
}

/** Any 401 but one that says that the token is good and only lacks a scope. RFC 6750 §3.1. */
async function isTokenRefused(token: AccessToken, response: ResourceResponse): Promise<boolean> {
	if (response.status !== 401) return false;
	const challenges = await readChallenges(token, response);
	return !challenges.some(({ parameters }) => parameters.error === 'insufficient_scope');
}

/**
 * The response's `WWW-Authenticate` challenges; none where there are none or they are malformed.
 * The library parses them only on the way of a request, so the response is handed to it that way.
 */
async function readChallenges(
	token: AccessToken,
	{ status, headers }: ResourceResponse,
): Promise<readonly WWWAuthenticateChallenge[]> {
	const challenge = headers['www-authenticate'];
	if (challenge === undefined) return [];
	const value = Array.isArray(challenge) ? challenge.join(', ') : challenge;
	try {
		const response = new Response(null, { status, headers: { 'www-authenticate': value } });
		const url = new URL('https://resource.invalid');
		await protectedResourceRequest(token.value, 'GET', url, undefined, null, {
			[customFetch]: () => Promise.resolve(response),
		});
		return [];
	} catch (error) {
		return error instanceof WWWAuthenticateChallengeError ? error.cause : [];
	}
}
