import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

const TLS_METHODS = ['tls_client_auth', 'self_signed_tls_client_auth'];
const OTHER_METHODS = [
	'client_secret_basic',
	'client_secret_jwt',
	'client_secret_post',
	'private_key_jwt',
];

const IS_AUTHENTICATION: IDisplayOptions = { show: { clientAuthentication: TLS_METHODS } };
const IS_CUSTOM: IDisplayOptions = {
	show: { clientAuthentication: OTHER_METHODS, customizeTls: [true] },
};

const settings = (displayOptions: IDisplayOptions, required: boolean): INodeProperties[] => [
	{
		displayName: 'TLS Certificate',
		name: 'tlsCertificate',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		required,
		displayOptions,
		placeholder: '-----BEGIN CERTIFICATE-----',
		description:
			'The certificate of your application, as text (PEM). Intermediate certificates may follow it.',
	},
	{
		displayName: 'TLS Private Key',
		name: 'tlsPrivateKey',
		type: 'string',
		typeOptions: { password: true, rows: 4 },
		default: '',
		required,
		displayOptions,
		placeholder: '-----BEGIN PRIVATE KEY-----',
		description: 'The whole text of the key file that belongs to the certificate (PEM)',
	},
	{
		displayName: 'TLS Passphrase',
		name: 'tlsPassphrase',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		displayOptions,
		placeholder: 'Only if the key file is encrypted',
		description: 'The password of the key file. Leave it empty if the file has none.',
	},
	{
		displayName: 'CA Certificate',
		name: 'caCertificate',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		displayOptions,
		placeholder: '-----BEGIN CERTIFICATE-----',
		description:
			"If the server's certificate comes from a private authority: the certificate of that authority, as text (PEM). No other authority is then trusted.",
	},
	{
		displayName: 'Use for API Calls',
		name: 'useTlsForApi',
		type: 'boolean',
		default: false,
		displayOptions,
		description:
			'Whether to use the certificate and the CA also for API calls, not only for token requests. If a token is visibly bound to the certificate, the certificate is always used.',
	},
];

/** The certificate to authenticate by. */
export const tlsAuthentication: INodeProperties[] = settings(IS_AUTHENTICATION, true);

/** Certificates because the servers want them. */
export const tlsConnection: INodeProperties[] = [
	{
		displayName: 'Customize TLS',
		name: 'customizeTls',
		type: 'boolean',
		default: false,
		displayOptions: { show: { clientAuthentication: OTHER_METHODS } },
		description:
			'Whether the servers require a client certificate, or use certificates from a private authority',
	},
	...settings(IS_CUSTOM, false),
];
