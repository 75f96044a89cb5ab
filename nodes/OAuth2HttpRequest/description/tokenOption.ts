import type { INodeProperties } from 'n8n-workflow';

/** What the token is asked for with: may be another one for each item. */
export const tokenOption: INodeProperties = {
	displayName: 'Token',
	name: 'token',
	placeholder: 'Add Token Setting',
	type: 'fixedCollection',
	default: { token: {} },
	description:
		'What the token of an item is asked for with, in place of what the credential says. Each combination has a token of its own, which is kept.',
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
					description: 'In place of Scope in the credential. Empty: as there.',
				},
				{
					displayName: 'Audience',
					name: 'audience',
					type: 'string',
					default: '',
					placeholder: 'e.g. https://api.example.com',
					description: 'In place of Audience in the credential. Empty: as there.',
				},
				{
					displayName: 'Resource',
					name: 'resource',
					type: 'string',
					default: '',
					placeholder: 'e.g. https://api.example.com',
					description:
						'In place of Resource in the credential (RFC 8707); several are separated by spaces. Empty: as there.',
				},
			],
		},
	],
};
