import type { INodeProperties } from 'n8n-workflow';

const show = { otherRefusal: [true] };

/** How an API says that a token has expired, where it does not say 401. */
export const refusalFields: INodeProperties[] = [
	{
		displayName: 'Other Signs of an Expired Token',
		name: 'otherRefusal',
		type: 'boolean',
		default: false,
		description:
			'Whether the API uses something other than status 401 to say that it no longer accepts a token. After such a response, the node also gets a new token and repeats the call once.',
	},
	{
		displayName: 'Status Codes',
		name: 'refusalStatuses',
		type: 'string',
		displayOptions: { show },
		default: '',
		placeholder: 'e.g. 403, 498',
		description: 'Other status codes that mean this, separated by commas',
	},
	{
		displayName: 'Path in the Body',
		name: 'refusalPath',
		type: 'string',
		displayOptions: { show },
		default: '',
		placeholder: 'e.g. errors.code',
		description:
			'Where a successful response (status 2xx, JSON) says so. Use a dot to go into an object or into each entry of a list.',
	},
	{
		displayName: 'Values in the Body',
		name: 'refusalValues',
		type: 'string',
		displayOptions: { show },
		default: '',
		placeholder: 'e.g. 601, 602',
		description: 'The values at this path that mean this, separated by commas',
	},
];
