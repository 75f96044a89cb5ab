import type { Provider } from './provider';

export const xero: Provider = {
	id: 'xero',
	name: 'Xero (Custom Connection)',
	source: 'https://developer.xero.com/documentation/guides/oauth2/custom-connections/',
	fields: [],
	tokenUrl: 'https://identity.xero.com/connect/token',
	clientAuthentication: 'client_secret_basic',
	scope: 'optional',
	scopeExample: 'accounting.invoices accounting.contacts',
};
