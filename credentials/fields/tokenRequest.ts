import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

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
		'Anything else that the provider needs in the token request. Do not enter secrets: the values stay readable here.',
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

const whereCustomized: IDisplayOptions = { show: { customizeTokenRequest: [true] } };

/** The other lists of names and values. Not masked either. */
const list = (
	name: string,
	displayName: string,
	{ group, placeholder, description }: { group: string; placeholder: string; description: string },
): INodeProperties => ({
	displayName,
	name,
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	default: {},
	displayOptions: whereCustomized,
	placeholder: `Add ${displayName}`,
	description: `${description} Do not enter secrets: the values stay readable here.`,
	options: [
		{
			name: group,
			displayName,
			values: [
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					placeholder,
					description: "The name, as the provider's documentation spells it",
				},
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					default: '',
					description: 'The value that goes with it',
				},
			],
		},
	],
});

/** Where the token is asked for. */
export const serverAddress: INodeProperties[] = [
	{
		displayName: 'Server Address',
		name: 'serverAddress',
		type: 'options',
		options: [
			{
				name: 'Token URL',
				value: 'tokenUrl',
				description: 'The address that issues access tokens',
			},
			{
				name: 'Issuer URL',
				value: 'issuerUrl',
				description: 'The address of the server, which tells the node where tokens are issued',
			},
		],
		default: 'tokenUrl',
		placeholder: 'Token URL',
		description: 'Which address of the authorization server you know',
	},
	{
		displayName: 'Token URL',
		name: 'tokenUrl',
		type: 'string',
		default: '',
		required: true,
		displayOptions: { show: { serverAddress: ['tokenUrl'] } },
		placeholder: 'e.g. https://auth.example.com/oauth2/token',
		description:
			'The address that issues access tokens. The provider\'s documentation calls it "token endpoint" or "access token URL".',
	},
	{
		displayName: 'Issuer URL',
		name: 'issuerUrl',
		type: 'string',
		default: '',
		required: true,
		displayOptions: { show: { serverAddress: ['issuerUrl'] } },
		placeholder: 'e.g. https://auth.example.com',
		description:
			'The address of the authorization server, also called "authority" or "domain": the one before ".well-known/openid-configuration"',
	},
];

/** What the token is for. */
export const api: INodeProperties[] = [
	{
		displayName: 'Scope',
		name: 'scope',
		type: 'string',
		default: '',
		placeholder: 'e.g. records:read records:write',
		description:
			"What the token should allow, as the API's documentation names it. Separate several with spaces. Leave it empty if the provider does not ask for it.",
	},
	{
		displayName: 'Audience',
		name: 'audience',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://api.example.com',
		description:
			'The API that the token is for. Some providers, such as Auth0, require it. Leave it empty if yours does not mention it.',
	},
];

/** How this provider wants to be asked. */
export const tokenRequest: INodeProperties[] = [
	tokenRequestParameters,
	{
		displayName: 'Customize Token Request',
		name: 'customizeTokenRequest',
		type: 'boolean',
		default: false,
		description:
			"Whether to change more of the token request: headers, query, resource, grant type, or how scopes are separated. Turn it on only if the provider's documentation asks for it.",
	},
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'string',
		default: '',
		displayOptions: whereCustomized,
		placeholder: 'e.g. https://api.example.com',
		description:
			'The address of the API that the token is for (RFC 8707). Separate several with spaces.',
	},
	{
		displayName: 'Scope Separator',
		name: 'scopeSeparator',
		type: 'options',
		options: [
			{ name: 'Space', value: 'space', description: 'The standard' },
			{ name: 'Comma', value: 'comma' },
		],
		default: 'space',
		displayOptions: whereCustomized,
		placeholder: 'Space',
		description: 'What to put between several scopes',
	},
	{
		displayName: 'Grant Type',
		name: 'grantType',
		type: 'string',
		default: 'client_credentials',
		displayOptions: whereCustomized,
		placeholder: 'e.g. account_credentials',
		description:
			'What the provider calls this way of getting a token. Nearly always client_credentials; Zoom uses account_credentials.',
	},
	list('tokenRequestHeaders', 'Token Request Headers', {
		group: 'header',
		placeholder: 'e.g. X-Tenant',
		description: 'Headers that the provider needs in the token request.',
	}),
	list('tokenRequestQuery', 'Token Request Query', {
		group: 'parameter',
		placeholder: 'e.g. tenant',
		description: 'Parameters to add to the token URL, after the question mark.',
	}),
];
