import { isDomainAllowed } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { readAllowedDomains, refusalOf, restrictedSender } from '../../n8n/allowedDomains';

const only = (allowedDomains: string) => ({ allowedHttpRequestDomains: 'domains', allowedDomains });

function refusal(data: Record<string, unknown>, url: string): string | undefined {
	return refusalOf(readAllowedDomains(data), url);
}

describe("n8n's fields that restrict a credential to domains", () => {
	it.each([{}, { allowedHttpRequestDomains: 'all' }, { allowedDomains: 'example.com' }])(
		'allow every URL: %j',
		(data) => expect(refusal(data, 'https://api.example.org/')).toBeUndefined(),
	);

	it('block every URL under "None", in the words of n8n', () => {
		expect(refusal({ allowedHttpRequestDomains: 'none' }, 'https://api.example.com/')).toBe(
			'This credential is configured to prevent use within an HTTP Request or GraphQL node',
		);
	});

	it('block every URL where the list is empty, in the words of n8n', () => {
		expect(refusal(only(' , '), 'https://api.example.com/')).toBe(
			'No allowed domains specified. Configure allowed domains or change restriction setting.',
		);
	});

	it('name the host and the list, and nothing else of the URL', () => {
		expect(refusal(only('a.example, *.b.example'), 'https://c.example:8443/x?key=secret')).toBe(
			'Domain not allowed: This credential is restricted from accessing c.example:8443. Only the following domains are allowed: a.example, *.b.example',
		);
	});

	const urls = [
		'https://example.com/a',
		'https://EXAMPLE.com:8443/',
		'https://api.example.com/',
		'https://a.b.example.com/',
		'https://notexample.com/',
		'https://example.com.evil.test/',
		'https://evil.test/example.com',
		'https://evil.test#.example.com',
		'https://example.com@evil.test/',
		'http://127.0.0.1:5000/',
		'http://[::1]:5000/',
	];
	const lists = [
		'example.com',
		'*.example.com',
		'Example.com , api.example.com',
		'*.',
		'*',
		'127.0.0.1',
		'[::1]',
	];

	it.each(lists.flatMap((list) => urls.map((url) => [list, url] as const)))(
		'mean the same as to n8n: %s for %s',
		(list, url) => {
			const isAllowed = isDomainAllowed(url, { allowedDomains: list });
			expect(refusal(only(list), url) === undefined).toBe(isAllowed);
		},
	);

	it('hold for the token URL where there is a list, and say what to add', async () => {
		const sent: string[] = [];
		const request = (data: Record<string, unknown>) =>
			restrictedSender(async ({ url }) => {
				sent.push(url);
				return { kind: 'failed', code: 'ECONNREFUSED', message: '' };
			}, readAllowedDomains(data))({
				method: 'GET',
				url: 'https://auth.example.com/token',
				headers: {},
			});
		await request(only('auth.example.com'));
		await request({ allowedHttpRequestDomains: 'none' });
		expect(sent).toHaveLength(2);
		await expect(request(only('api.example.com'))).rejects.toMatchObject({
			description: expect.stringContaining('Add auth.example.com to Allowed Domains'),
		});
		expect(sent).toHaveLength(2);
	});
});
