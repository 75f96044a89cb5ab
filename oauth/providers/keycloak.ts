import type { Provider } from './provider';

export const keycloak: Provider = {
	id: 'keycloak',
	name: 'Keycloak',
	source: 'https://www.keycloak.org/docs/latest/server_admin/index.html#_service_accounts',
	fields: [
		{
			name: 'keycloakUrl',
			label: 'Server URL',
			kind: 'baseUrl',
			description: 'The address of Keycloak. Up to version 16, it ends with /auth.',
			example: 'https://id.example.com',
			mend: [[/\/(?:realms|admin)(?:\/.*)?$/i, '']],
		},
		{
			name: 'keycloakRealm',
			label: 'Realm',
			kind: 'segment',
			description: 'The name of the realm, as it is spelled in URLs',
			example: 'acme',
			mend: [[/^https?:\/\/.*\/realms\/([^/?#]+).*$/i, '$1']],
		},
	],
	tokenUrl: '{keycloakUrl}/realms/{keycloakRealm}/protocol/openid-connect/token',
	clientAuthentication: 'chosen',
	scope: 'optional',
	scopeExample: 'records',
	isSelfHosted: true,
};
