import type { Provider } from './provider';

export const adobe: Provider = {
	id: 'adobe',
	name: 'Adobe',
	source:
		'https://developer.adobe.com/developer-console/docs/guides/authentication/ServerToServerAuthentication/IMS',
	fields: [],
	tokenUrl: 'https://ims-na1.adobelogin.com/ims/token/v3',
	clientAuthentication: 'client_secret_post',
	scope: 'required',
	scopeExample: 'openid,AdobeID,read_organizations',
	settings: { customizeTokenRequest: true, scopeSeparator: 'comma' },
};
