import {
	allowInsecureRequests,
	customFetch,
	genericTokenEndpointRequest,
	type AuthorizationServer,
	type Client,
} from 'oauth4webapi';
import { libraryAuthentication } from './clientAuthentication';
import type { ClientCredentials } from './clientCredentials';
import type { ProofKey } from './proof';
import { FORM_TYPE } from './sending';
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
	const registration: Client = {
		client_id: client.clientId,
		// RFC 8705 §5.
		use_mtls_endpoint_aliases: client.tls?.certificate !== undefined,
	};
	const authentication = await libraryAuthentication(client.clientAuthentication, now);

	const request: TokenProtocol['request'] = (sendOne) =>
		genericTokenEndpointRequest(
			extended,
			registration,
			authentication,
			client.grantType,
			grantParameters(client),
			{
				headers: new Headers(client.headers.map(([name, value]) => [name, value])),
				...(proof && { DPoP: proof.handle }),
				// Whether plain http is allowed was decided when the credential was read.
				[allowInsecureRequests]: true,
				[customFetch]: (url, { headers, body }) =>
					sendOne({
						method: 'POST',
						url,
						headers: { ...headers, 'content-type': FORM_TYPE },
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
