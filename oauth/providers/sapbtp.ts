import type { Provider } from './provider';

export const sapbtp: Provider = {
	id: 'sapbtp',
	name: 'SAP BTP (XSUAA)',
	source:
		'https://help.sap.com/doc/f90a444330144d5db63d345e298b5cff/2210/en-US/10b6e7419df8430dbce297afce5b7e82.html',
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
	// It does not decode ID and secret in a header, and all its IDs hold signs.
	clientAuthentication: 'client_secret_post',
	scope: 'none',
};
