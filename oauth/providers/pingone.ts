import type { Provider } from './provider';

export const pingone: Provider = {
	id: 'pingone',
	name: 'PingOne',
	source:
		'https://developer.pingidentity.com/pingone-api/auth/openid-connect-oauth-2/token-client_credentials-client-secret-post.html',
	fields: [
		{
			name: 'pingoneRegion',
			label: 'Region',
			kind: 'choice',
			description: 'Where the environment is',
			example: 'com',
			default: 'com',
			options: [
				{ name: 'Asia-Pacific', value: 'asia' },
				{ name: 'Australia', value: 'com.au' },
				{ name: 'Canada', value: 'ca' },
				{ name: 'Europe', value: 'eu' },
				{ name: 'North America', value: 'com' },
				{ name: 'Singapore', value: 'sg' },
			],
		},
		{
			name: 'pingoneEnvironment',
			label: 'Environment ID',
			kind: 'segment',
			description: 'The ID of the environment (a UUID)',
			example: 'cd91070f-c371-480e-80b2-753c735f8aa1',
			mend: [[/^https?:\/\/auth\.pingone\.[\w.]+\/([^/]+).*$/i, '$1']],
		},
	],
	tokenUrl: 'https://auth.pingone.{pingoneRegion}/{pingoneEnvironment}/as/token',
	clientAuthentication: 'chosen',
	scope: 'optional',
	scopeExample: 'records:write',
};
