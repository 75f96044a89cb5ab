import type { Provider } from './provider';

export const zoom: Provider = {
	id: 'zoom',
	name: 'Zoom',
	source: 'https://developers.zoom.us/docs/internal-apps/s2s-oauth/',
	fields: [
		{
			name: 'zoomAccountId',
			label: 'Account ID',
			kind: 'segment',
			description: 'The account ID that the app shows next to its client ID',
			example: 'gYz8S9w5Q5yrDoIvmdClYw',
		},
	],
	tokenUrl: 'https://zoom.us/oauth/token',
	clientAuthentication: 'client_secret_basic',
	scope: 'none',
	parameters: { account_id: '{zoomAccountId}' },
	settings: { customizeTokenRequest: true, grantType: 'account_credentials' },
};
