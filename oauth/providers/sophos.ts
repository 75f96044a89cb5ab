import type { Provider } from './provider';

export const sophos: Provider = {
	id: 'sophos',
	name: 'Sophos Central',
	source: 'https://developer.sophos.com/getting-started-tenant',
	fields: [],
	tokenUrl: 'https://id.sophos.com/api/v2/oauth2/token',
	clientAuthentication: 'client_secret_post',
	scope: 'required',
	scopeExample: 'token',
};
