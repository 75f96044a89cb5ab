import type { INodeProperties } from 'n8n-workflow';
import { tokenOption } from '../description/tokenOption';

const show = { resource: ['token'] };

/** What the node works on. Absent in workflows made before there was a choice: the request. */
export const resourceProperty: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Request', value: 'request' },
		{ name: 'Token', value: 'token' },
	],
	default: 'request',
};

/** What can be done with the credential's token itself. */
export const tokenProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		// Not "operation": the editor would offer these four instead of the node, and hide that it calls APIs.
		name: 'tokenOperation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show },
		options: [
			{
				name: 'Clear Cache',
				value: 'clearCache',
				description: 'Forget the token, so that the next call requests a new one',
			},
			{
				name: 'Get',
				value: 'get',
				description:
					'Show how long the token is valid and what it allows, and request one if needed',
			},
			{
				name: 'Introspect',
				value: 'introspect',
				description: 'Ask the authorization server what a token is good for',
			},
			{
				name: 'Revoke',
				value: 'revoke',
				description: 'Make the token invalid at the authorization server, and forget it',
			},
		],
		default: 'get',
	},
	{
		displayName: 'Include the Token Itself',
		name: 'includeToken',
		type: 'boolean',
		displayOptions: { show: { ...show, tokenOperation: ['get'] } },
		default: false,
		description:
			'Whether to output the token, too. n8n stores it with the execution, where everyone who can see the workflow can read and use it.',
	},
	{
		displayName: 'Token to Introspect',
		name: 'tokenToIntrospect',
		type: 'string',
		typeOptions: { password: true },
		displayOptions: { show: { ...show, tokenOperation: ['introspect'] } },
		default: '',
		placeholder: 'e.g. {{ $json.token }}',
		description:
			"A token that somebody else sent you. Leave it empty to use the credential's own token.",
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		displayOptions: { show },
		default: {},
		options: [tokenOption],
	},
];

/** The same fields, for the resource that they belong to. */
export function forRequest(properties: INodeProperties[]): INodeProperties[] {
	return properties.map((property) => {
		const { displayOptions } = property;
		return {
			...property,
			displayOptions: {
				...displayOptions,
				show: { resource: ['request'], ...displayOptions?.show },
			},
		};
	});
}
