import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

const forMethods = (...methods: string[]): IDisplayOptions => ({
	show: { clientAuthentication: methods },
});

const ASSERTION = ['client_secret_jwt', 'private_key_jwt'];

/** How the client proves who it is, and what it needs for that. */
export const clientAuthentication: INodeProperties[] = [
	{
		displayName: 'Client Authentication',
		name: 'clientAuthentication',
		type: 'options',
		options: [
			{
				name: 'Client Certificate',
				value: 'tls_client_auth',
				description:
					'A certificate on the connection, issued by an authority that the provider trusts (tls_client_auth)',
			},
			{
				name: 'Client Certificate, Self-Signed',
				value: 'self_signed_tls_client_auth',
				description:
					'A certificate that you registered with the provider (self_signed_tls_client_auth)',
			},
			{
				name: 'Secret in a Header',
				value: 'client_secret_basic',
				description: 'HTTP Basic authentication (client_secret_basic)',
			},
			{
				name: 'Secret in the Body',
				value: 'client_secret_post',
				description: 'Accepted by most providers (client_secret_post)',
			},
			{
				name: 'Signed with the Private Key',
				value: 'private_key_jwt',
				description:
					'The key stays in n8n; the provider has the public key or certificate (private_key_jwt)',
			},
			{
				name: 'Signed with the Secret',
				value: 'client_secret_jwt',
				description: 'The secret itself is not sent (client_secret_jwt)',
			},
		],
		default: 'client_secret_post',
		placeholder: 'Secret in the Body',
		description:
			"How your application proves its identity to the provider. If the provider's documentation does not say, keep the default. If the provider then refuses a correct ID and secret, try Secret in a Header.",
	},
	{
		displayName: 'Client Secret',
		name: 'clientSecret',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		required: true,
		displayOptions: forMethods('client_secret_post', 'client_secret_basic', 'client_secret_jwt'),
		placeholder: 'e.g. the value that the provider showed once',
		description:
			'The password of your application at the provider. Most providers show it only once, when you create it.',
	},
	{
		displayName: 'Private Key',
		name: 'privateKey',
		type: 'string',
		typeOptions: { password: true, rows: 4 },
		default: '',
		required: true,
		displayOptions: forMethods('private_key_jwt'),
		placeholder: '-----BEGIN PRIVATE KEY-----',
		description:
			'The whole text of the key file (PEM), or a JSON Web Key. It does not matter if the line breaks get lost.',
	},
	{
		displayName: 'Private Key Passphrase',
		name: 'privateKeyPassphrase',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		displayOptions: forMethods('private_key_jwt'),
		placeholder: 'Only if the key file is encrypted',
		description: 'The password of the key file. Leave it empty if the file has none.',
	},
	{
		displayName: 'Certificate',
		name: 'certificate',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		displayOptions: forMethods('private_key_jwt'),
		placeholder: '-----BEGIN CERTIFICATE-----',
		description:
			'The certificate that you uploaded to the provider, as text (PEM). Entra ID needs it to find the right key (x5t). Leave it empty if the provider has only a public key.',
	},
	{
		displayName: 'Key ID',
		name: 'keyId',
		type: 'string',
		default: '',
		displayOptions: forMethods('private_key_jwt'),
		placeholder: 'e.g. my-key-2026',
		description:
			'The ID that the provider shows for your public key (kid). Leave it empty if it shows none.',
	},
	{
		displayName: 'Signature Algorithm',
		name: 'signatureAlgorithm',
		type: 'options',
		options: [
			{
				name: 'By the Key',
				value: 'auto',
				description: 'The usual algorithm for the key: RS256 for RSA, ES256 for P-256, and so on',
			},
			{ name: 'EdDSA', value: 'EdDSA', description: 'For Ed25519 keys' },
			{ name: 'ES256', value: 'ES256', description: 'For EC keys with the curve P-256' },
			{ name: 'ES384', value: 'ES384', description: 'For EC keys with the curve P-384' },
			{ name: 'ES512', value: 'ES512', description: 'For EC keys with the curve P-521' },
			{ name: 'PS256', value: 'PS256', description: 'For RSA keys; recommended by Entra ID' },
			{ name: 'RS256', value: 'RS256', description: 'For RSA keys' },
		],
		default: 'auto',
		displayOptions: forMethods('private_key_jwt'),
		placeholder: 'By the Key',
		description: 'How to sign. Change it only if the provider asks for a different algorithm.',
	},
	{
		displayName: 'Signature Algorithm',
		name: 'secretAlgorithm',
		type: 'options',
		options: [
			{ name: 'HS256', value: 'HS256' },
			{ name: 'HS384', value: 'HS384' },
			{ name: 'HS512', value: 'HS512' },
		],
		default: 'HS256',
		displayOptions: forMethods('client_secret_jwt'),
		placeholder: 'HS256',
		description: 'How to sign. Change it only if the provider asks for a different algorithm.',
	},
	{
		displayName: 'Assertion Audience',
		name: 'assertionAudience',
		type: 'string',
		default: '',
		displayOptions: forMethods(...ASSERTION),
		placeholder: 'e.g. https://auth.example.com',
		description:
			'Who the signed text is for ("aud"), if the provider expects something other than its issuer or its token URL',
	},
	{
		displayName: 'Assertion Lifetime',
		name: 'assertionLifetime',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 3600 },
		default: 60,
		displayOptions: forMethods(...ASSERTION),
		placeholder: '60',
		description:
			'How long the signed text is valid, in seconds. A new one is made for each request.',
	},
];

/** Tokens that are of no use to others. RFC 9449. */
export const proof: INodeProperties[] = [
	{
		displayName: 'Prove Possession (DPoP)',
		name: 'dpop',
		type: 'boolean',
		default: false,
		description:
			'Whether to bind tokens to a key that never leaves n8n, so that a stolen token is useless. Turn it on only if the provider supports DPoP.',
	},
	{
		displayName: 'DPoP Algorithm',
		name: 'dpopAlgorithm',
		type: 'options',
		options: [
			{ name: 'ES256', value: 'ES256', description: 'Accepted by nearly every server' },
			{ name: 'EdDSA', value: 'EdDSA', description: 'Ed25519' },
		],
		default: 'ES256',
		displayOptions: { show: { dpop: [true] } },
		placeholder: 'ES256',
		description: 'How the proofs are signed. The node creates the key pair itself.',
	},
];
