import { describe, expect, it } from 'vitest';
import { putToken, type NodeRequest } from '../../credentials/session/putToken';
import type { Sending } from '../../oauth/client/sending';

const TOKEN = { value: 'T', type: 'Bearer', expiresAtMs: 2, renewAtMs: 1 } as const;
const URL_ = 'https://api.example.com/records';

function put(request: Partial<NodeRequest>, sending: Sending): NodeRequest {
	const whole = { url: URL_, ...request };
	putToken(whole, TOKEN, sending);
	return whole;
}

describe("the token in a request of n8n's own nodes", () => {
	it('takes the place of a header of that name, in lower case', () => {
		const headers = { Authorization: 'Basic x', accept: 'text/csv' };
		expect(put({ headers }, { kind: 'authorization' }).headers).toEqual({
			accept: 'text/csv',
			authorization: 'Bearer T',
		});
		expect(put({}, { kind: 'header', name: 'X-Token', prefix: '' }).headers).toEqual({
			'x-token': 'T',
		});
		expect(put({}, { kind: 'header', name: 'X-Token', prefix: 'Key' }).headers).toEqual({
			'x-token': 'Key T',
		});
	});

	it('goes into the query beside the others', () => {
		const { qs } = put({ qs: { a: 1, token: 'old' } }, { kind: 'query', name: 'token' });
		expect(qs).toEqual({ a: 1, token: 'T' });
	});

	const form: Sending = { kind: 'form', name: 'token' };
	const contentType = { 'Content-Type': 'application/x-www-form-urlencoded' };

	it('goes into the form, in each way that nodes have to say so', () => {
		expect(put({ uri: URL_, method: 'POST', form: { a: '1' } }, form).form).toEqual({
			a: '1',
			token: 'T',
		});
		expect(put({ uri: URL_, method: 'POST' }, form).form).toEqual({ token: 'T' });
		const { body } = put({ method: 'POST', body: new URLSearchParams({ a: '1' }) }, form);
		expect(body).toEqual(new URLSearchParams({ a: '1', token: 'T' }));
		expect(put({ method: 'POST' }, form).body).toEqual(new URLSearchParams({ token: 'T' }));
		expect(put({ method: 'POST', headers: contentType, body: { a: 1 } }, form).body).toEqual({
			a: 1,
			token: 'T',
		});
	});

	it('cannot go into a request that has no form', () => {
		for (const request of [{ method: 'GET' }, { method: 'POST', body: { a: 1 } }] as const) {
			expect(() => put(request, form)).toThrow('sent in a form, but this call has none');
		}
	});
});
