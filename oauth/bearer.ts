import {
	customFetch,
	protectedResourceRequest,
	WWWAuthenticateChallengeError,
	type WWWAuthenticateChallenge,
} from 'oauth4webapi';
import type { AccessToken } from './accessToken';
import {
	isRefusedBySign,
	NO_OTHER_SIGNS,
	type RefusalSigns,
	type ResourceResponse,
} from './refusal';
import {
	sendToken,
	withoutToken,
	type ResourceRequest,
	type Sending,
	type SentToken,
} from './sending';
import type { TokenSource } from './tokenSource';

/** What the access token adds to a request. */
export interface TokenAuthorization extends SentToken {
	/** `true`: the API refused the token, and another one may do better. */
	refusedBy(response: ResourceResponse): Promise<boolean>;
	/** Whether the API refuses the token in a response whose status is that of a success. */
	isRefusal(response: ResourceResponse): boolean;
	/** The URL without the token, where the API has put it into a redirect. */
	cleanUrl(url: string): string;
}

export interface BearerOptions {
	sending: Sending;
	refusal: RefusalSigns;
}

/** Authorizes requests with the source's token, and tells it how the API took it. */
export function bearerAuthorizer(
	source: TokenSource,
	{ sending, refusal }: BearerOptions = {
		sending: { kind: 'authorization' },
		refusal: NO_OTHER_SIGNS,
	},
): {
	authorize(request: ResourceRequest, signal?: AbortSignal): Promise<TokenAuthorization>;
} {
	return {
		async authorize(request, signal) {
			const token = await source.get(signal);
			return {
				...sendToken(request, token, sending),
				async refusedBy(response) {
					const bySign = isRefusedBySign(response, refusal);
					if (bySign || (await isTokenRefused(token, response))) return source.refused(token);
					if (response.status !== 401) source.accepted(token);
					return false;
				},
				isRefusal: (response) => isRefusedBySign(response, refusal),
				cleanUrl: (url) => withoutToken(url, token),
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
