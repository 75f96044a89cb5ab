import type { Provider } from './provider';

export const autodesk: Provider = {
	id: 'autodesk',
	name: 'Autodesk Platform Services',
	source: 'https://aps.autodesk.com/en/docs/oauth/v2/tutorials/get-2-legged-token',
	fields: [],
	tokenUrl: 'https://developer.api.autodesk.com/authentication/v2/token',
	clientAuthentication: 'client_secret_basic',
	scope: 'required',
	scopeExample: 'data:read',
};
