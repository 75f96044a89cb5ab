import type { INodeProperties } from 'n8n-workflow';

/** How the token travels to the API. RFC 6750 §2, and what APIs do instead. */
export const sendingFields: INodeProperties[] = [
	{
		displayName: 'Send Token As',
		name: 'sendTokenAs',
		type: 'options',
		options: [
			{
				name: 'Authorization Header',
				value: 'authorization',
				description: 'As "Authorization: Bearer …", which nearly all APIs expect',
			},
			{
				name: 'Custom Header',
				value: 'header',
				description: 'Another header, or another word instead of "Bearer"',
			},
			{ name: 'Form Body', value: 'form', description: 'A field of the form that is sent' },
			{
				name: 'Query Parameter',
				value: 'query',
				description: 'A part of the URL. This is the least safe way, because URLs end up in logs.',
			},
		],
		default: 'authorization',
		placeholder: 'Authorization Header',
		description: 'Where the API expects the token in each call',
	},
	{
		displayName: 'Header Name',
		name: 'tokenHeaderName',
		type: 'string',
		displayOptions: { show: { sendTokenAs: ['header'] } },
		default: 'Authorization',
		placeholder: 'e.g. X-Access-Token',
		description: 'The header that contains the token',
	},
	{
		displayName: 'Header Prefix',
		name: 'tokenHeaderPrefix',
		type: 'string',
		displayOptions: { show: { sendTokenAs: ['header'] } },
		default: '',
		placeholder: 'e.g. Token',
		description:
			'A word before the token, separated by a space. Leave it empty to send only the token.',
	},
	{
		displayName: 'Parameter Name',
		name: 'tokenParameterName',
		type: 'string',
		displayOptions: { show: { sendTokenAs: ['form', 'query'] } },
		default: 'access_token',
		placeholder: 'e.g. token',
		description: 'The form field or query parameter that contains the token',
	},
];
