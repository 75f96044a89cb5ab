import type { Provider } from './provider';

export const twitch: Provider = {
	id: 'twitch',
	name: 'Twitch',
	source:
		'https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/#client-credentials-grant-flow',
	fields: [],
	tokenUrl: 'https://id.twitch.tv/oauth2/token',
	clientAuthentication: 'client_secret_post',
	scope: 'none',
};
