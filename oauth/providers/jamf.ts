import type { Provider } from './provider';

export const jamf: Provider = {
	id: 'jamf',
	name: 'Jamf Pro',
	source: 'https://developer.jamf.com/jamf-pro/docs/client-credentials',
	fields: [
		{
			name: 'jamfUrl',
			label: 'Server URL',
			kind: 'baseUrl',
			description: 'The address of Jamf Pro',
			example: 'https://acme.jamfcloud.com',
			mend: [[/\/(?:api|JSSResource|view|legacy|index\.html).*$/, '']],
		},
	],
	tokenUrl: '{jamfUrl}/api/oauth/token',
	clientAuthentication: 'client_secret_post',
	scope: 'none',
	isSelfHosted: true,
};
