import type { Provider } from './provider';

export const okta: Provider = {
	id: 'okta',
	name: 'Okta',
	source: 'https://developer.okta.com/docs/guides/implement-grant-type/clientcreds/main/',
	fields: [
		{
			name: 'oktaDomain',
			label: 'Domain',
			kind: 'host',
			description: 'The domain of your Okta organization, without "-admin"',
			example: 'acme.okta.com',
			suffix: '.okta.com',
			mend: [[/^((?:https?:\/\/)?[\w-]+)-admin(\.okta(?:preview|-emea|-gov)?\.com|$)/i, '$1$2']],
		},
		{
			name: 'oktaAuthorizationServer',
			label: 'Authorization Server',
			kind: 'segment',
			description:
				"The ID of the custom authorization server. Leave it empty to use the organization's own server, for Okta's own APIs.",
			example: 'default',
			default: 'default',
			isOptional: true,
			mend: [
				[/^https?:\/\/[^/]+\/oauth2\/([^/?#]+).*$/i, '$1'],
				[/^https?:\/\/[^/]+\/?$/i, ''],
			],
		},
	],
	tokenUrl: 'https://{oktaDomain}/oauth2{/oktaAuthorizationServer}/v1/token',
	clientAuthentication: 'chosen',
	scope: 'optional',
	scopeExample: 'records.write',
};
