import type { INodeProperties } from 'n8n-workflow';

/** A list of names and values, stored as `{ parameters: [{ name, value }] }`. */
export function pairList(
	property: Pick<INodeProperties, 'displayName' | 'name' | 'displayOptions' | 'placeholder'>,
	entry: { displayName: string; name: string; value: string },
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
						description: entry.name,
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
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
