import type { Provider } from './provider';

export const auth0: Provider = {
	id: 'auth0',
	name: 'Auth0',
	source:
		'https://auth0.com/docs/get-started/authentication-and-authorization-flow/client-credentials-flow/call-your-api-using-the-client-credentials-flow',
	fields: [
		{
			name: 'auth0Domain',
			label: 'Domain',
			kind: 'host',
			description: "The tenant's domain, or your custom domain",
			example: 'acme.eu.auth0.com',
		},
	],
	tokenUrl: 'https://{auth0Domain}/oauth/token',
	clientAuthentication: 'chosen',
	assertionAudience: 'https://{auth0Domain}/',
	scope: 'none',
	audience: 'required',
};
