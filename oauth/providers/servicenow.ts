import type { Provider } from './provider';

export const servicenow: Provider = {
	id: 'servicenow',
	name: 'ServiceNow',
	source:
		'https://www.servicenow.com/docs/r/zurich/platform-security/authentication/client-credentials.html',
	fields: [
		{
			name: 'servicenowInstance',
			label: 'Instance',
			kind: 'host',
			description: 'The domain of the instance',
			example: 'dev12345.service-now.com',
			suffix: '.service-now.com',
		},
	],
	tokenUrl: 'https://{servicenowInstance}/oauth_token.do',
	clientAuthentication: 'client_secret_post',
	scope: 'none',
};
