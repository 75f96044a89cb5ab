import type { Provider } from './provider';

export const cognito: Provider = {
	id: 'cognito',
	name: 'Amazon Cognito',
	source: 'https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html',
	fields: [
		{
			name: 'cognitoDomain',
			label: 'Domain',
			kind: 'host',
			description: "The domain of the user pool: Amazon's or your own",
			example: 'acme.auth.eu-central-1.amazoncognito.com',
		},
	],
	tokenUrl: 'https://{cognitoDomain}/oauth2/token',
	clientAuthentication: 'client_secret_basic',
	scope: 'optional',
	scopeExample: 'records/write',
};
