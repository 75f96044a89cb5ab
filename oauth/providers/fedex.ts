import type { Provider } from './provider';

export const fedex: Provider = {
	id: 'fedex',
	name: 'FedEx',
	source: 'https://developer.fedex.com/api/en-us/catalog/authorization/docs.html',
	fields: [
		{
			name: 'fedexEnvironment',
			label: 'Environment',
			kind: 'choice',
			description: 'Test or production',
			example: 'apis.fedex.com',
			default: 'apis-sandbox.fedex.com',
			options: [
				{ name: 'Production', value: 'apis.fedex.com' },
				{ name: 'Sandbox', value: 'apis-sandbox.fedex.com' },
			],
		},
	],
	tokenUrl: 'https://{fedexEnvironment}/oauth/token',
	clientAuthentication: 'client_secret_post',
	scope: 'none',
};
