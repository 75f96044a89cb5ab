import type { Provider } from './provider';

export const entra: Provider = {
	id: 'entra',
	name: 'Microsoft Entra ID',
	source:
		'https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow',
	fields: [
		{
			name: 'entraTenant',
			label: 'Tenant',
			kind: 'segment',
			description: 'The directory (tenant) ID, or a domain of the tenant',
			example: '11111111-2222-3333-4444-555555555555',
			mend: [
				[
					/^https?:\/\/login\.(?:microsoftonline\.(?:com|us)|partner\.microsoftonline\.cn)\/([^/]+).*$/i,
					'$1',
				],
				[/^https?:\/\/|\/$/gi, ''],
			],
		},
		{
			name: 'entraCloud',
			label: 'Cloud',
			kind: 'choice',
			description: 'The Microsoft cloud that the tenant is in',
			example: 'login.microsoftonline.com',
			default: 'login.microsoftonline.com',
			options: [
				{ name: 'Global', value: 'login.microsoftonline.com' },
				{ name: 'China (21Vianet)', value: 'login.partner.microsoftonline.cn' },
				{ name: 'US Government', value: 'login.microsoftonline.us' },
			],
		},
	],
	tokenUrl: 'https://{entraCloud}/{entraTenant}/oauth2/v2.0/token',
	clientAuthentication: 'chosen',
	scope: 'required',
	scopeExample: 'https://graph.microsoft.com/.default',
	mendScope: [
		[
			/^(https:\/\/[^/\s]+|api:\/\/[^/\s]+|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\/?$/i,
			'$1/.default',
		],
	],
};
