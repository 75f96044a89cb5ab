import type { INodeProperties } from 'n8n-workflow';

/** Shown where the node is a tool of an AI agent. */
const show = (conditions: Record<string, Array<string | boolean>>) => ({
	show: { '@tool': [true], optimizeResponse: [true], ...conditions },
});

export const optimizeProperties: INodeProperties[] = [
	{
		displayName: 'Optimize Response',
		name: 'optimizeResponse',
		type: 'boolean',
		displayOptions: { show: { '@tool': [true] } },
		default: false,
		noDataExpression: true,
		description:
			'Whether to hand on only a part of the response, so that the model has less to read',
	},
	{
		displayName: 'Expected Response Type',
		name: 'responseType',
		type: 'options',
		displayOptions: show({}),
		options: [{ name: 'JSON', value: 'json' }],
		default: 'json',
		description: 'What the API answers with',
	},
	{
		displayName: 'Field Containing Data',
		name: 'dataField',
		type: 'string',
		displayOptions: show({ responseType: ['json'] }),
		default: '',
		placeholder: 'e.g. records',
		requiresDataPath: 'single',
		description: 'The field of the response that holds the data. Leave it empty for all of it.',
	},
	{
		displayName: 'Include Fields',
		name: 'fieldsToInclude',
		type: 'options',
		displayOptions: show({ responseType: ['json'] }),
		options: [
			{ name: 'All', value: 'all', description: 'All fields' },
			{ name: 'Except', value: 'except', description: 'All but the fields below' },
			{ name: 'Selected', value: 'selected', description: 'Only the fields below' },
		],
		default: 'all',
		description: 'Which fields to hand on',
	},
	{
		displayName: 'Fields',
		name: 'fields',
		type: 'string',
		displayOptions: {
			...show({ responseType: ['json'] }),
			hide: { fieldsToInclude: ['all'] },
		},
		default: '',
		placeholder: 'e.g. name,address.city',
		requiresDataPath: 'multiple',
		description: 'Names of the fields, separated by commas',
	},
];
