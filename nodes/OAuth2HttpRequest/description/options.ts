import type { INodeProperties } from 'n8n-workflow';
import { paginationProperty } from './pagination';
import { tokenOption } from './tokenOption';

export const optionProperties: INodeProperties[] = [
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Array Format in Query Parameters',
				name: 'queryParameterArrays',
				type: 'options',
				displayOptions: { show: { '/sendQuery': [true] } },
				options: [
					{ name: 'Brackets Only', value: 'brackets', description: 'E.g. foo[]=bar&foo[]=qux.' },
					{
						name: 'Brackets with Indices',
						value: 'indices',
						description: 'E.g. foo[0]=bar&foo[1]=qux.',
					},
					{ name: 'No Brackets', value: 'repeat', description: 'E.g. foo=bar&foo=qux.' },
				],
				default: 'brackets',
				description: 'How a parameter with several values is written',
			},
			{
				displayName: 'Batching',
				name: 'batching',
				placeholder: 'Add Batching',
				type: 'fixedCollection',
				default: { batch: {} },
				options: [
					{
						displayName: 'Batching',
						name: 'batch',
						values: [
							{
								displayName: 'Items per Batch',
								name: 'batchSize',
								type: 'number',
								typeOptions: { minValue: -1 },
								default: 50,
								description:
									'How many calls may start before the next interval. -1 turns batching off. 0 is treated as 1.',
							},
							{
								displayName: 'Batch Interval (Ms)',
								name: 'batchInterval',
								type: 'number',
								typeOptions: { minValue: 0 },
								default: 1000,
								description:
									'Time from the start of one batch to the start of the next, in milliseconds. 0 turns batching off. Not needed for APIs that answer 429: the node keeps to their limit anyway.',
							},
						],
					},
				],
			},
			{
				displayName: 'Concurrency',
				name: 'concurrency',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 10,
				description: 'How many calls may be under way at the same time',
			},
			{
				displayName: 'Enable WebDAV Methods',
				name: 'webdavMethods',
				type: 'boolean',
				default: false,
				description: 'Whether to offer COPY, MKCOL, MOVE, PROPFIND and REPORT under Method',
			},
			{
				displayName: 'Ignore SSL Issues (Insecure)',
				name: 'allowUnauthorizedCerts',
				type: 'boolean',
				default: false,
				description: 'Whether to connect even if SSL certificate validation is not possible',
			},
			{
				displayName: 'Lowercase Headers',
				name: 'lowercaseHeaders',
				type: 'boolean',
				default: true,
				description: 'Whether to send the names of your headers in lower case',
			},
			paginationProperty,
			{
				displayName: 'Proxy',
				name: 'proxy',
				type: 'string',
				default: '',
				placeholder: 'e.g. http://myproxy:3128',
				description:
					'The HTTP proxy for calls to the API, instead of the one that n8n is configured with. The token request does not use it.',
			},
			{
				displayName: 'Redirects',
				name: 'redirect',
				placeholder: 'Add Redirect',
				type: 'fixedCollection',
				default: { redirect: {} },
				options: [
					{
						displayName: 'Redirect',
						name: 'redirect',
						values: [
							{
								displayName: 'Follow Redirects',
								name: 'followRedirects',
								type: 'boolean',
								default: true,
								description:
									'Whether to follow redirects of the API. The token is sent along only within the same origin (scheme, host and port).',
							},
							{
								displayName: 'Max Redirects',
								name: 'maxRedirects',
								type: 'number',
								displayOptions: { show: { followRedirects: [true] } },
								default: 21,
								description: 'How many redirects in a row to follow',
							},
						],
					},
				],
			},
			{
				displayName: 'Request Limit',
				name: 'requestLimit',
				placeholder: 'Add Request Limit',
				type: 'fixedCollection',
				default: { limit: {} },
				description:
					'The maximum number of calls to the API in a period of time. Not needed for APIs that answer 429: the node finds out their limit and keeps to it anyway.',
				options: [
					{
						displayName: 'Limit',
						name: 'limit',
						values: [
							{
								displayName: 'Max Requests',
								name: 'maxRequests',
								type: 'number',
								typeOptions: { minValue: 1 },
								default: 10,
								description:
									'How many calls may be sent in any interval. All items and all runs in this n8n process that call the same API with the same client count together.',
							},
							{
								displayName: 'Interval (S)',
								name: 'intervalSeconds',
								type: 'number',
								typeOptions: { minValue: 0.001 },
								default: 1,
								description: 'How long the interval is, in seconds',
							},
						],
					},
				],
			},
			{
				displayName: 'Response',
				name: 'response',
				placeholder: 'Add Response',
				type: 'fixedCollection',
				default: { response: {} },
				options: [
					{
						displayName: 'Response',
						name: 'response',
						values: [
							{
								displayName: 'Include Response Headers and Status',
								name: 'fullResponse',
								type: 'boolean',
								default: false,
								description:
									'Whether to output the status and headers of the response in addition to its body',
							},
							{
								displayName: 'Never Error',
								name: 'neverError',
								type: 'boolean',
								default: false,
								description:
									'Whether to output the response even if its status is not 2xx, after all retries',
							},
							{
								displayName: 'Response Format',
								name: 'responseFormat',
								type: 'options',
								noDataExpression: true,
								options: [
									{ name: 'Autodetect', value: 'autodetect' },
									{ name: 'File', value: 'file' },
									{ name: 'JSON', value: 'json' },
									{ name: 'Text', value: 'text' },
								],
								default: 'autodetect',
								description: 'The format in which to output the response',
							},
							{
								displayName: 'Put Output in Field',
								name: 'outputPropertyName',
								type: 'string',
								default: 'data',
								required: true,
								displayOptions: { show: { responseFormat: ['file', 'text'] } },
								description: 'Name of the output field for the text or the file',
							},
						],
					},
				],
			},
			{
				displayName: 'Retry',
				name: 'retry',
				placeholder: 'Add Retry',
				type: 'fixedCollection',
				default: { retry: {} },
				description:
					'When and how a call is sent again. Each call is retried on its own, so you do not need the node setting "Retry On Fail".',
				options: [
					{
						displayName: 'Retry',
						name: 'retry',
						values: [
							{
								displayName: 'First Backoff (S)',
								name: 'baseSeconds',
								type: 'number',
								typeOptions: { minValue: 0 },
								default: 1,
								description:
									'The longest wait before the first retry of a call that failed (server error, lost connection), in seconds. It doubles with each retry. After a 429, the node waits as long as the API says, or finds out by itself how long to wait.',
							},
							{
								displayName: 'Longest Backoff (S)',
								name: 'capSeconds',
								type: 'number',
								typeOptions: { minValue: 0 },
								default: 60,
								description: 'No backoff is longer than this, in seconds',
							},
							{
								displayName: 'Longest Pause (S)',
								name: 'maxRetryAfterSeconds',
								type: 'number',
								typeOptions: { minValue: 0 },
								default: 300,
								description:
									'The longest pause to accept when the API asks for one (Retry-After), in seconds. If the API asks for a longer pause, the call fails at once, and the error says when to try again. A call also fails if it has been refused (429), or if the API has not answered any call, for longer than this.',
							},
							{
								displayName: 'Max Retries',
								name: 'maxRetries',
								type: 'number',
								typeOptions: { minValue: 0 },
								default: 5,
								description:
									'How often a failed call is sent again. 0 turns retries off. A 429 does not count as a retry: the call is only delayed. POST and PATCH are repeated only after a 429 or 503, or if there was no connection.',
							},
						],
					},
				],
			},
			{
				displayName: 'Reuse Connections',
				name: 'reuseConnections',
				type: 'boolean',
				default: false,
				description:
					"Whether to keep connections to the API open between calls, which is several times faster over https. These calls do not follow n8n's proxy settings or its network (SSRF) policy, and they always verify the certificate. Only for an API that this machine can reach directly.",
			},
			{
				displayName: 'Timeout',
				name: 'timeout',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 300000,
				description:
					'How long to wait for the response to begin, and then for each further part of it, in milliseconds',
			},
			tokenOption,
		],
	},
];
