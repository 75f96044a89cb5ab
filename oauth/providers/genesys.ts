import type { Provider } from './provider';

export const genesys: Provider = {
	id: 'genesys',
	name: 'Genesys Cloud',
	source: 'https://developer.genesys.cloud/authorization/platform-auth/use-client-credentials',
	fields: [
		{
			name: 'genesysRegion',
			label: 'Region',
			kind: 'host',
			description:
				'The domain of the region: the part after "apps." in the address of your Genesys Cloud',
			example: 'mypurecloud.de',
			mend: [[/^(?:https?:\/\/)?(?:apps|login|api)\./i, '']],
		},
	],
	tokenUrl: 'https://login.{genesysRegion}/oauth/token',
	clientAuthentication: 'client_secret_basic',
	scope: 'none',
};
