import type { INodeProperties } from 'n8n-workflow';

/**
 * Fields of the credential, not of the node: the secret goes there, and who may only use a credential
 * must not choose where.
 */
export const tokenOperationFields: INodeProperties[] = [
	{
		displayName: 'Introspection URL',
		name: 'introspectionUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://auth.example.com/oauth2/introspect',
		description:
			'The address that returns information about a token (RFC 7662). Only for the operation Introspect of the node. If Issuer URL is set, leave this empty to use the address that the issuer states.',
	},
	{
		displayName: 'Revocation URL',
		name: 'revocationUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://auth.example.com/oauth2/revoke',
		description:
			'The address that makes a token invalid (RFC 7009). Only for the operation Revoke of the node. If Issuer URL is set, leave this empty to use the address that the issuer states.',
	},
];
