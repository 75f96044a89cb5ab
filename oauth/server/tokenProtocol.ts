import { genericTokenEndpointRequest, type AuthorizationServer, type Client } from 'oauth4webapi';
import type { ClientCredentials } from '../client/clientCredentials';
import { libraryAuthentication } from './clientAuthentication';
import { libraryRequest } from './libraryRequest';
import type { ProofKey } from './proof';
import type { TokenRequest } from './tokenRequest';

export interface TokenProtocol {
	registration: Client;
	/** Makes the request, and yields the response that `sendOne` got for it. */
	request: (sendOne: (request: TokenRequest) => Promise<Response>) => Promise<Response>;
}

/**
 * The token request of this client, as the protocol library makes it.
 * @param now what time it is to the server, in milliseconds since the epoch.
 * @param proof what the token shall be bound to. RFC 9449 §5.
 */
export async function tokenProtocol(
	client: ClientCredentials,
	server: AuthorizationServer,
	{ now, proof }: { now: () => number; proof?: ProofKey },
): Promise<TokenProtocol> {
	const { token_endpoint, mtls_endpoint_aliases: aliases } = server;
	const extended: AuthorizationServer = {
		...server,
		token_endpoint: withQuery(token_endpoint, client.query),
		...(aliases?.token_endpoint && {
			mtls_endpoint_aliases: { token_endpoint: withQuery(aliases.token_endpoint, client.query) },
		}),
	};
	const registration = libraryClient(client);
	const authentication = await libraryAuthentication(client.clientAuthentication, now);
	return {
		registration,
		request: (sendOne) =>
			libraryRequest(
				(options) =>
					genericTokenEndpointRequest(
						extended,
						registration,
						authentication,
						client.grantType,
						grantParameters(client),
						{
							...options,
							headers: new Headers(client.headers.map(([name, value]) => [name, value])),
							...(proof && { DPoP: proof.handle }),
						},
					),
				sendOne,
			),
	};
}

/** The client as the protocol library knows it. With a certificate it goes to other addresses, RFC 8705 §5. */
export function libraryClient({ clientId, tls }: ClientCredentials): Client {
	return { client_id: clientId, use_mtls_endpoint_aliases: tls?.certificate !== undefined };
}

/** Where requests of this client go: with a certificate perhaps to other addresses, RFC 8705 §5. */
export function endpointOf(
	server: AuthorizationServer,
	{ tls }: Pick<ClientCredentials, 'tls'>,
	endpoint: 'token_endpoint' | 'introspection_endpoint' | 'revocation_endpoint',
): string | undefined {
	const alias = tls?.certificate && server.mtls_endpoint_aliases?.[endpoint];
	return alias || server[endpoint];
}

function grantParameters(client: ClientCredentials): URLSearchParams {
	const parameters = new URLSearchParams();
	if (client.scope !== '') parameters.set('scope', client.scope);
	if (client.audience !== '') parameters.set('audience', client.audience);
	for (const resource of client.resources) parameters.append('resource', resource);
	for (const [name, value] of client.extraParameters) parameters.append(name, value);
	return parameters;
}

function withQuery(url: string | undefined, query: ClientCredentials['query']): string | undefined {
	if (url === undefined || query.length === 0) return url;
	const extended = new URL(url);
	for (const [name, value] of query) extended.searchParams.append(name, value);
	return extended.href;
}
