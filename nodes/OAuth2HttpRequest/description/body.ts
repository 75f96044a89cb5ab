import type { INodeProperties } from 'n8n-workflow';
import { pairList, specifyChoice } from './pairs';

const show = (conditions: Record<string, string[]>): INodeProperties['displayOptions'] => ({
	show: { sendBody: [true], ...conditions },
});

export const bodyProperties: INodeProperties[] = [
	{
		displayName: 'Send Body',
		name: 'sendBody',
		type: 'boolean',
		default: false,
		noDataExpression: true,
		description: 'Whether the request has a body',
	},
	{
		displayName: 'Body Content Type',
		name: 'contentType',
		type: 'options',
		displayOptions: show({}),
		options: [
			{
				name: 'Binary File',
				value: 'binaryData',
				description: 'A file from the input item, sent as it is',
			},
			{
				name: 'Form URL Encoded',
				value: 'form-urlencoded',
				description: 'Names and values, as a simple web form sends them',
			},
			{
				name: 'Form-Data',
				value: 'multipart-form-data',
				description: 'Names and values, and files from the input item, in one body',
			},
			{ name: 'JSON', value: 'json', description: 'Expected by most APIs' },
			{ name: 'Raw', value: 'raw', description: 'Text of any other type' },
		],
		default: 'json',
		description: 'The form in which the body is sent',
	},
	specifyChoice({
		displayName: 'Specify Body',
		name: 'specifyBody',
		displayOptions: show({ contentType: ['json'] }),
	}),
	{
		displayName: 'Specify Body',
		name: 'specifyBody',
		type: 'options',
		displayOptions: show({ contentType: ['form-urlencoded'] }),
		options: [
			{ name: 'Using Fields Below', value: 'keypair' },
			{ name: 'Using Single Field', value: 'string' },
		],
		default: 'keypair',
	},
	pairList(
		{
			displayName: 'Body Parameters',
			name: 'bodyParameters',
			displayOptions: show({ contentType: ['json', 'form-urlencoded'], specifyBody: ['keypair'] }),
			placeholder: 'Add Body Field',
		},
		{
			displayName: 'Body Field',
			name: 'Name of the field. In JSON, "address.city" creates a nested object.',
			value: 'Value of the field',
			exampleName: 'e.g. status',
			exampleValue: 'e.g. open',
		},
	),
	{
		displayName: 'Body Parameters',
		name: 'bodyParameters',
		type: 'fixedCollection',
		displayOptions: show({ contentType: ['multipart-form-data'] }),
		typeOptions: {
			multipleValues: true,
			fixedCollection: { itemTitle: '={{ $collection.item.value.name }}' },
		},
		placeholder: 'Add Parameter',
		default: { parameters: [{ name: '', value: '' }] },
		options: [
			{
				name: 'parameters',
				displayName: 'Parameter',
				values: [
					{
						displayName: 'Parameter Type',
						name: 'parameterType',
						type: 'options',
						noDataExpression: true,
						options: [
							{ name: 'Form Data', value: 'formData' },
							{ name: 'Binary File', value: 'formBinaryData' },
						],
						default: 'formData',
						description: 'Whether the part is text or a file from the input item',
					},
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						description: 'Name of the part',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						displayOptions: { show: { parameterType: ['formData'] } },
						default: '',
						description: 'Text of the part',
					},
					{
						displayName: 'Input Data Field Name',
						name: 'inputDataFieldName',
						type: 'string',
						displayOptions: { show: { parameterType: ['formBinaryData'] } },
						default: '',
						placeholder: 'e.g. data',
						description: "The name of the input item's field that contains the file",
					},
				],
			},
		],
	},
	{
		displayName: 'JSON Body',
		name: 'jsonBody',
		type: 'json',
		displayOptions: show({ contentType: ['json'], specifyBody: ['json'] }),
		default: '',
		placeholder: '{ "name": "value" }',
		description: 'The body as JSON',
	},
	{
		displayName: 'Body',
		name: 'body',
		type: 'string',
		displayOptions: show({ specifyBody: ['string'] }),
		default: '',
		placeholder: 'field1=value1&field2=value2',
		description: 'The form as one text, already encoded',
	},
	{
		displayName: 'Input Data Field Name',
		name: 'inputDataFieldName',
		type: 'string',
		displayOptions: show({ contentType: ['binaryData'] }),
		default: '',
		placeholder: 'e.g. data',
		description: "The name of the input item's field that contains the file to send",
	},
	{
		displayName: 'Content Type',
		name: 'rawContentType',
		type: 'string',
		displayOptions: show({ contentType: ['raw'] }),
		default: '',
		placeholder: 'e.g. text/csv',
		description: 'The Content-Type header to send',
	},
	{
		displayName: 'Body',
		name: 'body',
		type: 'string',
		displayOptions: show({ contentType: ['raw'] }),
		default: '',
		description: 'The body, sent as it is',
	},
];
