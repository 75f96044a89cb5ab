import type { ClientCredentials } from '../client/clientCredentials';
import { basicCredentials, type ClientAuthentication } from './clientAuthentication';

/** The same authentication, as one server or another reads it: the usual way first. */
export type Ways = readonly [ClientAuthentication, ...ClientAuthentication[]];

export function waysToAuthenticate({ clientId, clientAuthentication }: ClientCredentials): Ways {
	if (clientAuthentication.method === 'client_secret_basic') {
		const plain: ClientAuthentication = { ...clientAuthentication, isPlain: true };
		const [encoded, asItIs] = [clientAuthentication, plain].map((way) =>
			basicCredentials(clientId, way),
		);
		if (encoded !== asItIs) return [clientAuthentication, plain];
	}
	return [clientAuthentication];
}

/**
 * Whether the server may have read the authentication in another way than it was meant.
 * @param code of its OAuth error, if it says one.
 */
export function isClientRefused(status: number, code: string | undefined): boolean {
	// RFC 6749 §5.2: whatever the code, this status is about the client.
	if (status === 401 || code === 'invalid_client') return true;
	// Some servers fail on a client that they do not know. A gateway's 502 to 504 is not about the client.
	const saysNothing = code === undefined || code === 'server_error';
	return saysNothing && [400, 403, 500].includes(status);
}

/** For the whole process: by client and server, which way was accepted, where it was not the usual one. */
const accepted = new Map<string, number>();

/** Of more clients, the one that asked longest ago is forgotten. */
const KEPT = 1_000;

/** The way that was last accepted first, then the others. */
export function likeliestFirst(name: string, ways: Ways): Ways {
	const likeliest = ways[accepted.get(name) ?? 0] ?? ways[0];
	return [likeliest, ...ways.filter((way) => way !== likeliest)];
}

export function rememberAccepted(name: string, ways: Ways, way: ClientAuthentication): void {
	const index = ways.indexOf(way);
	accepted.delete(name);
	if (index > 0) accepted.set(name, index);
	const [oldest] = accepted.keys();
	if (accepted.size > KEPT && oldest !== undefined) accepted.delete(oldest);
}
