import type { Provider } from './provider';

export const ebay: Provider = {
	id: 'ebay',
	name: 'eBay',
	source: 'https://developer.ebay.com/api-docs/static/oauth-client-credentials-grant.html',
	fields: [
		{
			name: 'ebayEnvironment',
			label: 'Environment',
			kind: 'choice',
			description: 'Test or production',
			example: 'api.ebay.com',
			default: 'api.sandbox.ebay.com',
			options: [
				{ name: 'Production', value: 'api.ebay.com' },
				{ name: 'Sandbox', value: 'api.sandbox.ebay.com' },
			],
		},
	],
	tokenUrl: 'https://{ebayEnvironment}/identity/v1/oauth2/token',
	clientAuthentication: 'client_secret_basic',
	scope: 'required',
	scopeExample: 'https://api.ebay.com/oauth/api_scope',
	settings: {
		sendTokenAs: 'header',
		tokenHeaderName: 'Authorization',
		tokenHeaderPrefix: 'Bearer',
	},
};
