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
			'Whether the token URL answers with other fields than "access_token" and "expires_in", or counts the lifetime in another unit than seconds',
	},
	{
		displayName: 'Token Path',
		name: 'tokenPath',
		type: 'string',
		displayOptions: { show },
		default: 'access_token',
		placeholder: 'e.g. data.token',
		description:
			'Where the token is in the answer. A dot leads into an object, [0] to the first entry of a list. Empty if the whole answer is the token.',
	},
	{
		displayName: 'Lifetime Path',
		name: 'lifetimePath',
		type: 'string',
		displayOptions: { show },
		default: 'expires_in',
		placeholder: 'e.g. data.expiresIn',
		description:
			'Where the answer says how long the token lasts, or until when. A date and a Unix time are recognized. Without it, the token itself is looked into, else it is taken to last five minutes.',
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
		description: 'What the lifetime is counted in. Makes no difference for a date or a Unix time.',
	},
];
