import type { Provider } from './provider';

export const sapbtp: Provider = {
	id: 'sapbtp',
	name: 'SAP BTP (XSUAA)',
	source:
		'https://help.sap.com/docs/btp/sap-business-technology-platform/what-is-sap-authorization-and-trust-management-service',
	fields: [
		{
			name: 'sapbtpUrl',
			label: 'URL',
			kind: 'baseUrl',
			description: 'The value of "url" in the service key, without "/oauth/token"',
			example: 'https://acme.authentication.eu10.hana.ondemand.com',
			mend: [[/\/oauth\/token.*$/i, '']],
		},
	],
	tokenUrl: '{sapbtpUrl}/oauth/token',
	clientAuthentication: 'client_secret_basic',
	scope: 'none',
};
