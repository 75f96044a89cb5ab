import type { ClientCredentials } from '../../oauth/clientCredentials';

/** A checked credential with what a test does not care about. */
export function clientWith(overrides: Partial<ClientCredentials> = {}): ClientCredentials {
	return {
		tokenUrl: 'https://auth.example.com/oauth2/token',
		clientId: 'nightly-sync',
		clientSecret: 'correct-horse-battery-staple',
		clientAuthentication: 'client_secret_post',
		scope: 'records:write records:read',
		audience: '',
		extraParameters: [],
		allowInsecureHttp: false,
		ignoreSslIssues: false,
		...overrides,
	};
}
