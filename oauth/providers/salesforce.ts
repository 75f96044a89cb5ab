import type { Provider } from './provider';

export const salesforce: Provider = {
	id: 'salesforce',
	name: 'Salesforce',
	source:
		'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm&type=5',
	fields: [
		{
			name: 'salesforceDomain',
			label: 'My Domain',
			kind: 'host',
			description: 'The My Domain of the org (login.salesforce.com does not issue these tokens)',
			example: 'acme.my.salesforce.com',
			suffix: '.my.salesforce.com',
			mend: [
				[/\.my\.salesforce-setup\.com.*$/i, '.my.salesforce.com'],
				[
					/^((?:https?:\/\/)?[\w-]+(?:\.(?:sandbox|develop|scratch|trailblaze))?)\.lightning\.force\.com/i,
					'$1.my.salesforce.com',
				],
			],
		},
	],
	tokenUrl: 'https://{salesforceDomain}/services/oauth2/token',
	clientAuthentication: 'client_secret_post',
	scope: 'none',
};
