import type { Provider } from './provider';

export const zitadel: Provider = {
	id: 'zitadel',
	name: 'ZITADEL',
	source: 'https://zitadel.com/docs/guides/integrate/service-users/client-credentials',
	fields: [
		{
			name: 'zitadelUrl',
			label: 'Server URL',
			kind: 'baseUrl',
			description: 'The domain of your ZITADEL instance',
			example: 'https://acme-x1y2z3.zitadel.cloud',
			mend: [[/\/(?:oauth\/v2|ui)\/.*$/i, '']],
		},
	],
	tokenUrl: '{zitadelUrl}/oauth/v2/token',
	clientAuthentication: 'client_secret_basic',
	scope: 'required',
	scopeExample: 'openid urn:zitadel:iam:org:project:id:zitadel:aud',
	isSelfHosted: true,
};
