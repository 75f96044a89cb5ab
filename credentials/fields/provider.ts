import type { INodeProperties } from 'n8n-workflow';
import { usesField } from '../../oauth/client/shownFields';
import { providers } from '../../oauth/providers';
import { CUSTOM } from '../../oauth/providers/applyProvider';
import { recipeUrl, type Provider, type ProviderField } from '../../oauth/providers/provider';
import { shownWhere } from './shownWhere';

/** Who issues the token. */
export const provider: INodeProperties = {
	displayName: 'Provider',
	name: 'provider',
	type: 'options',
	options: [
		{
			name: 'Custom',
			value: CUSTOM,
			description: 'Any other provider, or if you need more fields',
		},
		...providers.map(({ name, id }) => ({ name, value: id })),
	],
	default: CUSTOM,
	description:
		'Who issues the access token. The credential then shows only the fields that this provider needs.',
};

/** What each provider needs to be told besides, and where to read how. */
export const providerFields: INodeProperties[] = providers.flatMap((one) => [
	{
		displayName: `What to do at ${one.name}, step by step: <a href="${recipeUrl(one)}" target="_blank">instructions</a>`,
		name: `${one.id}Notice`,
		type: 'notice',
		default: '',
		displayOptions: { show: { provider: [one.id] } },
	} satisfies INodeProperties,
	...one.fields.map((field) => toProperty(one, field)),
]);

/** Shows the general fields where the provider that is chosen needs them. */
export function generalFields(fields: readonly INodeProperties[]): INodeProperties[] {
	return fields.map((field) =>
		shownFor(field, [CUSTOM, ...idsOf((one) => usesField(one, field.name))]),
	);
}

/** Shows fields where no provider is chosen. */
export function customFields(fields: readonly INodeProperties[]): INodeProperties[] {
	return fields.map((field) => shownFor(field, [CUSTOM]));
}

/** Most providers have one way to authenticate a client, and it takes a secret. */
export function authenticationFields(fields: readonly INodeProperties[]): INodeProperties[] {
	const leaves = ({ clientAuthentication }: Provider): boolean => clientAuthentication === 'chosen';
	const decided = idsOf((one) => !leaves(one));
	return [
		...fields.map((field) => shownFor(field, [CUSTOM, ...idsOf(leaves)])),
		...fields
			.filter(({ name }) => name === 'clientSecret')
			.map((field) => shownFor({ ...field, displayOptions: {} }, decided)),
	];
}

function idsOf(uses: (provider: Provider) => boolean): string[] {
	return providers.filter(uses).map(({ id }) => id);
}

function shownFor(field: INodeProperties, ids: string[]): INodeProperties {
	return shownWhere(field, { provider: ids });
}

function toProperty({ id }: Provider, field: ProviderField): INodeProperties {
	const { name, label, description, example, options, isOptional } = field;
	return {
		displayName: label,
		name,
		...(options ? { type: 'options', options: [...options] } : { type: 'string' }),
		default: field.default ?? '',
		...(!isOptional && { required: true }),
		displayOptions: { show: { provider: [id] } },
		placeholder: `e.g. ${example}`,
		description,
	};
}
