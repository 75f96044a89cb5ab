import fc from 'fast-check';
import { stringify } from 'qs';
import { expect, it } from 'vitest';
import { toQueryString, withQuery } from '../../nodes/OAuth2HttpRequest/request/query';

const value = fc.letrec((tie) => ({
	any: fc.oneof(
		{ maxDepth: 3 },
		fc.string({ unit: 'grapheme' }),
		fc.integer(),
		fc.double(),
		fc.boolean(),
		fc.constant(null),
		fc.constant(undefined),
		fc.array(tie('any'), { maxLength: 4 }),
		fc.dictionary(fc.string({ minLength: 1 }), tie('any'), { maxKeys: 4, noNullPrototype: true }),
	),
})).any;

it.each(['repeat', 'brackets', 'indices'] as const)(
	"writes a query as n8n's own serializer does: %s",
	(arrayFormat) => {
		fc.assert(
			fc.property(
				fc.dictionary(fc.string({ minLength: 1 }), value, { noNullPrototype: true }),
				(data) => {
					expect(toQueryString(data, arrayFormat)).toBe(stringify(data, { arrayFormat }));
				},
			),
		);
	},
);

it.each([
	['https://api.example', 'https://api.example?a=1'],
	['https://api.example/x?b=2', 'https://api.example/x?b=2&a=1'],
	['https://api.example/x?', 'https://api.example/x?a=1'],
	['https://api.example/x#part', 'https://api.example/x?a=1'],
])('adds a query to %s', (url, whole) => {
	expect(withQuery(url, 'a=1')).toBe(whole);
});
