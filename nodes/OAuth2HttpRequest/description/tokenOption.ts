import type { INodeProperties } from 'n8n-workflow';

/** What the token is asked for with: may be another one for each item. */
export const tokenOption: INodeProperties = {
	displayName: 'Token',
	name: 'token',
	placeholder: 'Add Token Setting',
	type: 'fixedCollection',
	default: { token: {} },
	description:
		'What to request the token of an item with, in place of the values in the credential. Each combination gets its own token, which is kept.',
	options: [
		{
			displayName: 'Token',
			name: 'token',
			values: [
				{
					displayName: 'Scope',
					name: 'scope',
					type: 'string',
					default: '',
					placeholder: 'e.g. records:read',
					description:
						'Replaces Scope in the credential. Leave it empty to use the value in the credential.',
				},
				{
					displayName: 'Audience',
					name: 'audience',
					type: 'string',
					default: '',
					placeholder: 'e.g. https://api.example.com',
					description:
						'Replaces Audience in the credential. Leave it empty to use the value in the credential.',
				},
				{
					displayName: 'Resource',
					name: 'resource',
					type: 'string',
					default: '',
					placeholder: 'e.g. https://api.example.com',
					description:
						'Replaces Resource in the credential (RFC 8707). Separate several with spaces. Leave it empty to use the value in the credential.',
				},
			],
		},
	],
};
