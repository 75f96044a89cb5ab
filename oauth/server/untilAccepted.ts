import { isDPoPNonceError, ResponseBodyError, type AuthorizationServer } from 'oauth4webapi';
import type { ClientCredentials } from '../client/clientCredentials';
import type { ClientAuthentication } from './clientAuthentication';
import type { TokenEndpointResponse } from './conform';
import type { ServerClock } from './serverClock';
import { isClientRefused, likeliestFirst, rememberAccepted, waysToAuthenticate } from './ways';

/** A request by which the client authenticates. */
export interface AuthenticatedRequest<T> {
	client: ClientCredentials;
	server: AuthorizationServer;
	/** Where it goes. */
	url: string;
	/** What assertions and proofs take their time from. */
	clocks: readonly ServerClock[];
	/**
	 * Makes it, and reads the answer.
	 * @param keep is handed the answer as it came.
	 * @throws what is wrong with the answer.
	 */
	make: (
		authentication: ClientAuthentication,
		keep: (answer: TokenEndpointResponse) => void,
	) => Promise<T>;
	/** The error for what `make` has thrown. */
	explain: (error: unknown, answer: TokenEndpointResponse) => unknown;
}

/**
 * Makes a request again as long as its refusal tells of something to do differently, each thing once:
 * the nonce of the proof, the time, and each way to authenticate.
 */
export async function untilAccepted<T>(
	{ client, server, url, clocks, make, explain }: AuthenticatedRequest<T>,
	signal?: AbortSignal,
): Promise<T> {
	const ways = waysToAuthenticate(client, server, url);
	const name = nameOf(client, url);
	let [way, ...others] = likeliestFirst(name, ways);
	let hasNonce = false;
	let isCorrected = false;
	let firstError: unknown;
	for (;;) {
		let answer: TokenEndpointResponse = { status: 0, body: Buffer.alloc(0) };
		try {
			const result = await make(way, (one) => (answer = one));
			rememberAccepted(name, ways, way);
			return result;
		} catch (error) {
			signal?.throwIfAborted();
			// RFC 9449 §8: the library has kept the nonce that came with the refusal.
			if (!hasNonce && isDPoPNonceError(error)) {
				hasNonce = true;
				continue;
			}
			if (!isCorrected && mayBeForTime(error, answer, client)) {
				isCorrected = clocks.map((clock) => clock.correctBy(answer.date)).includes(true);
				if (isCorrected) continue;
			}
			const code = error instanceof ResponseBodyError ? error.error : undefined;
			const explained = explain(error, answer);
			if (!isClientRefused(way, answer.status, code)) throw explained;
			firstError ??= explained;
			const [next, ...rest] = others;
			if (next === undefined) throw firstError;
			way = next;
			others = rest;
		}
	}
}

/** What a server accepts of a secret holds at all its addresses, of an assertion perhaps at one only. */
function nameOf(client: ClientCredentials, url: string): string {
	const { issuer, tokenUrl, clientId, clientAuthentication } = client;
	const isSigned = 'audience' in clientAuthentication;
	const { method } = clientAuthentication;
	return JSON.stringify([issuer, tokenUrl, clientId, method, isSigned ? url : '']);
}

/**
 * Servers word it in many ways that an assertion or a proof has expired, or is not valid yet, or not at all: any
 * refusal of a request that has one may mean it.
 */
function mayBeForTime(
	error: unknown,
	{ status }: TokenEndpointResponse,
	{ clientAuthentication, dpop }: ClientCredentials,
): boolean {
	const isTimed = 'lifetimeSeconds' in clientAuthentication || dpop !== undefined;
	return isTimed && (error instanceof ResponseBodyError || [400, 401, 403].includes(status));
}
