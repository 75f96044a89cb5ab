import type { AuthorizationServer } from 'oauth4webapi';
import type { ClientCredentials } from '../client/clientCredentials';
import { basicCredentials, type ClientAuthentication } from './clientAuthentication';

/** The same authentication, as one server or another reads it: the usual way first. */
export type Ways = readonly [ClientAuthentication, ...ClientAuthentication[]];

/** @param url where the request goes. */
export function waysToAuthenticate(
	client: ClientCredentials,
	server: AuthorizationServer,
	url: string,
): Ways {
	const { clientId, clientAuthentication: usual } = client;
	if (usual.method === 'client_secret_basic') {
		const plain: ClientAuthentication = { ...usual, isPlain: true };
		const isSame = basicCredentials(clientId, usual) === basicCredentials(clientId, plain);
		return isSame ? [usual] : [usual, plain];
	}
	if ('audience' in usual && usual.audience === '') {
		const [first, ...others] = audiences(client, server, url);
		const way = (audience: string): ClientAuthentication => ({ ...usual, audience });
		return [way(first), ...others.map(way)];
	}
	return [usual];
}

/** Whom an assertion may be for: RFC 7523 §3 leaves it to the server, OpenID Connect Core §9 names the token URL. */
function audiences(
	{ issuer }: ClientCredentials,
	server: AuthorizationServer,
	url: string,
): [string, ...string[]] {
	const first = issuer === '' ? url : server.issuer;
	const { token_endpoint: tokenUrl = url } = server;
	// Sent to another server, an assertion for the token URL could be used there.
	const isThere = URL.canParse(url) && new URL(tokenUrl).origin === new URL(url).origin;
	const others = new Set([url, ...(isThere ? [tokenUrl] : [])]);
	others.delete(first);
	return [first, ...others];
}

/**
 * Whether the server may have read the authentication in another way than it was meant.
 * @param code of its OAuth error, if it says one.
 */
export function isClientRefused(
	authentication: ClientAuthentication,
	status: number,
	code: string | undefined,
): boolean {
	// RFC 6749 §5.2: whatever the code, this status is about the client.
	if (status === 401 || code === 'invalid_client') return true;
	const saysNothing = code === undefined || code === 'server_error';
	if (saysNothing && (status === 400 || status === 403)) return true;
	const isSigned = 'audience' in authentication;
	// Some servers fail on a client that they do not know. A gateway's 502 to 504 is not about the client.
	return isSigned ? code === 'invalid_grant' : saysNothing && status === 500;
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
