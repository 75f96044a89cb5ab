import type { INodeProperties } from 'n8n-workflow';
import { pairList, specifyChoice } from './pairs';

export const headerProperties: INodeProperties[] = [
	{
		displayName: 'Send Headers',
		name: 'sendHeaders',
		type: 'boolean',
		default: false,
		noDataExpression: true,
		description:
			'Whether to send headers of your own. The credential adds the header with the token.',
	},
	specifyChoice({
		displayName: 'Specify Headers',
		name: 'specifyHeaders',
		displayOptions: { show: { sendHeaders: [true] } },
	}),
	pairList(
		{
			displayName: 'Headers',
			name: 'headerParameters',
			displayOptions: { show: { sendHeaders: [true], specifyHeaders: ['keypair'] } },
			placeholder: 'Add Header',
		},
		{
			displayName: 'Header',
			name: 'Name of the header',
			value: 'Value of the header',
			exampleName: 'e.g. Accept-Language',
			exampleValue: 'e.g. en',
		},
	),
	{
		displayName: 'JSON Headers',
		name: 'jsonHeaders',
		type: 'json',
		displayOptions: { show: { sendHeaders: [true], specifyHeaders: ['json'] } },
		default: '',
		placeholder: '{ "X-Request-Source": "n8n" }',
		description: 'The headers as one JSON object',
	},
];
