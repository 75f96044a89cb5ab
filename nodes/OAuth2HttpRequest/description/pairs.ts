import type { INodeProperties } from 'n8n-workflow';

interface PairDescription {
	displayName: string;
	/** Descriptions of the two fields, and what they show while they are empty. */
	name: string;
	value: string;
	exampleName: string;
	exampleValue: string;
}

/** A list of names and values, stored as `{ parameters: [{ name, value }] }`. */
export function pairList(
	property: Pick<INodeProperties, 'displayName' | 'name' | 'displayOptions' | 'placeholder'>,
	entry: PairDescription,
): INodeProperties {
	return {
		...property,
		type: 'fixedCollection',
		typeOptions: {
			multipleValues: true,
			fixedCollection: { itemTitle: '={{ $collection.item.value.name }}' },
		},
		default: { parameters: [{ name: '', value: '' }] },
		options: [
			{
				name: 'parameters',
				displayName: entry.displayName,
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: entry.exampleName,
						description: entry.name,
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: entry.exampleValue,
						description: entry.value,
					},
				],
			},
		],
	};
}

/** The choice between a list and JSON. */
export function specifyChoice(
	property: Pick<INodeProperties, 'displayName' | 'name' | 'displayOptions'>,
): INodeProperties {
	return {
		...property,
		type: 'options',
		options: [
			{ name: 'Using Fields Below', value: 'keypair' },
			{ name: 'Using JSON', value: 'json' },
		],
		default: 'keypair',
	};
}
