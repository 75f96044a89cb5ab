import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClientCredentials } from '../../../oauth/client/clientCredentials';
import { cacheKey } from '../../../oauth/token/cacheKey';
import { clientWith, secretBasic, secretPost } from '../exampleClient';

/** Few characters, among them those that separate fields in JSON, in forms and in lines. */
const text = fc.string({
	unit: fc.constantFrom('a', 'b', '"', ',', '[', ']', '\n', '&', '=', '\\'),
});
const shortText = fc.oneof(fc.constantFrom('', 'a', 'b'), text);

const pairs = fc.array(fc.tuple(shortText, shortText), { maxLength: 3 });

const client: fc.Arbitrary<ClientCredentials> = fc.record({
	tokenUrl: shortText,
	issuer: shortText,
	clientId: shortText,
	clientAuthentication: fc.oneof(
		fc.record({
			method: fc.constantFrom('client_secret_post' as const, 'client_secret_basic' as const),
			clientSecret: shortText,
		}),
		fc.record({
			method: fc.constant('private_key_jwt' as const),
			privateKey: shortText,
			algorithm: fc.constantFrom('RS256' as const, 'PS256' as const),
			header: fc.record({ kid: shortText }),
			audience: shortText,
			lifetimeSeconds: fc.constantFrom(60, 300),
		}),
	),
	scope: shortText,
	scopeSeparator: fc.constantFrom('space', 'comma'),
	audience: shortText,
	extraParameters: pairs,
	grantType: shortText,
	resources: fc.array(shortText, { maxLength: 3 }),
	headers: pairs,
	query: pairs,
	tokenResponse: fc.record({
		tokenPath: shortText,
		lifetimePath: shortText,
		lifetimeUnit: fc.constantFrom('seconds', 'minutes'),
	}),
	introspectionUrl: shortText,
	revocationUrl: shortText,
	sending: fc.constantFrom({ kind: 'authorization' }, { kind: 'query', name: 'access_token' }),
	refusal: fc.record({ statuses: fc.constantFrom([], [403]) }),
	tls: fc.record({ certificate: shortText, forApi: fc.boolean() }),
	allowInsecureHttp: fc.boolean(),
	ignoreSslIssues: fc.boolean(),
});

/** What the token request is made of. */
function tokenRequest({
	allowInsecureHttp,
	ignoreSslIssues,
	sending,
	refusal,
	introspectionUrl,
	revocationUrl,
	scopeSeparator,
	tls,
	...fields
}: ClientCredentials) {
	return { ...fields, certificate: tls?.certificate };
}

/** Another text, as close as a slip of the hand. */
const changedText = (value: string) =>
	fc
		.oneof(
			text.map((more) => `${value}${more}`),
			text.map((more) => `${more}${value}`),
			fc.constant(value.slice(1)),
			fc.constant(value.toUpperCase()),
			fc.string({ unit: 'grapheme' }),
		)
		.filter((changed) => changed !== value);

describe('the cache key', () => {
	it('is equal exactly where the token request is', () => {
		fc.assert(
			fc.property(client, client, (one, other) => {
				const equal = isDeepStrictEqual(tokenRequest(one), tokenRequest(other));
				expect(cacheKey(one) === cacheKey(other)).toBe(equal);
			}),
			{ numRuns: 2_000 },
		);
	});

	it('is the same for the same token request, at any time', () => {
		fc.assert(
			fc.property(client, (one) => {
				expect(cacheKey(structuredClone(one))).toBe(cacheKey(one));
			}),
		);
	});

	it.each(['tokenUrl', 'issuer', 'clientId', 'scope', 'audience', 'grantType'] as const)(
		'changes with the %s',
		(field) => {
			fc.assert(
				fc.property(
					client.chain((one) => fc.tuple(fc.constant(one), changedText(one[field]))),
					([one, changed]) => {
						expect(cacheKey({ ...one, [field]: changed })).not.toBe(cacheKey(one));
					},
				),
			);
		},
	);

	it('changes with the secret', () => {
		fc.assert(
			fc.property(
				shortText.chain((one) => fc.tuple(fc.constant(one), changedText(one))),
				(pair) => {
					const [one, changed] = pair.map((secret) =>
						cacheKey(clientWith({ clientAuthentication: secretPost(secret) })),
					);
					expect(changed).not.toBe(one);
				},
			),
		);
	});

	it('changes with the client authentication', () => {
		expect(cacheKey(clientWith({ clientAuthentication: secretBasic() }))).not.toBe(
			cacheKey(clientWith({ clientAuthentication: secretPost() })),
		);
	});

	it('changes with names, values, number and order of further parameters', () => {
		const lists: Array<Array<[string, string]>> = [
			[],
			[['', '']],
			[['a', 'b']],
			[['b', 'a']],
			[['a', 'b'], ['b', 'a']], // prettier-ignore
			[['b', 'a'], ['a', 'b']], // prettier-ignore
			[['a', 'b'], ['a', 'b']], // prettier-ignore
			[['a,b', '']],
			[['a=b', '']],
			[['a","b', '']],
		];
		const keys = lists.map((extraParameters) => cacheKey(clientWith({ extraParameters })));
		expect(new Set(keys).size).toBe(lists.length);
	});

	it('changes when a text moves from one field to the next', () => {
		fc.assert(
			fc.property(fc.string({ minLength: 1 }), (value) => {
				const keys = [
					clientWith({ scope: value, audience: '' }),
					clientWith({ scope: '', audience: value }),
					clientWith({ scope: '', audience: '', extraParameters: [['scope', value]] }),
					clientWith({ scope: '', audience: '', extraParameters: [['audience', value]] }),
					clientWith({ scope: '', audience: '', extraParameters: [[value, '']] }),
				].map(cacheKey);
				expect(new Set(keys).size).toBe(keys.length);
			}),
		);
	});

	it.each(['\n', ',', '","', '"],["', '&', '=', ' ', '\\', '\u0000'])(
		'tells apart where one field ends and the next begins: %j',
		(separator) => {
			const left = `a${separator}b`;
			const right = `b${separator}c`;
			const keys = [
				clientWith({ scope: left, audience: 'c' }),
				clientWith({ scope: 'a', audience: right }),
				clientWith({ scope: 'a', audience: 'b', extraParameters: [['c', '']] }),
				clientWith({ scope: 'a', audience: '', extraParameters: [['b', 'c']] }),
				clientWith({ scope: 'a', audience: '', extraParameters: [[right, '']] }),
				clientWith({ scope: 'a', audience: '', extraParameters: [['', right]] }),
				clientWith({ scope: '', audience: '', extraParameters: [['a', 'b'], ['c', '']] }), // prettier-ignore
				clientWith({ scope: '', audience: '', extraParameters: [['a', right]] }),
				clientWith({ scope: '', audience: '', extraParameters: [[left, 'c']] }),
			].map(cacheKey);
			expect(new Set(keys).size).toBe(keys.length);
		},
	);

	it('does not change with what only concerns the way to the server', () => {
		const key = cacheKey(clientWith());
		expect(cacheKey(clientWith({ allowInsecureHttp: true, ignoreSslIssues: true }))).toBe(key);
	});

	it('is a digest: it shows no field and fits a property name', () => {
		fc.assert(
			fc.property(client, (one) => {
				expect(cacheKey(one)).toMatch(/^[\w-]{43}$/);
			}),
		);
	});
});
