import type { Provider } from './provider';

export const onelogin: Provider = {
	id: 'onelogin',
	name: 'OneLogin',
	source: 'https://developers.onelogin.com/api-docs/2/oauth20-tokens/generate-tokens',
	fields: [
		{
			name: 'oneloginSubdomain',
			label: 'Subdomain',
			kind: 'host',
			description: 'The domain of your OneLogin account',
			example: 'acme.onelogin.com',
			suffix: '.onelogin.com',
			mend: [[/-admin(\.onelogin\.com)/i, '$1']],
		},
	],
	tokenUrl: 'https://{oneloginSubdomain}/auth/oauth2/v2/token',
	clientAuthentication: 'client_secret_post',
	scope: 'none',
};
