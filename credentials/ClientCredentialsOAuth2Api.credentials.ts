import type { ICredentialType, INodeProperties } from 'n8n-workflow';

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

export class ClientCredentialsOAuth2Api implements ICredentialType {
	name = 'clientCredentialsOAuth2Api';

	displayName = 'OAuth2 Client Credentials API';

	icon = {
		light: 'file:clientCredentialsOAuth2Api.svg',
		dark: 'file:clientCredentialsOAuth2Api.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/n8n-nodes-oauth2-client-credentials/n8n-nodes-oauth2-client-credentials#readme';

	properties: INodeProperties[] = [
		{
			displayName: 'Token URL',
			name: 'tokenUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://auth.example.com/oauth2/token',
			description:
				'The address that issues access tokens. The provider\'s documentation calls it "token endpoint" or "access token URL".',
		},
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. my-nightly-sync',
			description:
				'The name of your application at the provider, also called "application ID" or "consumer key". You get it when you register the application there.',
		},
		{
			displayName: 'Client Secret',
			name: 'clientSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			placeholder: 'e.g. the value that the provider showed once',
			description:
				'The password of your application at the provider. Most providers show it only once, when it is made.',
		},
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
			displayName: 'Client Authentication',
			name: 'clientAuthentication',
			type: 'options',
			options: [
				{
					name: 'Secret in the Body',
					value: 'client_secret_post',
					description: 'What most providers accept (client_secret_post)',
				},
				{
					name: 'Secret in a Header',
					value: 'client_secret_basic',
					description: 'HTTP Basic authentication (client_secret_basic)',
				},
			],
			default: 'client_secret_post',
			placeholder: 'Secret in the Body',
			description:
				'How ID and secret are sent to the token URL. If the provider refuses a client that is right, try the other one.',
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
		{
			displayName: 'Allow Insecure HTTP',
			name: 'allowInsecureHttp',
			type: 'boolean',
			default: false,
			description:
				'Whether secret and token may travel over http:// without encryption. Only for servers within a network that you trust; this machine itself (localhost) is always allowed.',
		},
		{
			displayName: 'Ignore SSL Issues (Insecure)',
			name: 'ignoreSSLIssues',
			type: 'boolean',
			default: false,
			description:
				'Whether to send the secret to the token URL even if its certificate cannot be verified. Only for a test server of your own.',
		},
	];
}
