import type { ClientCredentials } from '../../oauth/client/clientCredentials';
import { NO_OTHER_SIGNS } from '../../oauth/client/refusalSigns';
import { STANDARD_FORMAT } from '../../oauth/client/tokenResponseFormat';
import type { SecretAuthentication } from '../../oauth/server/clientAuthentication';

export const SECRET = 'correct-horse-battery-staple';

export const secretPost = (clientSecret = SECRET): SecretAuthentication => ({
	method: 'client_secret_post',
	clientSecret,
});

export const secretBasic = (clientSecret = SECRET): SecretAuthentication => ({
	method: 'client_secret_basic',
	clientSecret,
});

/** A checked credential with what a test does not care about. */
export function clientWith(overrides: Partial<ClientCredentials> = {}): ClientCredentials {
	return {
		tokenUrl: 'https://auth.example.com/oauth2/token',
		issuer: '',
		clientId: 'nightly-sync',
		clientAuthentication: secretPost(),
		scope: 'records:write records:read',
		scopeSeparator: 'space',
		audience: '',
		extraParameters: [],
		grantType: 'client_credentials',
		resources: [],
		headers: [],
		query: [],
		tokenResponse: STANDARD_FORMAT,
		introspectionUrl: '',
		revocationUrl: '',
		sending: { kind: 'authorization' },
		refusal: NO_OTHER_SIGNS,
		allowInsecureHttp: false,
		ignoreSslIssues: false,
		...overrides,
	};
}
