import type { INodeProperties } from 'n8n-workflow';

const show = { customTokenResponse: [true] };

/** Where token and lifetime lie in the answer of a server that has its own names for them. */
export const tokenResponseFields: INodeProperties[] = [
	{
		displayName: 'Custom Token Response',
		name: 'customTokenResponse',
		type: 'boolean',
		default: false,
		description:
			'Whether the token response uses field names other than "access_token" and "expires_in", or a lifetime in a unit other than seconds',
	},
	{
		displayName: 'Token Path',
		name: 'tokenPath',
		type: 'string',
		displayOptions: { show },
		default: 'access_token',
		placeholder: 'e.g. data.token',
		description:
			'Where the token is in the response. Use a dot to go into an object, and [0] for the first entry of a list. Leave it empty if the whole response is the token.',
	},
	{
		displayName: 'Lifetime Path',
		name: 'lifetimePath',
		type: 'string',
		displayOptions: { show },
		default: 'expires_in',
		placeholder: 'e.g. data.expiresIn',
		description:
			'Where the response says how long the token is valid, or until when. Dates and Unix times are recognized. Without this, the node looks in the token itself, and otherwise assumes five minutes.',
	},
	{
		displayName: 'Lifetime Unit',
		name: 'lifetimeUnit',
		type: 'options',
		displayOptions: { show },
		options: [
			{ name: 'Hours', value: 'hours' },
			{ name: 'Milliseconds', value: 'milliseconds' },
			{ name: 'Minutes', value: 'minutes' },
			{ name: 'Seconds', value: 'seconds' },
		],
		default: 'seconds',
		description:
			'The unit of the lifetime. It makes no difference for a date or a Unix time, except that Milliseconds means a Unix time in milliseconds.',
	},
];
