import type { Provider } from './provider';

export const spotify: Provider = {
	id: 'spotify',
	name: 'Spotify',
	source: 'https://developer.spotify.com/documentation/web-api/tutorials/client-credentials-flow',
	fields: [],
	tokenUrl: 'https://accounts.spotify.com/api/token',
	clientAuthentication: 'client_secret_basic',
	scope: 'none',
};
