import type { Provider } from './provider';

export const shopify: Provider = {
	id: 'shopify',
	name: 'Shopify',
	source:
		'https://shopify.dev/docs/apps/build/authentication-authorization/client-credentials-grant',
	fields: [
		{
			name: 'shopifyDomain',
			label: 'Domain',
			kind: 'host',
			suffix: '.myshopify.com',
			description: "The store's address at Shopify, not its own domain",
			example: 'my-store.myshopify.com',
			mend: [[/^(?:https?:\/\/)?admin\.shopify\.com\/store\/([a-z\d-]+).*$/i, '$1.myshopify.com']],
		},
	],
	tokenUrl: 'https://{shopifyDomain}/admin/oauth/access_token',
	clientAuthentication: 'client_secret_post',
	scope: 'none',
	settings: {
		sendTokenAs: 'header',
		tokenHeaderName: 'X-Shopify-Access-Token',
		tokenHeaderPrefix: '',
	},
};
