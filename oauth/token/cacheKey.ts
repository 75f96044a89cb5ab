import { createHmac } from 'crypto';
import type { ClientCredentials } from '../client/clientCredentials';
import { clientKey } from '../server/clientAuthentication';

/**
 * Names the token that a credential leads to: equal exactly where the token request is, and how its
 * answer is read. Keyed with the secret or private key, so that a rotated one misses, and the cache key tells nothing to anyone
 * without it.
 */
export function cacheKey(client: ClientCredentials): string {
	// Left out: how the servers are reached, what is done with the token, and what the values came from.
	const {
		allowInsecureHttp,
		ignoreSslIssues,
		sending,
		refusal,
		introspectionUrl,
		revocationUrl,
		provider,
		scopeSeparator,
		tls: { forApi, ...tls } = {},
		...parts
	} = client;
	const sorted = Object.entries({ ...parts, ...(client.tls && { tls }) }).sort(([a], [b]) =>
		a < b ? -1 : 1,
	);
	return createHmac('sha256', clientKey(client.clientAuthentication))
		.update('n8n-nodes-oauth2-client-credentials cache key 1\n')
		.update(JSON.stringify(sorted))
		.digest('base64url');
}
