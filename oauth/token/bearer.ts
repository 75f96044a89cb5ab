import {
	allowInsecureRequests,
	customFetch,
	isDPoPNonceError,
	protectedResourceRequest,
	WWWAuthenticateChallengeError,
} from 'oauth4webapi';
import type { TlsSettings } from '../client/readTls';
import {
	isRefusedBySign,
	NO_OTHER_SIGNS,
	type RefusalSigns,
	type ResourceResponse,
} from '../client/refusalSigns';
import {
	sendToken,
	withoutToken,
	type ResourceRequest,
	type Sending,
	type SentToken,
} from '../client/sending';
import type { ProofKey } from '../server/proof';
import type { AccessToken } from './accessToken';
import { apiTls } from './tls';
import type { TokenSource } from './tokenSource';

/** What the access token adds to a request. */
export interface TokenAuthorization extends SentToken {
	/** The certificate that the token is bound to, and what else the connection needs. RFC 8705 §3. */
	tls?: { cert?: string; key?: string; ca?: string };
	/** `wasReplaced`: the same call was refused before, with another token. */
	verdictOf(response: ResourceResponse, wasReplaced?: boolean): Promise<TokenVerdict>;
	/** The URL without the token, where the API has put it into a redirect. */
	cleanUrl(url: string): string;
}

/** How the API took the token. */
export type TokenVerdict =
	| 'accepted'
	/** It wants a nonce in the proof (RFC 9449 §9), or another time, which is known now. */
	| 'challenged'
	/** It refused the token, whatever the status, and there is another one. */
	| 'replaced'
	/** It refused the token, whatever the status, and another one would do no better. */
	| 'refused';

export interface BearerOptions {
	sending: Sending;
	refusal: RefusalSigns;
	tls?: TlsSettings;
	/** The key that a DPoP token is bound to. */
	proofOf?: (token: AccessToken) => Promise<ProofKey | undefined>;
}

/** Authorizes requests with the source's token, and tells it how the API took it. */
export function bearerAuthorizer(
	source: TokenSource,
	{ sending, refusal, tls: tlsSettings, proofOf }: BearerOptions = {
		sending: { kind: 'authorization' },
		refusal: NO_OTHER_SIGNS,
	},
): {
	authorize(request: ResourceRequest, signal?: AbortSignal): Promise<TokenAuthorization>;
} {
	return {
		async authorize(request, signal) {
			const token = await source.get(signal);
			const proof = proofOf && (await proofOf(token));
			const tls = apiTls(tlsSettings, token.value);
			const sent = sendToken(request, token, sending);
			return {
				...sent,
				...(proof && {
					headers: { ...sent.headers, dpop: await makeProof(token, proof, request) },
				}),
				...(tls && { tls }),
				async verdictOf(response, wasReplaced = false) {
					const answer = await readAnswer({ token, proof, request }, response);
					if (answer === 'nonceWanted') return 'challenged';
					const { date } = response.headers;
					const clock = proof?.clockOf(request.url);
					if (answer === 'proofRefused' && clock?.correctBy(date && joined(date))) {
						return 'challenged';
					}
					if (answer !== undefined || isRefusedBySign(response, refusal)) {
						return source.refused(token, wasReplaced) ? 'replaced' : 'refused';
					}
					if (response.status !== 401) source.accepted(token);
					return 'accepted';
				},
				cleanUrl: (url) => withoutToken(url, token),
			};
		},
	};
}

/** A new proof for each request. RFC 9449 §4. */
async function makeProof(
	token: AccessToken,
	proof: ProofKey,
	{ method, url }: ResourceRequest,
): Promise<string> {
	let dpop = '';
	await protectedResourceRequest(token.value, method, new URL(url), undefined, null, {
		DPoP: proof.handle,
		// Whether the token may go there over http was decided before.
		[allowInsecureRequests]: true,
		[customFetch]: (_url, prepared) => {
			dpop = prepared.headers.dpop ?? '';
			return Promise.resolve(new Response());
		},
	});
	return dpop;
}

interface SentRequest {
	token: AccessToken;
	proof: ProofKey | undefined;
	request: ResourceRequest;
}

/**
 * What the response says about the token: any 401 refuses it, but one that says that it is good and
 * only lacks a scope (RFC 6750 §3.1), or that only the proof is wrong or lacks a nonce (RFC 9449 §7.1, §9).
 *
 * The library reads challenges and nonces only on the way of a request, so the response is handed to
 * it that way.
 */
async function readAnswer(
	{ token, proof, request }: SentRequest,
	{ status, headers }: ResourceResponse,
): Promise<'nonceWanted' | 'proofRefused' | 'tokenRefused' | undefined> {
	const challenge = headers['www-authenticate'];
	const nonce = headers['dpop-nonce'];
	const isNews = (status === 401 && challenge !== undefined) || (proof && nonce !== undefined);
	if (!isNews) return status === 401 ? 'tokenRefused' : undefined;
	try {
		const response = new Response(null, {
			status: status === 401 ? 401 : 200,
			headers: {
				...(challenge !== undefined && { 'www-authenticate': joined(challenge) }),
				...(nonce !== undefined && { 'dpop-nonce': joined(nonce) }),
			},
		});
		await protectedResourceRequest(token.value, 'GET', new URL(request.url), undefined, null, {
			...(proof && { DPoP: proof.handle }),
			[allowInsecureRequests]: true,
			[customFetch]: () => Promise.resolve(response),
		});
	} catch (error) {
		if (proof && isDPoPNonceError(error)) return 'nonceWanted';
		const challenges = error instanceof WWWAuthenticateChallengeError ? error.cause : [];
		const errors = challenges.map(({ parameters }) => parameters.error);
		if (errors.includes('insufficient_scope')) return undefined;
		if (errors.includes('invalid_dpop_proof')) return 'proofRefused';
	}
	return status === 401 ? 'tokenRefused' : undefined;
}

function joined(value: string | string[]): string {
	return Array.isArray(value) ? value.join(', ') : value;
}
