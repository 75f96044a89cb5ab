import {
	allowInsecureRequests,
	clientCredentialsGrantRequest,
	customFetch,
	type AuthorizationServer,
	type Client,
} from 'oauth4webapi';
import { libraryAuthentication } from './clientAuthentication';
import type { ClientCredentials } from './clientCredentials';

/** A token request as it goes out: always a POST with a form body. RFC 6749 §4.4.2. */
export interface TokenRequest {
	url: string;
	headers: Record<string, string>;
	body: string;
	/** The same for another try: a signed assertion is good for one use. RFC 7523 §3. */
	again: () => Promise<TokenRequest>;
}

export interface TokenProtocol {
	server: AuthorizationServer;
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
	now: () => number,
): Promise<TokenProtocol> {
	const server: AuthorizationServer = { issuer: client.tokenUrl, token_endpoint: client.tokenUrl };
	const registration: Client = { client_id: client.clientId };
	const authentication = await libraryAuthentication(client.clientAuthentication, now);

	const request: TokenProtocol['request'] = (sendOne) =>
		clientCredentialsGrantRequest(server, registration, authentication, grantParameters(client), {
			// Whether plain http is allowed was decided when the credential was read.
			[allowInsecureRequests]: true,
			[customFetch]: (url, { headers, body }) =>
				sendOne({
					url,
					headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
					body: String(body),
					again: prepare,
				}),
		});
	const prepare = (): Promise<TokenRequest> =>
		new Promise((resolve, reject) => {
			const keep = (prepared: TokenRequest): Promise<Response> => {
				resolve(prepared);
				return Promise.resolve(new Response());
			};
			request(keep).catch(reject);
		});
	return { server, registration, request };
}

function grantParameters(client: ClientCredentials): URLSearchParams {
	const parameters = new URLSearchParams();
	if (client.scope !== '') parameters.set('scope', client.scope);
	if (client.audience !== '') parameters.set('audience', client.audience);
	for (const [name, value] of client.extraParameters) parameters.append(name, value);
	return parameters;
}
