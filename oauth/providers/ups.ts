import type { Provider } from './provider';

export const ups: Provider = {
	id: 'ups',
	name: 'UPS',
	source: 'https://developer.ups.com/api/reference/oauth/client-credentials',
	fields: [
		{
			name: 'upsEnvironment',
			label: 'Environment',
			kind: 'choice',
			description: 'Test (Customer Integration Environment) or production',
			example: 'onlinetools.ups.com',
			default: 'wwwcie.ups.com',
			options: [
				{ name: 'Production', value: 'onlinetools.ups.com' },
				{ name: 'Test', value: 'wwwcie.ups.com' },
			],
		},
	],
	tokenUrl: 'https://{upsEnvironment}/security/v1/oauth/token',
	clientAuthentication: 'client_secret_basic',
	scope: 'none',
};
