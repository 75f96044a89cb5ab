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
			'Whether to return only a part of the response, so that the model has less to read',
	},
	{
		displayName: 'Expected Response Type',
		name: 'responseType',
		type: 'options',
		displayOptions: show({}),
		options: [
			{ name: 'HTML', value: 'html' },
			{ name: 'JSON', value: 'json' },
			{ name: 'Text', value: 'text' },
		],
		default: 'json',
		description: 'What kind of response the API sends',
	},
	{
		displayName: 'Field Containing Data',
		name: 'dataField',
		type: 'string',
		displayOptions: show({ responseType: ['json'] }),
		default: '',
		placeholder: 'e.g. records',
		requiresDataPath: 'single',
		description:
			'The field of the response that contains the data. Leave it empty to use the whole response.',
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
		description: 'Which fields to return',
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
	{
		displayName: 'Selector (CSS)',
		name: 'cssSelector',
		type: 'string',
		displayOptions: show({ responseType: ['html'] }),
		default: 'body',
		placeholder: 'e.g. body',
		description: 'Which elements of the page to return, each as one entry of a list',
	},
	{
		displayName: 'Return Only Content',
		name: 'onlyContent',
		type: 'boolean',
		displayOptions: show({ responseType: ['html'] }),
		default: false,
		description: 'Whether to return only the text of the elements, without tags and attributes',
	},
	{
		displayName: 'Elements To Omit',
		name: 'elementsToOmit',
		type: 'string',
		displayOptions: show({ responseType: ['html'], onlyContent: [true] }),
		default: '',
		placeholder: 'e.g. img, .className, #ItemId',
		description: 'Selectors of elements to leave out, separated by commas',
	},
	{
		displayName: 'Truncate Response',
		name: 'truncateResponse',
		type: 'boolean',
		displayOptions: show({ responseType: ['text', 'html'] }),
		default: false,
		description: 'Whether to limit the number of characters to return',
	},
	{
		displayName: 'Max Response Characters',
		name: 'maxLength',
		type: 'number',
		typeOptions: { minValue: 1 },
		displayOptions: show({ responseType: ['text', 'html'], truncateResponse: [true] }),
		default: 1000,
		description: 'The maximum number of characters to return',
	},
];
