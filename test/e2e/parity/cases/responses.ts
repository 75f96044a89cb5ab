import type { Answer, ParityCase, ParityGroup } from '../parityCase';
import { each, NO_RETRIES, response } from './helpers';

const base64 = (...bytes: number[]) => ({ base64: Buffer.from(bytes).toString('base64') });
const type = (contentType: string): { headers: Record<string, string> } => ({
	headers: { 'content-type': contentType },
});

const FORMATS = ['autodetect', 'json', 'text', 'file'];

const ANSWERS: Array<[string, Answer]> = [
	['a JSON object', { body: { a: 1, b: { c: ['ä', null] } } }],
	['a JSON list', { body: [{ a: 1 }, { a: 2 }] }],
	['an empty JSON list', { body: [] }],
	['a JSON list of single values', { body: [1, 'two', null] }],
	['a JSON list of lists', { body: [[1], [2, 3]] }],
	['a JSON number', { body: '5' }],
	['a JSON text', { body: '"a"' }],
	['JSON true', { body: 'true' }],
	['JSON null', { body: 'null' }],
	['no JSON', { body: '{"a": 1' }],
	['blanks for JSON', { body: ' \n ' }],
	['nothing for JSON', { body: '' }],
	['text', { ...type('text/plain'), body: 'plain ä\n' }],
	['JSON with escapes and blanks', { body: '{"a": "\\u00e4", "b": 1.0,\n"c": "x y"}' }],
	['JSON with a long number', { body: '{"a": 12345678901234567890}' }],
	['JSON as text', { ...type('text/plain'), body: '{"a": 1}' }],
	['a page', { ...type('text/html; charset=utf-8'), body: '<p>ä</p>' }],
	['XML', { ...type('application/xml'), body: '<a>ä</a>' }],
	['bytes', { ...type('application/octet-stream'), body: base64(0, 1, 128, 255) }],
	['no content type', { ...type(''), body: 'text' }],
	['no content type and JSON', { ...type(''), body: '{"a": 1}' }],
	['status 204', { status: 204, body: '', headers: { 'content-type': '' } }],
];

const formats: ParityGroup = {
	title: 'Response formats',
	cases: each(FORMATS, ANSWERS, (responseFormat, [what, answers]) => ({
		title: `${responseFormat}: ${what}`,
		answers,
		options: response({ responseFormat }),
	})),
};

const full: ParityGroup = {
	title: 'Response formats with headers and status',
	cases: [
		...each(
			FORMATS,
			ANSWERS.filter(([what]) =>
				[
					'a JSON object',
					'a JSON list',
					'a JSON number',
					'JSON null',
					'no JSON',
					'nothing for JSON',
					'text',
					'bytes',
					'status 204',
				].includes(what),
			),
			(responseFormat, [what, answers]) => ({
				title: `${responseFormat}, full: ${what}`,
				answers,
				options: response({ responseFormat, fullResponse: true }),
			}),
		),
		{
			title: 'Headers that come twice, full',
			answers: { headers: { 'set-cookie': ['a=1', 'b=2'], 'x-a': ['1', '2'], 'X-Case': 'C' } },
			options: response({ fullResponse: true }),
		},
		{
			title: 'A status text of its own, full',
			answers: { status: 299, body: { a: 1 } },
			options: response({ fullResponse: true }),
		},
		{
			title: 'A compressed response, full',
			answers: { encoding: 'gzip', body: { a: 1 } },
			options: response({ fullResponse: true }),
		},
		{
			title: 'Text in a field named otherwise, full',
			answers: { ...type('text/plain'), body: 'a' },
			options: response({ fullResponse: true, responseFormat: 'text', outputPropertyName: 'page' }),
		},
		{
			title: 'A file in a field named otherwise, full',
			answers: { ...type('image/png'), body: base64(1, 2) },
			options: response({ fullResponse: true, responseFormat: 'file', outputPropertyName: 'pic' }),
		},
	],
};

const CHARSETS: Array<[string, Answer]> = [
	[
		'latin-1',
		{ ...type('text/plain; charset=iso-8859-1'), body: base64(0x67, 0x72, 0xf6, 0xdf, 0x65) },
	],
	['Windows-1252', { ...type('text/plain; charset=windows-1252'), body: base64(0x80, 0x20, 0xe4) }],
	[
		'UTF-16',
		{ ...type('text/plain; charset=utf-16le'), body: base64(0xff, 0xfe, 0xe4, 0, 0x41, 0) },
	],
	['Shift JIS', { ...type('text/plain; charset=Shift_JIS'), body: base64(0x93, 0xfa, 0x96, 0x7b) }],
	['a quoted charset', { ...type('text/plain; charset="ISO-8859-1"'), body: base64(0xe4) }],
	['an unknown charset', { ...type('text/plain; charset=x-nope'), body: 'abc' }],
	[
		'latin-1 without a charset',
		{
			...type('text/plain'),
			body: base64(0x67, 0x72, 0xf6, 0xdf, 0x65, 0x20, 0xfc, 0x62, 0x65, 0x72),
		},
	],
	[
		'GBK without a charset',
		{ ...type('text/plain'), body: base64(0xc4, 0xe3, 0xba, 0xc3, 0xca, 0xc0, 0xbd, 0xe7) },
	],
	[
		'latin-1 JSON',
		{
			...type('application/json; charset=iso-8859-1'),
			body: base64(0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xe4, 0x22, 0x7d),
		},
	],
	['a byte order mark before JSON', { body: '\ufeff{"a": 1}' }],
	['a byte order mark before text', { ...type('text/plain'), body: '\ufefftext' }],
	['UTF-8 with rare characters', { ...type('text/plain'), body: 'Ã¤Ã¶Ã¼ÃŸ 😀' }],
];

const TYPES = [
	'application/problem+json',
	'application/vnd.api+json; charset=utf-8',
	'text/json',
	'APPLICATION/JSON',
	'application/json;charset=UTF-8',
	'application/x-ndjson',
	'text/event-stream',
	'application/pdf',
	'image/svg+xml',
	'text/csv; charset=utf-8',
	'application/javascript',
	'nonsense',
];

const contents: ParityGroup = {
	title: 'Charsets, content types, encodings',
	cases: [
		...each(['autodetect', 'json', 'text'], CHARSETS, (responseFormat, [what, answers]) => ({
			title: `${responseFormat}: ${what}`,
			answers,
			options: response({ responseFormat }),
		})),
		...TYPES.map((contentType) => ({
			title: `Content type ${contentType}`,
			answers: { ...type(contentType), body: '{"a": 1}' },
		})),
		...each(['gzip', 'br', 'deflate'] as const, FORMATS, (encoding, responseFormat) => ({
			title: `${responseFormat}: ${encoding}`,
			answers: { encoding, body: { a: 'größe '.repeat(100) } },
			options: response({ responseFormat }),
		})),
		...FORMATS.map((responseFormat) => ({
			title: `${responseFormat}: chunked`,
			answers: { chunked: true, body: { a: 'größe' } },
			options: response({ responseFormat }),
		})),
		{
			title: 'Said to be gzip, but is not',
			answers: { headers: { 'content-encoding': 'gzip' }, body: '{"a": 1}' },
			options: NO_RETRIES,
		},
		{
			title: 'Headers of 12 kB',
			answers: { headers: { 'x-long': 'x'.repeat(12_000) } },
		},
		{
			title: 'Headers of 20 kB',
			answers: { headers: { 'x-long': 'x'.repeat(20_000) } },
			options: NO_RETRIES,
		},
		{ title: 'JSON with a field "error"', answers: { body: { error: 'none', answer: true } } },
		{
			title: 'JSON with fields of an item',
			answers: { body: { json: 1, binary: 2, pairedItem: 3 } },
		},
		{ title: 'JSON with a list in "data"', answers: { body: { data: [1, 2] } } },
		{
			title: 'JSON with large numbers',
			answers: { body: '{"a": 12345678901234567890, "b": 1e400}' },
		},
		{ title: 'JSON with the same name twice', answers: { body: '{"a": 1, "a": 2}' } },
		{ title: 'JSON of 2 MB', answers: { body: { a: 'größe '.repeat(300_000) } } },
		{ title: 'A file of 1 MB', answers: { ...type('image/png'), body: 'x'.repeat(1_000_000) } },
	],
};

const STATUSES: Answer[] = [
	{ status: 200, body: '' },
	{ status: 201, body: { id: 1 } },
	{ status: 202, body: '' },
	{ status: 204, body: '' },
	{ status: 205, body: '' },
	{ status: 206, body: { part: 1 } },
	{ status: 304, body: '' },
];

const statuses: ParityGroup = {
	title: 'Statuses and methods without a body',
	cases: [
		...each(STATUSES, FORMATS, (answers, responseFormat) => ({
			title: `${responseFormat}: ${answers.status}`,
			answers,
			options: response({ responseFormat }),
		})),
		...FORMATS.map((responseFormat) => ({
			title: `${responseFormat}: HEAD`,
			parameters: { method: 'HEAD' },
			answers: { headers: { etag: '"1"' } },
			options: response({ responseFormat }),
		})),
		...FORMATS.map((responseFormat) => ({
			title: `${responseFormat}, full: HEAD`,
			parameters: { method: 'HEAD' },
			answers: { headers: { etag: '"1"' } },
			options: response({ responseFormat, fullResponse: true }),
		})),
		{
			title: 'DELETE: 204, full',
			parameters: { method: 'DELETE' },
			answers: { status: 204, body: '' },
			options: response({ fullResponse: true }),
		},
	],
};

const DISPOSITIONS: Array<[string, string]> = [
	['a name', 'attachment; filename=report.csv'],
	['a quoted name', 'attachment; filename="my report.csv"'],
	['a quoted name with escapes', 'attachment; filename="a \\"b\\".csv"'],
	['an extended name', "attachment; filename*=UTF-8''gr%C3%B6%C3%9Fe%20%E2%82%AC.csv"],
	['a latin-1 extended name', "attachment; filename*=iso-8859-1'de'gr%F6%DFe.csv"],
	[
		'both kinds of names',
		'attachment; filename="plain.csv"; filename*=UTF-8\'\'gr%C3%B6%C3%9Fe.csv',
	],
	['a name with a path', 'attachment; filename="../../etc/report.csv"'],
	['a name with a Windows path', 'attachment; filename="C:\\\\temp\\\\report.csv"'],
	['a name without extension', 'attachment; filename=report'],
	['a name with another extension', 'attachment; filename=report.txt'],
	['inline', 'inline; filename="inline.csv"'],
	['no name', 'attachment'],
	['an empty name', 'attachment; filename=""'],
	['a percent-encoded name', 'attachment; filename="a%20b.csv"'],
	['a name alone', 'filename=alone.csv'],
	['nonsense', ';;;'],
];

const file = (title: string, path: string, contentType: string, more = {}): ParityCase => ({
	title,
	parameters: { url: `{api}${path}` },
	answers: { ...type(contentType), body: base64(1, 2, 255) },
	options: response({ responseFormat: 'file', ...more }),
});

const files: ParityGroup = {
	title: 'Names and types of files',
	cases: [
		...DISPOSITIONS.map(([what, disposition]) => ({
			title: `${what}`,
			parameters: { url: '{api}/download' },
			answers: {
				headers: { 'content-type': 'text/csv', 'content-disposition': disposition },
				body: 'a;b',
			},
			options: response({ responseFormat: 'file' }),
		})),
		file('name in the URL', '/files/picture.png', 'image/png'),
		file('encoded name in the URL', '/files/my%20pict%C3%BCre.png', 'image/png'),
		file('name in the URL and a query', '/files/picture.png?x=1.txt', 'image/png'),
		file('no extension in the URL', '/files/picture', 'image/png'),
		file('other extension in the URL', '/files/picture.jpg', 'image/png'),
		file('a dot in the last part', '/v1.2', 'image/png'),
		file('an ID in the URL', '/files/1.0', 'application/octet-stream'),
		file('the root', '/', 'image/png'),
		file('a slash at the end', '/files/', 'image/png'),
		file('a type with a charset', '/a', 'text/csv; charset=utf-8'),
		file('an unknown type', '/a', 'application/x-unknown'),
		file('no type', '/a', ''),
		file('no type and a name in the URL', '/a.pdf', ''),
		file('another field', '/a', 'image/png', { outputPropertyName: 'picture' }),
		file('an empty field', '/a', 'image/png', { outputPropertyName: '' }),
		{
			...file('beside the files of the item', '/a.png', 'image/png'),
			input: 'files',
		},
		{
			...file('in place of a file of the item', '/a.png', 'image/png', {
				outputPropertyName: 'text',
			}),
			input: 'files',
		},
		{
			title: 'where a redirect leads to',
			parameters: { url: '{api}/start' },
			answers: {
				'/start': { status: 302, headers: { location: '/files/end.png' }, body: '' },
				'/files/end.png': { ...type('image/png'), body: base64(1, 2) },
			},
			options: response({ responseFormat: 'file' }),
		},
		{
			title: 'an empty one',
			answers: { ...type('image/png'), body: '' },
			options: response({ responseFormat: 'file' }),
		},
		{
			title: 'Text in a field named otherwise',
			answers: { ...type('text/plain'), body: 'a' },
			options: response({ responseFormat: 'text', outputPropertyName: 'page' }),
		},
	],
};

export const RESPONSES: ParityGroup[] = [formats, full, contents, statuses, files];
