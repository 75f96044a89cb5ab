import type { Provider } from './provider';

export const pingfederate: Provider = {
	id: 'pingfederate',
	name: 'PingFederate',
	source:
		'https://docs.pingidentity.com/pingfederate/12.0/developers_reference_guide/pf_token_endpoint.html',
	fields: [
		{
			name: 'pingfederateUrl',
			label: 'Server URL',
			kind: 'baseUrl',
			description: 'The base URL of PingFederate, or its token endpoint base URL, with the port',
			example: 'https://sso.example.com:9031',
			mend: [[/\/as\/token\.oauth2.*$/i, '']],
		},
	],
	tokenUrl: '{pingfederateUrl}/as/token.oauth2',
	clientAuthentication: 'chosen',
	scope: 'optional',
	scopeExample: 'records',
	isSelfHosted: true,
};
