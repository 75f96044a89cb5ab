import type { INodeProperties } from 'n8n-workflow';

const methods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];
const webdavMethods = ['COPY', 'MKCOL', 'MOVE', 'PROPFIND', 'REPORT'];

export const requestProperties: INodeProperties[] = [
	{
		// The editor's own button: it fills in the other fields.
		displayName: 'Import cURL',
		name: 'curlImport',
		type: 'curlImport',
		default: '',
	},
	{
		displayName: 'Method',
		name: 'method',
		type: 'options',
		options: [
			...methods.map((method) => ({ name: method, value: method })),
			...webdavMethods.map((method) => ({
				name: method,
				value: method,
				displayOptions: { show: { 'options.webdavMethods': [true] } },
			})),
		],
		default: 'GET',
		description: 'The request method to use',
	},
	{
		displayName: 'URL',
		name: 'url',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. https://api.example.com/records',
		description: 'The address of the API to call, once for each input item',
	},
	{
		displayName: 'SSL Certificates',
		name: 'provideSslCertificates',
		type: 'boolean',
		isNodeSetting: true,
		noDataExpression: true,
		default: false,
		description:
			'Whether the calls of this node use the TLS certificate in the credential, even if Use for API Calls is off there',
	},
];
