import type { ParityCase, ParityGroup } from '../parityCase';
import {
	each,
	file,
	formFields,
	formText,
	headers,
	jsonFields,
	jsonHeaders,
	jsonQuery,
	jsonText,
	multipart,
	NO_RETRIES,
	post,
	query,
	raw,
	type Parameters,
} from './helpers';

const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

const methods: ParityGroup = {
	title: 'Methods',
	cases: [
		...METHODS.map((method) => ({ title: method, parameters: { method } })),
		...METHODS.map((method) => ({
			title: `${method} with a JSON body`,
			parameters: { ...jsonFields(['id', 1]), method },
		})),
		...['GET', 'HEAD', 'DELETE'].map((method) => ({
			title: `${method} with a form`,
			parameters: { ...formFields(['id', '1']), method },
		})),
		{
			title: 'GET with a multipart form',
			parameters: { ...multipart(['id', '1']), method: 'GET' },
		},
		{ title: 'Method by expression', parameters: { method: '={{ "P" + "UT" }}' } },
		{
			title: 'PROPFIND, with WebDAV methods enabled',
			parameters: { method: 'PROPFIND' },
			options: { webdavMethods: true },
		},
	],
};

const url = (title: string, text: unknown, parameters: Parameters = {}): ParityCase => ({
	title,
	parameters: { url: text, ...parameters },
});

const urls: ParityGroup = {
	title: 'URL',
	cases: [
		url('A host alone', '{api}'),
		url('A query in the URL', '{api}/records?a=1&b=%C3%A4'),
		url('A query in the URL and one by fields', '{api}/records?a=1', query(['b', '2'])),
		url('A query in the URL that fields repeat', '{api}/records?a=1', query(['a', '2'])),
		url('A "?" at the end', '{api}/records?'),
		url('A "?" at the end and a query by fields', '{api}/records?', query(['a', '1'])),
		url('A "&" at the end and a query by fields', '{api}/records?a=1&', query(['b', '2'])),
		url('A fragment', '{api}/records#part'),
		url('A fragment and a query by fields', '{api}/records#part', query(['a', '1'])),
		url('Blanks around it', '  {api}/records\n'),
		url('A blank in the path', '{api}/my records'),
		url('Unicode in the path', '{api}/größe/日本'),
		url('Unicode in the query', '{api}/records?q=größe'),
		url('Encoded parts', '{api}/a%2Fb/%20?q=a%26b+c'),
		url('Dots in the path', '{api}/a/../b/./c'),
		url('Brackets and quotes in the query', '{api}/records?filter[a]={"b":"c"}'),
		url('An expression', '={api}/records/{{ $json.id }}?n={{ encodeURIComponent($json.name) }}'),
		url('An expression with unicode', '={api}/records/{{ $json.name }}'),
		url('An expression that gives an empty text', '={{ "" }}'),
		url('An expression that gives nothing', '={{ $json.missing }}'),
		url('An expression that gives a number', '={{ 5 }}'),
		url('No URL at all', 'records'),
		url('Another protocol', 'ftp://127.0.0.1/records'),
		url('No host', 'http://'),
		url('Upper case', 'HTTP://127.0.0.1:{api port}/records'),
	],
};

const ARRAY_FORMATS = [undefined, 'brackets', 'indices', 'repeat'];

const queries: ParityGroup = {
	title: 'Query',
	cases: [
		{ title: 'Two parameters', parameters: query(['a', '1'], ['b', '2']) },
		{ title: 'A parameter with unicode', parameters: query(['größe', 'ä € 😀']) },
		{ title: 'Reserved characters', parameters: query(["a!'()*", "&=?/#+ %!'()*~-._"]) },
		{ title: 'An empty value', parameters: query(['a', ''], ['b', '2']) },
		{ title: 'An empty name', parameters: query(['', '1'], ['b', '2']) },
		{ title: 'No parameter', parameters: query() },
		{ title: 'Brackets in a name', parameters: query(['filter[name]', 'x'], ['ids[]', '1']) },
		{ title: 'A dot in a name', parameters: query(['a.b', 'x']) },
		...each(
			ARRAY_FORMATS,
			[
				['the same name twice', query(['a', '1'], ['a', '2'])],
				['the same name three times', query(['a', '1'], ['b', 'x'], ['a', '2'], ['a', '3'])],
				[
					'the same name three times, nothing at first',
					query(['a', '={{ undefined }}'], ['a', '={{ $json.tags }}'], ['a', '3']),
				],
				['a list by expression', query(['a', '={{ $json.tags }}'])],
				['a list in JSON', jsonQuery('{"a": [1, "two", null, [3, 4]], "b": []}')],
				['an object in JSON', jsonQuery('{"a": {"b": {"c": 1}, "d": [1, 2]}}')],
			] as const,
			(format, [what, parameters]) => ({
				title: `Arrays ${format ?? 'by default'}: ${what}`,
				parameters,
				...(format && { options: { queryParameterArrays: format } }),
			}),
		),
		...[
			['a number', '={{ 1.5 }}'],
			['a large number', '={{ 1e21 }}'],
			['a boolean', '={{ false }}'],
			['null', '={{ null }}'],
			['nothing', '={{ undefined }}'],
			['an object', '={{ { b: 1, c: "x" } }}'],
			['a date', '={{ new Date(0) }}'],
			['a Luxon date', '={{ DateTime.fromMillis(0, { zone: "utc" }) }}'],
			['an empty list', '={{ [] }}'],
		].map(([what, value]) => ({
			title: `A value by expression: ${what}`,
			parameters: query(['a', value]),
		})),
		{ title: 'JSON: names and values', parameters: jsonQuery('{"a": 1, "b": "ä", "c": true}') },
		{ title: 'JSON: null and empty', parameters: jsonQuery('{"a": null, "b": "", "c": {}}') },
		{ title: 'JSON: no entry', parameters: jsonQuery('{}') },
		{ title: 'JSON: a list', parameters: jsonQuery('[1, 2]') },
		{ title: 'JSON: a number', parameters: jsonQuery('5') },
		{ title: 'JSON: null', parameters: jsonQuery('null') },
		{ title: 'JSON: a text', parameters: jsonQuery('"a=1"') },
		{ title: 'JSON: not valid', parameters: jsonQuery('{"a": }') },
		{ title: 'JSON: empty', parameters: jsonQuery('') },
		{ title: 'JSON: text by expression', parameters: jsonQuery('={"a": {{ $json.id }} }') },
		{
			title: 'JSON: object by expression',
			parameters: jsonQuery('={{ ({ a: $json.id }) }}'),
		},
	],
};

const headerCases: ParityGroup = {
	title: 'Headers',
	cases: [
		{ title: 'A header', parameters: headers(['X-Source', 'n8n']) },
		{
			title: 'A header, spelt as given',
			parameters: headers(['X-Source', 'n8n']),
			options: { lowercaseHeaders: false },
		},
		{
			title: 'Usual headers, spelt as given',
			parameters: {
				...headers(['ACCEPT', 'text/plain'], ['Content-Type', 'application/x-own']),
				...jsonText('{"a":1}'),
			},
			options: { lowercaseHeaders: false },
		},
		{ title: 'The same header twice', parameters: headers(['X-A', '1'], ['X-A', '2']) },
		{ title: 'The same header in two spellings', parameters: headers(['X-A', '1'], ['x-a', '2']) },
		{ title: 'An empty value', parameters: headers(['X-A', '']) },
		{ title: 'An empty name', parameters: headers(['', '1'], ['X-B', '2']) },
		{ title: 'Latin-1 in a value', parameters: headers(['X-A', 'größe']) },
		{ title: 'Unicode in a value', parameters: headers(['X-A', '€ 日本']) },
		{ title: 'A line break in a value', parameters: headers(['X-A', 'a\nb']) },
		{ title: 'Blanks around a value', parameters: headers(['X-A', '  a  ']) },
		{ title: 'A line break at the end of a value', parameters: headers(['X-A', 'a\n']) },
		{ title: 'A blank in a name', parameters: headers(['X A', '1']) },
		{ title: 'An accept header', parameters: headers(['Accept', 'text/csv']) },
		{ title: 'A user agent', parameters: headers(['User-Agent', 'me/1.0']) },
		{ title: 'A cookie', parameters: headers(['Cookie', 'a=1; b=2']) },
		{ title: 'No compression', parameters: headers(['Accept-Encoding', 'identity']) },
		{ title: 'A host', parameters: headers(['Host', 'api.example']) },
		{ title: 'Two cookies', parameters: headers(['Cookie', 'a=1'], ['Cookie', 'b=2']) },
		{ title: 'An authorization', parameters: headers(['Authorization', 'Basic abc']) },
		{
			title: 'A content type with a JSON body',
			parameters: {
				...headers(['Content-Type', 'application/vnd.api+json']),
				...jsonText('{"a":1}'),
			},
		},
		{
			title: 'A content type with a form',
			parameters: { ...headers(['Content-Type', 'application/x-own']), ...formFields(['a', '1']) },
		},
		{
			title: 'A content type without a body',
			parameters: headers(['Content-Type', 'application/json']),
		},
		...[
			['a number', '={{ 5 }}'],
			['a boolean', '={{ true }}'],
			['nothing', '={{ undefined }}'],
			['null', '={{ null }}'],
			['a list', '={{ $json.tags }}'],
			['an object', '={{ { a: 1 } }}'],
		].map(([what, value]) => ({
			title: `A value by expression: ${what}`,
			parameters: headers(['X-A', value], ['X-B', 'b']),
		})),
		{
			title: 'JSON: names and values',
			parameters: jsonHeaders('{"X-A": "1", "X-B": 2, "X-C": true}'),
		},
		{ title: 'JSON: a list and null', parameters: jsonHeaders('{"X-A": ["1", "2"], "X-B": null}') },
		{ title: 'JSON: an object as value', parameters: jsonHeaders('{"X-A": {"b": 1}}') },
		{ title: 'JSON: not valid', parameters: jsonHeaders('X-A: 1') },
		{ title: 'JSON: a list', parameters: jsonHeaders('["X-A"]') },
		{ title: 'JSON: empty', parameters: jsonHeaders('') },
		{ title: 'JSON: object by expression', parameters: jsonHeaders('={{ ({ "X-A": "1" }) }}') },
		{ title: 'A long value', parameters: headers(['X-A', `={{ "x".repeat(8000) }}`]) },
	],
};

const VALUES: Array<[string, string]> = [
	['a number', '={{ 1.5 }}'],
	['a boolean', '={{ false }}'],
	['null', '={{ null }}'],
	['nothing', '={{ undefined }}'],
	['an object', '={{ { b: 1, c: ["x"] } }}'],
	['a list', '={{ $json.tags }}'],
	['unicode', '={{ $json.name }} € 😀'],
	['a quote', '={{ $json.note }}'],
];

const bodies: ParityGroup = {
	title: 'Bodies',
	cases: [
		...each(
			VALUES,
			[
				['JSON fields', (value: string) => jsonFields(['a', value], ['b', 'x'])],
				['Form fields', (value: string) => formFields(['a', value], ['b', 'x'])],
				['Multipart fields', (value: string) => multipart(['a', value], ['b', 'x'])],
			] as const,
			([what, value], [kind, make]) => ({
				title: `${kind}: ${what} by expression`,
				parameters: make(value),
			}),
		),
		{ title: 'JSON fields: a path', parameters: jsonFields(['a.b.c', 'x'], ['a.b.d', 'y']) },
		{
			title: 'JSON fields: a path into a list',
			parameters: jsonFields(['a[0].b', 'x'], ['a[1]', 'y']),
		},
		{ title: 'JSON fields: the same name twice', parameters: jsonFields(['a', '1'], ['a', '2']) },
		{ title: 'JSON fields: an empty value', parameters: jsonFields(['a', '']) },
		{ title: 'JSON fields: an empty name', parameters: jsonFields(['', '1'], ['b', '2']) },
		{ title: 'JSON fields: none', parameters: jsonFields() },
		...[
			['an object', '{"a": {"b": [1, "ä", null]}}'],
			['blanks and line breaks', '{\n  "a" : 1\n}'],
			['a list', '[{"a": 1}, 2]'],
			['an empty object', '{}'],
			['an empty list', '[]'],
			['a number', '5'],
			['zero', '0'],
			['a text', '"a"'],
			['true', 'true'],
			['false', 'false'],
			['null', 'null'],
			['large and exact numbers', '{"a": 12345678901234567890, "b": 1.0}'],
			['an escape', '{"a": "\\u20ac \\n"}'],
			['the same name twice', '{"a": 1, "a": 2}'],
			['not valid', '{"a": }'],
			['empty', ''],
			['text by expression', '={"a": {{ $json.id }}, "n": {{ JSON.stringify($json.note) }} }'],
			['a broken text by expression', '={"n": "{{ $json.note }}" }'],
			['object by expression', '={{ $json }}'],
			['list by expression', '={{ $json.tags }}'],
			['JSON text by expression', '={{ JSON.stringify($json) }}'],
			['number by expression', '={{ $json.id }}'],
			['nothing by expression', '={{ undefined }}'],
			['null by expression', '={{ null }}'],
		].map(([what, text = '']) => ({ title: `JSON text: ${what}`, parameters: jsonText(text) })),
		{
			title: 'JSON text: 200 kB',
			parameters: jsonText('={{ JSON.stringify({ a: "ä".repeat(100000) }) }}'),
		},
		{ title: 'Form fields: two', parameters: formFields(['a', '1'], ['b', '2']) },
		{
			title: 'Form fields: reserved characters',
			parameters: formFields(["a b!'()*", "&=+ %\r\n!'()*~-._"]),
		},
		{ title: 'Form fields: the same name twice', parameters: formFields(['a', '1'], ['a', '2']) },
		...(
			[
				['JSON', jsonFields],
				['Form', formFields],
			] as const
		).map(([kind, make]) => ({
			title: `${kind} fields: the same name twice, nothing at first`,
			parameters: make(
				['a', '={{ undefined }}'],
				['a', '2'],
				['b', '3'],
				['b', '={{ undefined }}'],
			),
		})),
		{ title: 'Form fields: an empty value', parameters: formFields(['a', '']) },
		{ title: 'Form fields: an empty name', parameters: formFields(['', '1'], ['b', '2']) },
		{
			title: 'Form fields: brackets in a name',
			parameters: formFields(['a[b]', '1'], ['c[]', '2']),
		},
		{ title: 'Form fields: none', parameters: formFields() },
		{ title: 'Form text: two', parameters: formText('a=1&b=2') },
		{ title: 'Form text: encoded', parameters: formText('a=%C3%A4+%26&b=x%20y') },
		{ title: 'Form text: not encoded', parameters: formText('a=ä b&c=d=e') },
		{ title: 'Form text: the same name twice', parameters: formText('a=1&a=2') },
		{ title: 'Form text: no value', parameters: formText('a&b=') },
		{ title: 'Form text: empty', parameters: formText('') },
		{ title: 'Form text: brackets', parameters: formText('a[b]=1&c[]=2&c[]=3') },
		{
			title: 'Form text: of a form that was changed to JSON',
			parameters: post('json', { specifyBody: 'string', body: 'a=1&b=x%20y' }),
		},
		{
			title: 'JSON text: of JSON that was changed to a form',
			parameters: post('form-urlencoded', { specifyBody: 'json', jsonBody: '{"a": 1}' }),
		},
		{ title: 'Form text: by expression', parameters: formText('=name={{ $json.name }}') },
		{ title: 'Multipart: texts', parameters: multipart(['a', '1'], ['größe', 'ä €']) },
		{ title: 'Multipart: the same name twice', parameters: multipart(['a', '1'], ['a', '2']) },
		{ title: 'Multipart: an empty value', parameters: multipart(['a', ''], ['b', '2']) },
		{ title: 'Multipart: an empty name', parameters: multipart(['', '1'], ['b', '2']) },
		{ title: 'Multipart: line breaks', parameters: multipart(['a', 'x\ny\r\nz']) },
		{ title: 'Multipart: a quote in a name', parameters: multipart(['a"b', '1']) },
		{ title: 'Multipart: none', parameters: multipart() },
		{
			title: 'Multipart: of JSON with a list, by a header',
			parameters: {
				...headers(['Content-Type', 'multipart/form-data']),
				...jsonText('{"a": ["1", "2"], "b": "x"}'),
			},
		},
		...['text', 'bytes', 'unicode', 'unnamed', 'empty', 'large'].map((name) => ({
			title: `Multipart: a file (${name})`,
			input: 'files',
			parameters: multipart(['a', '1'], ['upload', { file: name }]),
		})),
		{
			title: 'Multipart: three files, two under one name',
			input: 'files',
			parameters: multipart(
				['f', { file: 'text' }],
				['between', 'x'],
				['f', { file: 'unicode' }],
				['g', { file: 'bytes' }],
			),
		},
		{
			title: 'Multipart: a file that is not there',
			input: 'files',
			parameters: multipart(['a', { file: 'missing' }]),
		},
		{
			title: 'Multipart: no file named',
			input: 'files',
			parameters: multipart(['a', '1'], ['f', { file: '' }]),
		},
		...['text', 'bytes', 'unicode', 'unnamed', 'empty', 'large', 'missing', ''].map((name) => ({
			title: `Binary: the file "${name}"`,
			input: 'files',
			parameters: file(name),
		})),
		{
			title: 'Binary: with a content type of its own',
			input: 'files',
			parameters: { ...headers(['Content-Type', 'application/x-own']), ...file('text') },
		},
		{ title: 'Binary: no file in the item', parameters: file('data') },
		{ title: 'Raw: a text', parameters: raw('text/csv', 'a;b\nä;€\n') },
		{ title: 'Raw: XML', parameters: raw('application/xml', '<?xml version="1.0"?><a>ä</a>') },
		{ title: 'Raw: JSON', parameters: raw('application/json', '{ "a" : 1 }') },
		{ title: 'Raw: not valid JSON', parameters: raw('application/json', '{ a') },
		{ title: 'Raw: a text under JSON', parameters: raw('application/json', 'hello') },
		{
			title: 'Raw: blanks around JSON',
			parameters: raw('application/json; charset=utf-8', ' { "a" : 1.0 }\n'),
		},
		{ title: 'Raw: nothing under JSON', parameters: raw('application/json', '') },
		{
			title: 'Raw: no content type, but one among the headers',
			parameters: { ...headers(['Content-Type', 'text/x-own']), ...raw('', 'a') },
		},
		{
			title: 'Raw: another content type among the headers, spelt as given',
			parameters: { ...headers(['Content-Type', 'text/x-own']), ...raw('text/csv', 'a') },
			options: { lowercaseHeaders: false },
		},
		{ title: 'Raw: a form', parameters: raw('application/x-www-form-urlencoded', 'b=2&a=1&a=3') },
		{ title: 'Raw: no content type', parameters: raw('', 'text') },
		{ title: 'Raw: empty', parameters: raw('text/plain', '') },
		{ title: 'Raw: an object by expression', parameters: raw('application/json', '={{ $json }}') },
		{ title: 'Raw: a number by expression', parameters: raw('text/plain', '={{ $json.id }}') },
		{ title: 'Raw: a charset', parameters: raw('text/plain; charset=iso-8859-1', 'größe') },
		{
			title: 'Raw: another content type among the headers',
			parameters: { ...headers(['Content-Type', 'text/x-own']), ...raw('text/csv', 'a') },
		},
		{ title: 'Raw: with GET', parameters: { ...raw('text/plain', 'a'), method: 'GET' } },
		{
			title: 'A body that is turned off',
			parameters: { ...jsonFields(['a', '1']), sendBody: false },
		},
		{ title: 'No kind of body chosen', parameters: { method: 'POST', sendBody: true } },
	],
};

const connections: ParityGroup = {
	title: 'Connections',
	cases: [
		{
			title: 'A proxy',
			parameters: jsonText('{"a": 1}'),
			options: { proxy: '{other}' },
		},
		{
			title: 'A proxy that does not listen',
			options: { ...NO_RETRIES, proxy: 'http://127.0.0.1:9' },
		},
		{ title: 'A proxy that is no address', options: { ...NO_RETRIES, proxy: 'nonsense' } },
		{ title: 'A certificate that nobody trusts', https: 'untrusted', options: NO_RETRIES },
		{
			title: 'A certificate that nobody trusts, ignored',
			https: 'untrusted',
			parameters: jsonText('{"a": 1}'),
			options: { allowUnauthorizedCerts: true },
		},
		{
			title: 'A redirect to a certificate that nobody trusts, ignored',
			https: 'untrusted',
			answers: {
				'/records': { status: 302, headers: { location: '{other}/moved' }, body: '' },
				'/moved': { body: { moved: true } },
			},
			options: { allowUnauthorizedCerts: true },
		},
		{
			title: 'http on a server of https',
			https: 'untrusted',
			parameters: { url: 'http://{api host}/' },
			options: NO_RETRIES,
		},
		{
			title: 'https on a server of http',
			parameters: { url: 'https://{api host}/' },
			options: NO_RETRIES,
		},
		{
			title: 'SSL Certificates',
			https: 'mutual',
			parameters: { ...jsonText('{"a": 1}'), provideSslCertificates: true },
		},
		{
			title: 'SSL Certificates, with the OAuth2 credential',
			https: 'mutual',
			parameters: { provideSslCertificates: true },
			withToken: true,
		},
		{
			title: 'SSL Certificates, and a redirect to another server that wants them',
			https: 'mutual',
			parameters: { provideSslCertificates: true },
			answers: {
				'/records': { status: 302, headers: { location: '{other}/moved' }, body: '' },
				'/moved': { body: { moved: true } },
			},
		},
		{
			title: 'SSL Certificates left off, where the server wants them',
			https: 'mutual',
			options: { ...NO_RETRIES, allowUnauthorizedCerts: true },
		},
	],
};

export const REQUESTS: ParityGroup[] = [methods, urls, queries, headerCases, bodies, connections];
