import type { Provider } from './provider';

export const tailscale: Provider = {
	id: 'tailscale',
	name: 'Tailscale',
	source: 'https://tailscale.com/kb/1215/oauth-clients',
	fields: [],
	tokenUrl: 'https://api.tailscale.com/api/v2/oauth/token',
	clientAuthentication: 'client_secret_post',
	scope: 'optional',
	scopeExample: 'devices:core:read',
};
