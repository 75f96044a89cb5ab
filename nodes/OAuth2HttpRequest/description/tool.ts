import type { INodeProperties } from 'n8n-workflow';

/**
 * Without a field of this name, n8n adds one to tools itself, and hides it behind a choice in nodes that have
 * a resource: the text of a tool that comes from n8n's HTTP Request node, which has none, would be lost.
 */
export const toolProperties: INodeProperties[] = [
	{
		displayName: 'Description',
		name: 'toolDescription',
		type: 'string',
		typeOptions: { rows: 2 },
		displayOptions: { show: { '@tool': [true] } },
		default: '',
		placeholder: 'e.g. Finds the orders of a customer by their number',
		description:
			'What this tool does, in words for the model: it chooses its tools by them. If empty, the model reads the same general text for every tool of this kind.',
	},
];
