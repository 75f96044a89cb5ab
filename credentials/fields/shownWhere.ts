import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

/** The field with one more condition for being shown, beside its own. */
export function shownWhere(
	field: INodeProperties,
	condition: NonNullable<IDisplayOptions['show']>,
): INodeProperties {
	const { displayOptions } = field;
	return {
		...field,
		displayOptions: { ...displayOptions, show: { ...displayOptions?.show, ...condition } },
	};
}
