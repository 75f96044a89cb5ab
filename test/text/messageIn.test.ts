import { describe, expect, it } from 'vitest';
import { messageIn } from '../../text/messageIn';

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
