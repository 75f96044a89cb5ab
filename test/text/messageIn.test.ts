import { describe, expect, it } from 'vitest';
import { messageIn, messageWithReasons } from '../../text/messageIn';

describe('what an answer says in words', () => {
	it.each<[who: string, answer: unknown]>([
		['OAuth', { error: 'invalid_client', error_description: 'No such client' }],
		['FedEx', { errors: [{ code: 'NOT.AUTHORIZED.ERROR', message: 'No such client' }] }],
		['UPS', { response: { errors: [{ code: '10401', message: 'No such client' }] } }],
		['Jamf', { httpStatus: 401, errors: [{ code: 'X', description: 'No such client' }] }],
		['Zoom', { reason: 'No such client', error: 'invalid_client' }],
		['Autodesk', { developerMessage: 'No such client', errorCode: 'AUTH-001' }],
		['Okta', { errorCode: 'E0000011', errorSummary: 'No such client', errorCauses: [] }],
		['Apigee', { fault: { faultstring: 'No such client', detail: { errorcode: 'x' } } }],
		['SAP', { error: { code: '005056', message: { lang: 'en', value: 'No such client' } } }],
		['Jira', { errorMessages: ['No such client'], errors: {} }],
		['Keycloak', { errorMessage: 'No such client' }],
		['SailPoint', { detailCode: '400.1', messages: [{ locale: 'und', text: 'No such client' }] }],
		['RFC 9457', { title: 'No such client', status: 400 }],
		['one that wraps all', { data: { errors: ['No such client'] } }],
	])('is found as %s words it', (_who, answer) => {
		expect(messageIn(answer)).toBe('No such client');
	});

	it.each([
		{ data: 'opaque-token' },
		{ data: ['opaque-token'] },
		{ data: { value: 'opaque-token' } },
		{ value: 'opaque-token' },
		{ response: 'opaque-token' },
		{ token: 'opaque-token', status: 200 },
	])('is not what may be a token: %j', (answer) => {
		expect(messageIn(answer)).toBeUndefined();
	});
});

describe('the reasons that an answer gives besides', () => {
	it.each<[who: string, answer: unknown, words: string]>([
		[
			'ServiceNow',
			{
				error: { message: 'Operation Failed', detail: 'Insert is not allowed' },
				status: 'failure',
			},
			'Operation Failed; Insert is not allowed',
		],
		[
			'Zoom',
			{
				code: 300,
				message: 'Validation Failed.',
				errors: [{ field: 'type', message: 'Not valid.' }],
			},
			'Validation Failed; type: Not valid',
		],
		[
			'Xero',
			{
				Message: 'A validation exception occurred',
				Elements: [{ ContactID: '0', ValidationErrors: [{ Message: 'The name is missing.' }] }],
			},
			'A validation exception occurred; The name is missing',
		],
		[
			'PayPal',
			{
				name: 'INVALID_REQUEST',
				message: 'Not well-formed.',
				details: [{ field: '/amount', issue: 'MISSING', description: 'A parameter is missing.' }],
			},
			'Not well-formed; /amount: A parameter is missing',
		],
		[
			'Dynatrace',
			{
				error: {
					message: 'Constraints violated.',
					constraintViolations: [{ path: 'size', message: 'must be null' }],
				},
			},
			'Constraints violated; size: must be null',
		],
		[
			'Box',
			{
				message: 'Bad Request',
				context_info: { errors: [{ name: 'limit', message: 'Not a number' }] },
			},
			'Bad Request; Not a number',
		],
		[
			'SAP',
			{
				error: {
					message: { lang: 'en', value: 'An exception was raised' },
					innererror: { errordetails: [{ message: 'Plant 1 is not defined' }] },
				},
			},
			'An exception was raised; Plant 1 is not defined',
		],
		[
			'Elasticsearch',
			{ error: { reason: 'all shards failed', root_cause: [{ reason: 'No mapping found' }] } },
			'all shards failed; No mapping found',
		],
		[
			'ASP.NET',
			{
				title: 'Validation errors occurred.',
				errors: { '$.date': ['Not a date.'], Name: ['The Name is required.'] },
			},
			'Validation errors occurred; $.date: Not a date; The Name is required',
		],
		[
			'Spring',
			{
				error: 'Bad Request',
				message: 'Validation failed',
				errors: [{ field: 'id', defaultMessage: 'must not be null' }],
				path: '/x',
			},
			'Validation failed; id: must not be null',
		],
		[
			'Shopify',
			{ errors: { title: ["can't be blank"], price: ['must be a number'] } },
			"title: can't be blank; price: must be a number",
		],
		[
			'Jira',
			{ errorMessages: [], errors: { summary: 'It is missing here.' } },
			'summary: It is missing here',
		],
		[
			'eBay',
			{
				errors: [{ message: 'A user error.', longMessage: 'A user error. The price is too low.' }],
			},
			'A user error. The price is too low',
		],
	])('are found as %s words them', (_who, answer, words) => {
		expect(messageWithReasons(answer)).toBe(words);
	});

	it.each<[what: string, answer: unknown]>([
		[
			'the message again',
			{ message: 'Not allowed here', errors: [{ message: 'Not allowed here' }] },
		],
		['a code', { message: 'Not allowed here', errors: [{ message: 'NOT_ALLOWED' }] }],
		['a heading', { title: 'Bad Request sent', detail: 'Not allowed here' }],
		['data', { message: 'Not allowed here', data: { name: 'two words', token: 'two words' } }],
	])('are not %s', (_what, answer) => {
		expect(messageWithReasons(answer)).toBe('Not allowed here');
	});

	it('are three at most', () => {
		const errors = Array.from({ length: 50 }, (_, index) => ({ message: `Row ${index} is wrong` }));
		expect(messageWithReasons({ message: 'Not valid', errors })).toBe(
			'Not valid; Row 0 is wrong; Row 1 is wrong; Row 2 is wrong',
		);
	});
});
