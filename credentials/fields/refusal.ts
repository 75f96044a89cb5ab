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
			'Whether the API says in another way than by status 401 that it does not accept a token any more. Such an answer, too, leads to a new token, and the call is repeated once.',
	},
	{
		displayName: 'Status Codes',
		name: 'refusalStatuses',
		type: 'string',
		displayOptions: { show },
		default: '',
		placeholder: 'e.g. 403, 498',
		description: 'Further status codes that say so, separated by commas',
	},
	{
		displayName: 'Path in the Body',
		name: 'refusalPath',
		type: 'string',
		displayOptions: { show },
		default: '',
		placeholder: 'e.g. errors.code',
		description:
			'Where a successful answer (status 2xx, JSON) says so. A dot leads into an object or into each entry of a list.',
	},
	{
		displayName: 'Values in the Body',
		name: 'refusalValues',
		type: 'string',
		displayOptions: { show },
		default: '',
		placeholder: 'e.g. 601, 602',
		description: 'The values there that say so, separated by commas',
	},
];
