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
				description: 'As "Authorization: Bearer …": what nearly all APIs expect',
			},
			{
				name: 'Custom Header',
				value: 'header',
				description: 'Another header, or another word than "Bearer"',
			},
			{ name: 'Form Body', value: 'form', description: 'A field of the form that is sent' },
			{
				name: 'Query Parameter',
				value: 'query',
				description: 'A part of the URL. The least safe way: URLs are kept in logs.',
			},
		],
		default: 'authorization',
		placeholder: 'Authorization Header',
		description: 'Where the API expects the token of each call',
	},
	{
		displayName: 'Header Name',
		name: 'tokenHeaderName',
		type: 'string',
		displayOptions: { show: { sendTokenAs: ['header'] } },
		default: 'Authorization',
		placeholder: 'e.g. X-Access-Token',
		description: 'The header that holds the token',
	},
	{
		displayName: 'Header Prefix',
		name: 'tokenHeaderPrefix',
		type: 'string',
		displayOptions: { show: { sendTokenAs: ['header'] } },
		default: '',
		placeholder: 'e.g. Token',
		description: 'A word before the token, which a space follows. Empty: the token alone.',
	},
	{
		displayName: 'Parameter Name',
		name: 'tokenParameterName',
		type: 'string',
		displayOptions: { show: { sendTokenAs: ['form', 'query'] } },
		default: 'access_token',
		placeholder: 'e.g. token',
		description: 'The field of the form or the query parameter that holds the token',
	},
];
