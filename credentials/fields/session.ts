import type { INodeProperties } from 'n8n-workflow';

/**
 * Where n8n keeps the token for its own nodes, encrypted with the rest of the credential. Not shown.
 *
 * `session` is always empty: n8n runs `preAuthentication` before a request only where the expirable
 * field is, and nothing else in n8n looks at when a token expires. The other two hold the token.
 */
export const sessionFields: INodeProperties[] = [
	{
		displayName: 'Session',
		name: 'session',
		type: 'hidden',
		typeOptions: { expirable: true },
		default: '',
	},
	{
		displayName: 'Access Token',
		name: 'accessToken',
		type: 'hidden',
		typeOptions: { password: true },
		default: '',
	},
	{
		displayName: 'Access Token Details',
		name: 'accessTokenDetails',
		type: 'hidden',
		default: '',
	},
];
