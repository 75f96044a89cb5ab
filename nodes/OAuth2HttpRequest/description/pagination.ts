import type { INodeProperties } from 'n8n-workflow';

const hideWhereOff = { hide: { paginationMode: ['off'] } };
/** The header says itself where the pages end. */
const hideWhereLinked = { hide: { paginationMode: ['off', 'linkHeader'] } };

const fields: INodeProperties[] = [
	{
		displayName: 'Pagination Mode',
		name: 'paginationMode',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Link Header',
				value: 'linkHeader',
				description: 'The Link header of the response says where the next page is (rel="next")',
			},
			{ name: 'Off', value: 'off' },
			{
				name: 'Response Contains Next URL',
				value: 'responseContainsNextURL',
				description: 'An expression takes the URL of the next page from the response',
			},
			{
				name: 'Update a Parameter in Each Request',
				value: 'updateAParameterInEachRequest',
				description: 'For example a page number',
			},
		],
		default: 'updateAParameterInEachRequest',
		description: 'How to request the next page',
	},
	{
		displayName:
			'In expressions, $response is the last response (body, headers, statusCode), $request is the first request, and $pageCount is the number of pages fetched so far. They have values only while the node runs.',
		name: 'paginationNotice',
		type: 'notice',
		displayOptions: hideWhereLinked,
		default: '',
	},
	{
		displayName: 'Next URL',
		name: 'nextURL',
		type: 'string',
		displayOptions: { show: { paginationMode: ['responseContainsNextURL'] } },
		default: '',
		placeholder: 'e.g. {{ $response.body.next }}',
		description:
			'An expression that returns the URL of the next page. It must have the same scheme, host and port as URL.',
	},
	{
		displayName: 'Parameters',
		name: 'parameters',
		type: 'fixedCollection',
		displayOptions: { show: { paginationMode: ['updateAParameterInEachRequest'] } },
		typeOptions: {
			multipleValues: true,
			fixedCollection: { itemTitle: '={{ $collection.item.value.name }}' },
		},
		placeholder: 'Add Parameter',
		default: { parameters: [{ type: 'qs', name: '', value: '' }] },
		options: [
			{
				name: 'parameters',
				displayName: 'Parameter',
				values: [
					{
						displayName: 'Type',
						name: 'type',
						type: 'options',
						noDataExpression: true,
						options: [
							{ name: 'Body', value: 'body' },
							{ name: 'Header', value: 'headers' },
							{ name: 'Query', value: 'qs' },
						],
						default: 'qs',
						description: 'Where the parameter is set',
					},
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. page',
						description: 'Name of the parameter',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. {{ $pageCount + 1 }}',
						description: 'An expression that returns the value for the next request',
					},
				],
			},
		],
	},
	{
		displayName: 'Pagination Complete When',
		name: 'paginationCompleteWhen',
		type: 'options',
		noDataExpression: true,
		displayOptions: hideWhereLinked,
		options: [
			{ name: 'Other', value: 'other', description: 'When an expression is true' },
			{ name: 'Receive Specific Status Code(s)', value: 'receiveSpecificStatusCodes' },
			{
				name: 'Response Is Empty',
				value: 'responseIsEmpty',
				description:
					'No body, or an empty list. Where pages are counted: also an object whose lists are empty.',
			},
		],
		default: 'responseIsEmpty',
		description: 'When to stop requesting pages',
	},
	{
		displayName: 'Status Code(s) When Complete',
		name: 'statusCodesWhenComplete',
		type: 'string',
		noDataExpression: true,
		displayOptions: { show: { paginationCompleteWhen: ['receiveSpecificStatusCodes'] } },
		default: '',
		placeholder: 'e.g. 404',
		description: 'Separate several with commas',
	},
	{
		displayName: 'Complete Expression',
		name: 'completeExpression',
		type: 'string',
		displayOptions: { show: { paginationCompleteWhen: ['other'] } },
		default: '',
		placeholder: 'e.g. {{ $response.body.next === null }}',
		description: 'An expression that is true if this was the last page',
	},
	{
		displayName: 'Limit Pages Fetched',
		name: 'limitPagesFetched',
		type: 'boolean',
		noDataExpression: true,
		displayOptions: hideWhereOff,
		default: false,
		description: 'Whether to stop after a number of pages',
	},
	{
		displayName: 'Max Pages',
		name: 'maxRequests',
		type: 'number',
		displayOptions: { show: { limitPagesFetched: [true] } },
		default: 100,
		description: 'The maximum number of pages to fetch for each input item',
	},
	{
		displayName: 'Interval Between Requests (Ms)',
		name: 'requestInterval',
		type: 'number',
		typeOptions: { minValue: 0 },
		displayOptions: hideWhereOff,
		default: 0,
		description:
			'Time to wait between two pages, in milliseconds. Not needed for APIs that answer 429: the node keeps to their limit anyway.',
	},
];

export const paginationProperty: INodeProperties = {
	displayName: 'Pagination',
	name: 'pagination',
	placeholder: 'Add Pagination',
	type: 'fixedCollection',
	default: { pagination: {} },
	description: 'Fetches one page after another, and outputs the contents of all of them',
	options: [
		{
			displayName: 'Pagination',
			name: 'pagination',
			values: fields,
		},
	],
};
