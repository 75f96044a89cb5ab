import { ClientSecretBasic, ClientSecretPost, type ClientAuth } from 'oauth4webapi';
import type { ClientCredentials } from './clientCredentials';

/** How the client proves who it is to the token endpoint. RFC 6749 §2.3.1. */
export function clientAuthentication(client: ClientCredentials): ClientAuth {
	switch (client.clientAuthentication) {
		case 'client_secret_basic':
			return ClientSecretBasic(client.clientSecret);
		case 'client_secret_post':
			return ClientSecretPost(client.clientSecret);
	}
}
