import type { Provider } from './provider';

export const dynatrace: Provider = {
	id: 'dynatrace',
	name: 'Dynatrace',
	source:
		'https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/oauth-clients',
	fields: [
		{
			name: 'dynatraceAccount',
			label: 'Account UUID',
			kind: 'segment',
			description: 'The UUID of the account, as in the address of Account Management',
			example: '2b794097-8ad2-4b32-b923-0131da2eeddf',
			mend: [[/^urn:dtaccount:/i, '']],
		},
	],
	tokenUrl: 'https://sso.dynatrace.com/sso/oauth2/token',
	clientAuthentication: 'client_secret_post',
	scope: 'required',
	scopeExample: 'account-idm-read storage:logs:read',
	parameters: { resource: 'urn:dtaccount:{dynatraceAccount}' },
};
