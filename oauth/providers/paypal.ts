import type { Provider } from './provider';

export const paypal: Provider = {
	id: 'paypal',
	name: 'PayPal',
	source: 'https://developer.paypal.com/api/rest/authentication/',
	fields: [
		{
			name: 'paypalEnvironment',
			label: 'Environment',
			kind: 'choice',
			description: 'Whether real money moves',
			example: 'api-m.paypal.com',
			default: 'api-m.sandbox.paypal.com',
			options: [
				{ name: 'Live', value: 'api-m.paypal.com' },
				{ name: 'Sandbox', value: 'api-m.sandbox.paypal.com' },
			],
		},
	],
	tokenUrl: 'https://{paypalEnvironment}/v1/oauth2/token',
	clientAuthentication: 'client_secret_basic',
	scope: 'none',
};
