import { describe, expect, it } from 'vitest';
import { findHeader, headerValue } from '../../http/message';
import { aResponse } from './messages';

describe('a header of a response', () => {
	const response = aResponse(200, { 'retry-after': '5', 'www-authenticate': ['Basic', 'Bearer'] });

	it('is found by its name in lower case', () => {
		expect(headerValue(response, 'retry-after')).toBe('5');
	});

	it('is one list where it is sent in several lines', () => {
		expect(headerValue(response, 'www-authenticate')).toBe('Basic, Bearer');
	});

	it('has no value where it is missing', () => {
		expect(headerValue(response, 'date')).toBeUndefined();
	});
});

describe('a header of a request', () => {
	const headers = { Accept: 'text/plain', 'Content-Type': 'text/plain' };

	it('is found under the name it was given', () => {
		expect(findHeader(headers, 'content-type')).toBe('Content-Type');
		expect(findHeader(headers, 'ACCEPT')).toBe('Accept');
	});

	it('has no name where it is missing', () => {
		expect(findHeader(headers, 'content')).toBeUndefined();
	});
});
