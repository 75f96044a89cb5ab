import {
	allowInsecureRequests,
	customFetch,
	genericTokenEndpointRequest,
	type AuthorizationServer,
	type Client,
} from 'oauth4webapi';
import { libraryAuthentication } from './clientAuthentication';
import type { ClientCredentials } from './clientCredentials';
import type { TokenRequest } from './tokenRequest';

export interface TokenProtocol {
	registration: Client;
	/** Makes the request, and yields the response that `sendOne` got for it. */
	request: (sendOne: (request: TokenRequest) => Promise<Response>) => Promise<Response>;
}

/**
 * The token request of this client, as the protocol library makes it.
 * @param now what time it is to the server, in milliseconds since the epoch.
 */
export async function tokenProtocol(
	client: ClientCredentials,
	server: AuthorizationServer,
	now: () => number,
): Promise<TokenProtocol> {
	const endpoint = { ...server, token_endpoint: withQuery(server.token_endpoint, client.query) };
	const registration: Client = { client_id: client.clientId };
	const authentication = await libraryAuthentication(client.clientAuthentication, now);

	const request: TokenProtocol['request'] = (sendOne) =>
		genericTokenEndpointRequest(
			endpoint,
			registration,
			authentication,
			client.grantType,
			grantParameters(client),
			{
				headers: new Headers(client.headers.map(([name, value]) => [name, value])),
				// Whether plain http is allowed was decided when the credential was read.
				[allowInsecureRequests]: true,
				[customFetch]: (url, { headers, body }) =>
					sendOne({
						method: 'POST',
						url,
						headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
						body: String(body),
						again: prepare,
					}),
			},
		);
	const prepare = (): Promise<TokenRequest> =>
		new Promise((resolve, reject) => {
			const keep = (prepared: TokenRequest): Promise<Response> => {
				resolve(prepared);
				return Promise.resolve(new Response());
			};
			request(keep).catch(reject);
		});
	return { registration, request };
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
