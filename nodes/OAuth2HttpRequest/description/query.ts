import type { INodeProperties } from 'n8n-workflow';
import { pairList, specifyChoice } from './pairs';

export const queryProperties: INodeProperties[] = [
	{
		displayName: 'Send Query Parameters',
		name: 'sendQuery',
		type: 'boolean',
		default: false,
		noDataExpression: true,
		description: 'Whether the request has query parameters (the part of the URL after "?")',
	},
	specifyChoice({
		displayName: 'Specify Query Parameters',
		name: 'specifyQuery',
		displayOptions: { show: { sendQuery: [true] } },
	}),
	pairList(
		{
			displayName: 'Query Parameters',
			name: 'queryParameters',
			displayOptions: { show: { sendQuery: [true], specifyQuery: ['keypair'] } },
			placeholder: 'Add Query Parameter',
		},
		{
			displayName: 'Query Parameter',
			name: 'Name of the parameter. If you use a name twice, it becomes a list: see Array Format in Query Parameters under Options.',
			value: 'Value of the parameter. It is encoded for you.',
			exampleName: 'e.g. limit',
			exampleValue: 'e.g. 100',
		},
	),
	{
		displayName: 'JSON Query Parameters',
		name: 'jsonQuery',
		type: 'json',
		displayOptions: { show: { sendQuery: [true], specifyQuery: ['json'] } },
		default: '',
		placeholder: '{ "limit": 10 }',
		description: 'The query parameters as one JSON object',
	},
];
