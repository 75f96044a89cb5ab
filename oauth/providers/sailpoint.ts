import type { Provider } from './provider';

export const sailpoint: Provider = {
	id: 'sailpoint',
	name: 'SailPoint Identity Security Cloud',
	source: 'https://developer.sailpoint.com/docs/api/authentication',
	fields: [
		{
			name: 'sailpointTenant',
			label: 'Tenant',
			kind: 'host',
			description: 'The API domain of the tenant',
			example: 'acme.api.identitynow.com',
			suffix: '.api.identitynow.com',
			mend: [[/^((?:https?:\/\/)?[\w-]+)\.identitynow\.com/i, '$1.api.identitynow.com']],
		},
	],
	tokenUrl: 'https://{sailpointTenant}/oauth/token',
	clientAuthentication: 'client_secret_post',
	scope: 'none',
};
