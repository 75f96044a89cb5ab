import type { Provider } from './provider';

export const fusionauth: Provider = {
	id: 'fusionauth',
	name: 'FusionAuth',
	source: 'https://fusionauth.io/docs/lifecycle/authenticate-users/oauth/endpoints',
	fields: [
		{
			name: 'fusionauthUrl',
			label: 'Server URL',
			kind: 'baseUrl',
			description: 'The address of FusionAuth',
			example: 'https://auth.example.com',
			mend: [[/\/oauth2\/token.*$/i, '']],
		},
	],
	tokenUrl: '{fusionauthUrl}/oauth2/token',
	clientAuthentication: 'chosen',
	scope: 'required',
	scopeExample: 'target-entity:7940a8b2-8763-4927-a8b2-8f7f5c4d1e3a:read',
	isSelfHosted: true,
};
