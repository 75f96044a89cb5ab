import type { INodeProperties } from 'n8n-workflow';

/** How safe the ways to the servers must be. */
export const connection: INodeProperties[] = [
	{
		displayName: 'Allow Insecure HTTP',
		name: 'allowInsecureHttp',
		type: 'boolean',
		default: false,
		description:
			'Whether the secret and the token may be sent over http://, without encryption. Only for servers within a network that you trust. This machine itself (localhost) is always allowed.',
	},
	{
		displayName: 'Ignore SSL Issues (Insecure)',
		name: 'ignoreSSLIssues',
		type: 'boolean',
		default: false,
		description:
			'Whether to send the secret to the token URL even if its certificate cannot be verified. Only for your own test server.',
	},
];
