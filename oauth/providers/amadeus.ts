import type { Provider } from './provider';

export const amadeus: Provider = {
	id: 'amadeus',
	name: 'Amadeus',
	source:
		'https://developers.amadeus.com/self-service/apis-docs/guides/developer-guides/API-Keys/authorization/',
	fields: [
		{
			name: 'amadeusEnvironment',
			label: 'Environment',
			kind: 'choice',
			description: 'Test data or real data',
			example: 'api.amadeus.com',
			default: 'test.api.amadeus.com',
			options: [
				{ name: 'Production', value: 'api.amadeus.com' },
				{ name: 'Test', value: 'test.api.amadeus.com' },
			],
		},
	],
	tokenUrl: 'https://{amadeusEnvironment}/v1/security/oauth2/token',
	clientAuthentication: 'client_secret_post',
	scope: 'none',
};
