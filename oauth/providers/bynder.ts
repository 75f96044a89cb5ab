import type { Provider } from './provider';

export const bynder: Provider = {
	id: 'bynder',
	name: 'Bynder',
	source:
		'https://bynder.docs.apiary.io/#reference/oauth-2.0/token-endpoint/using-client-credentials',
	fields: [
		{
			name: 'bynderDomain',
			label: 'Portal Domain',
			kind: 'host',
			description: 'The domain of your Bynder portal',
			example: 'acme.bynder.com',
			suffix: '.bynder.com',
		},
	],
	tokenUrl: 'https://{bynderDomain}/v6/authentication/oauth2/token',
	clientAuthentication: 'client_secret_post',
	scope: 'required',
	scopeExample: 'asset:read collection:read',
};
