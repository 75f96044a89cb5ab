import type { IntendedDifference } from '../parityCase';

/** The same paths for several cases. */
function all(paths: string, ...titles: string[]): Record<string, string> {
	return Object.fromEntries(titles.map((title) => [title, paths]));
}

const EVERYTHING = 'requests outputs';

export const INTENDED_DIFFERENCES: IntendedDifference[] = [
	{
		title: 'Calls are sent again',
		row: 'Status 429 and 503, lost connections',
		why: 'A call that failed but may succeed next time is sent again, as set in **Options → Retry**: see the [README](../README.md#retries-and-rate-limits). In the other cases on this page, this was turned off.',
		where: {
			'Sending again': all(
				EVERYTHING,
				'503, then 200',
				'POST: 503, then 200',
				'502, then 200',
				'429 with Retry-After: 1, then 200',
				'The connection is closed, then 200',
			),
		},
	},
	{
		title: 'A value that is not an object still becomes an item',
		row: 'JSON that is a number, a text or a list of these',
		why: 'An item is an object. In these cases, the HTTP Request node outputs something that is not an object, which later nodes cannot read, or it fails. Here, the value is in the field `data`.',
		where: {
			'Response formats': all(
				'outputs',
				...['autodetect', 'json'].flatMap((format) => [
					`${format}: a JSON list of single values`,
					`${format}: a JSON list of lists`,
					`${format}: a JSON number`,
					`${format}: a JSON text`,
					`${format}: JSON true`,
				]),
			),
		},
	},
	{
		title: 'An empty response is not an error in the format JSON',
		row: 'An empty response, with **Response Format** JSON',
		why: 'It becomes an empty object, as with Autodetect. The HTTP Request node stops, even if it is set to continue with the other items.',
		where: {
			'Response formats': all('outputs stopped', 'json: nothing for JSON', 'json: status 204'),
			'Response formats with headers and status': all(
				'outputs',
				'json, full: nothing for JSON',
				'json, full: status 204',
			),
			'Statuses and methods without a body': {
				...all('outputs stopped', 'json: 200', 'json: 202', 'json: 204', 'json: 205', 'json: HEAD'),
				...all('outputs', 'json, full: HEAD'),
			},
		},
	},
	{
		title: 'Long numbers keep their digits in a text',
		row: 'Response Format **Text**: JSON with numbers of 16 digits and more',
		why: 'With the format Text, both nodes parse JSON and write it again. The HTTP Request node rounds numbers that have more digits than JavaScript can keep; here, such a text stays as the API sent it.',
		where: {
			'Response formats': all('outputs', 'text: JSON with a long number'),
		},
	},
	{
		title: 'Text is decoded',
		row: 'A text in another charset than UTF-8',
		why: 'The charset in the content type applies to every format, not only to Autodetect, and an unknown charset is not an error. UTF-8 is not mistaken for Chinese because of three accented letters in a row.',
		where: {
			'Response formats': all('outputs', 'text: bytes'),
			'Response formats with headers and status': all('outputs', 'text, full: bytes'),
			'Charsets, content types, encodings': all(
				'outputs',
				'autodetect: an unknown charset',
				'autodetect: UTF-8 with rare characters',
				'json: latin-1 JSON',
				'text: latin-1',
				'text: Windows-1252',
				'text: UTF-16',
				'text: Shift JIS',
				'text: a quoted charset',
				'text: latin-1 without a charset',
				'text: GBK without a charset',
				'text: latin-1 JSON',
			),
		},
	},
	{
		title: 'File names are decoded, and never a path',
		row: 'File names',
		why: 'They are read as browsers read `Content-Disposition` and URLs (RFC 6266, RFC 8187). It makes no difference whether the response was compressed.',
		where: {
			'Charsets, content types, encodings': all(
				'outputs',
				'file: gzip',
				'file: br',
				'file: deflate',
			),
			'Names and types of files': all(
				'outputs',
				'a quoted name with escapes',
				'a latin-1 extended name',
				'a name with a Windows path',
				'encoded name in the URL',
			),
		},
	},
	{
		title: 'Each item has its own options',
		row: 'Options with an expression',
		why: 'An expression in **Full Response** applies to its own item. In the HTTP Request node, that of the first item applies to all items.',
		where: { Items: all('outputs', 'Full response differs by item') },
	},
	{
		title: 'JSON fields accept what an expression returns',
		row: 'JSON in a field',
		why: 'An object is accepted like its JSON text, and a JSON body may be any value. If names and values are needed, anything other than an object is an error that says so; the HTTP Request node sends something else, or nothing.',
		where: {
			Query: all(
				EVERYTHING,
				'JSON: object by expression',
				'JSON: a list',
				'JSON: a number',
				'JSON: a text',
			),
			Headers: all(EVERYTHING, 'JSON: object by expression', 'JSON: a list'),
			Bodies: {
				...all(
					EVERYTHING,
					'JSON text: a number',
					'JSON text: true',
					'JSON text: number by expression',
				),
				...all(
					'requests',
					'JSON text: zero',
					'JSON text: a text',
					'JSON text: false',
					'JSON text: null',
					'JSON text: null by expression',
				),
			},
		},
	},
	{
		title: 'Values that are not text are written in a useful form',
		row: 'A value that is not text, in headers, forms and raw bodies',
		why: 'In headers, forms and raw bodies, objects and lists are written as JSON, and a missing value as an empty text. The HTTP Request node sends `[object Object]` or `undefined`, or fails.',
		where: {
			Headers: all('requests', 'A value by expression: an object', 'JSON: an object as value'),
			Bodies: {
				...all(
					EVERYTHING,
					'Multipart fields: a boolean by expression',
					'Multipart fields: an object by expression',
					'Multipart fields: a list by expression',
					'Raw: a number by expression',
				),
				...all(
					'requests',
					'Multipart fields: null by expression',
					'Multipart fields: nothing by expression',
				),
			},
		},
	},
	{
		title: 'Parameters without a name are left out',
		row: 'Parameters without a name',
		why: 'The editor adds an empty line to each list.',
		where: {
			Query: all('requests', 'An empty name'),
			Bodies: all(
				'requests',
				'JSON fields: an empty name',
				'Form fields: an empty name',
				'No kind of body chosen',
			),
		},
	},
	{
		title: 'Headers: what is not allowed is an error, and what you set is sent',
		row: 'Headers',
		why: 'The HTTP Request node drops characters that a header cannot carry, so that a different value arrives, and sends an empty Content-Type instead of the one under Headers. A token belongs in the credential, so a header `Authorization` is not sent. A header that occurs twice is sent as one line, which means the same (RFC 9110, section 5.3).',
		where: {
			Headers: {
				...all(EVERYTHING, 'Unicode in a value', 'A line break in a value'),
				...all(
					'requests',
					'An authorization',
					'Usual headers, spelt as given',
					'The same header twice',
					'A value by expression: a list',
					'JSON: a list and null',
				),
			},
			Bodies: all('requests', 'Raw: no content type, but one among the headers'),
		},
	},
	{
		title: 'Forms on the wire',
		row: 'Forms',
		why: 'An empty file has a length. The content type of a form that is sent with GET begins with a capital letter, which means the same (RFC 9110, section 8.3.1).',
		where: {
			Methods: all('requests.0.headers.content-type', 'GET with a multipart form'),
			Bodies: all('requests', 'Multipart: a file (empty)'),
		},
	},
	{
		title: 'HEAD sends a form as a form',
		row: 'Forms',
		why: 'The HTTP Request node sends it as JSON.',
		where: { Methods: all('requests', 'HEAD with a form') },
	},
	{
		title: 'The URL may begin with capital letters',
		row: 'URL',
		why: 'Capital letters make no difference in a scheme (RFC 3986, section 3.1).',
		where: { URL: all(EVERYTHING, 'Upper case') },
	},
	{
		title: 'A redirect that is not followed is the response',
		row: 'Redirects that cannot be followed',
		why: 'The error has its status. A 300 is not followed, because it offers several addresses to choose from.',
		where: {
			Redirects: {
				...all(EVERYTHING, '300, which is none to follow'),
				...all(
					'outputs',
					'Two redirects, at most 1',
					'Redirects in a circle',
					'A location to another protocol',
					'A location that is none',
				),
			},
		},
	},
	{
		title: 'Network errors have a code',
		row: 'Network errors',
		why: 'It is always in `$json.error.code`. A response that ends too early is such an error, not a success.',
		where: {
			Connections: all(
				'outputs',
				'A certificate that nobody trusts',
				'SSL Certificates left off, where the server wants them',
			),
			'Charsets, content types, encodings': all('outputs', 'Said to be gzip, but is not'),
			'No response': all(
				'outputs',
				'The connection is closed within the body, format autodetect',
				'The connection is closed within the body, format json',
				'The connection is closed within the body, format text',
				'The connection is closed within the body, format file',
			),
		},
	},
	{
		title: 'Credentials do not follow a redirect to another server',
		row: 'Send Credentials on Cross-Origin Redirect',
		why: 'This applies to the token and to the certificate: they are meant for the scheme, host and port in URL. The HTTP Request node sends the certificate to the other server.',
		where: {
			Connections: all(
				EVERYTHING,
				'SSL Certificates, and a redirect to another server that wants them',
			),
		},
	},
	{
		title: 'A proxy that is not a web address is an error',
		row: 'Proxy that is not a web address',
		why: 'The HTTP Request node makes the call without a proxy.',
		where: { Connections: all(EVERYTHING, 'A proxy that is no address') },
	},
	{
		title: 'Pagination: errors are like those of any call',
		row: 'Pagination: an error status, or a page that cannot be read',
		why: 'They have a status, a code and a body. A page that cannot be read is an error, too, because its items would be missing.',
		where: {
			Pagination: {
				...all(EVERYTHING, 'a page that is not valid JSON'),
				...all(
					'outputs',
					'an empty page with status 404',
					'an empty page with status 500',
					'until a status, but another error comes',
					'an error on the second page',
					'an error on the first page',
					'an error on the second page, never error',
					'an error on the second page, until an expression holds',
				),
			},
		},
	},
	{
		title: 'Pagination: the pages do not begin again',
		row: 'Pagination: **Next URL** gives nothing',
		why: 'An error that says what to set. The HTTP Request node asks for the first page again, until five responses in a row are identical or for ever.',
		where: { Pagination: all('requests', 'no next URL') },
	},
	{
		title: 'Pagination: a next URL may be a path',
		row: 'Pagination: **Next URL** that is a path',
		why: 'Many APIs name the next page so. The HTTP Request node fails.',
		where: { Pagination: all(EVERYTHING, 'next URL that is relative') },
	},
	{
		title: 'Pagination: the token stays within its origin, and multipart forms can be changed',
		row: 'Pagination of **Form-Data**, Type **Body**',
		why: 'A next page at another origin is an error and is not fetched. A field of a multipart form is changed as in any other body; the HTTP Request node changes nothing.',
		where: {
			Pagination: all(
				EVERYTHING,
				'next URL at another origin',
				'field of a body of multipart-form-data',
			),
		},
	},
	{
		title: 'An empty output field is "data"',
		row: 'An empty **Put Output in Field**',
		why: 'Later nodes cannot read a file without a field name.',
		where: { 'Names and types of files': all('outputs', 'an empty field') },
	},
];
