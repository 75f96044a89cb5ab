import type { Response } from 'express';
import type { INodeParameters } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { startWorld, type NodeRunOptions } from './world';

/** The items that the node makes of the API's answer. */
async function receive(
	answer: (res: Response) => unknown,
	response: INodeParameters = {},
	settings: NodeRunOptions = {},
) {
	const { run, api } = await startWorld();
	api.intercept((_req, res) => {
		answer(res);
		return true;
	});
	return await run({ url: `${api.origin}/any`, options: { response: { response } } }, settings);
}

describe('a response', () => {
	it('of a JSON object is one item', async () => {
		const { items } = await receive((res) => res.json({ a: 1 }));
		expect(items).toMatchObject([{ json: { a: 1 }, pairedItem: { item: 0 } }]);
	});

	it('of a JSON list is one item for each entry', async () => {
		const { items } = await receive((res) => res.json([{ a: 1 }, { a: 2 }]));
		expect(items).toMatchObject([
			{ json: { a: 1 }, pairedItem: { item: 0 } },
			{ json: { a: 2 }, pairedItem: { item: 0 } },
		]);
	});

	it('of text goes into the field "data"', async () => {
		const { items } = await receive((res) => res.type('text').send('hello'));
		expect(items[0]?.json).toEqual({ data: 'hello' });
	});

	it('of text in another charset is decoded', async () => {
		const { items } = await receive((res) =>
			res.set('Content-Type', 'text/plain; charset=ISO-8859-1').end(Buffer.from([0xe4, 0xf6])),
		);
		expect(items[0]?.json).toEqual({ data: 'äö' });
	});

	it('of text in a charset that nobody knows is read as UTF-8', async () => {
		const { items } = await receive((res) =>
			res.set('Content-Type', 'text/plain; charset=x-unknown').end('äö'),
		);
		expect(items[0]?.json).toEqual({ data: 'äö' });
	});

	it('without a body is an item all the same', async () => {
		const { items } = await receive((res) => res.status(204).end());
		expect(items).toHaveLength(1);
	});

	it.each([[''], ['text'], ['json'], ['autodetect']])(
		'without a body is an empty item with the format "%s"',
		async (responseFormat) => {
			const { items } = await receive(
				(res) => res.status(200).end(),
				responseFormat === '' ? {} : { responseFormat },
			);
			expect(items.map(({ json }) => json)).toEqual([{}]);
		},
	);

	it('of JSON values that are no objects is items with the field "data"', async () => {
		const { items } = await receive((res) => res.json([1, 'a', null, { b: 2 }]));
		expect(items.map(({ json }) => json)).toEqual([{ data: 1 }, { data: 'a' }, {}, { b: 2 }]);
	});

	it('of a file without a name has the one at the end of the URL', async () => {
		const { items } = await receive((res) => res.type('pdf').send(Buffer.from('%PDF')));
		expect(items[0]?.binary?.data).toMatchObject({ fileName: 'any', fileExtension: 'pdf' });
	});

	it('of a file keeps the fields and the files of the input item', async () => {
		const { run, api } = await startWorld();
		const binary = { letter: { data: 'YQ==', mimeType: 'text/plain' } };
		const { items } = await run(
			{
				url: `${api.origin}/file`,
				options: { response: { response: { responseFormat: 'file', outputPropertyName: 'f' } } },
			},
			{ items: [{ json: { id: 3 }, binary }] },
		);
		expect(items[0]?.json).toEqual({ id: 3 });
		expect(Object.keys(items[0]?.binary ?? {})).toEqual(['letter', 'f']);
	});

	it('that is told to be JSON and is none is an error, with "Never Error" too', async () => {
		const { error } = await receive((res) => res.send('<html>'), {
			responseFormat: 'json',
			neverError: true,
		});
		expect(error?.message).toBe('The response is not valid JSON');
	});

	it('of a file becomes binary data with its name and type', async () => {
		const { items } = await receive((res) =>
			res.attachment('report.pdf').send(Buffer.from('%PDF-1.7')),
		);
		expect(items[0]?.binary?.data).toMatchObject({
			fileName: 'report.pdf',
			mimeType: 'application/pdf',
			data: Buffer.from('%PDF-1.7').toString('base64'),
		});
	});

	it.each([
		['attachment; filename="my report.pdf"', 'my report.pdf'],
		['attachment; filename="a \\"b\\".pdf"', 'a "b".pdf'],
		['attachment; filename=plain.pdf', 'plain.pdf'],
		['attachment; filename=my report 2024.pdf; size=3', 'my report 2024.pdf'],
		['attachment; filename="my%20report.pdf"', 'my report.pdf'],
		['attachment; filename="100%.pdf"', '100%.pdf'],
		["attachment; filename=x.pdf; filename*=UTF-8''gr%C3%B6%C3%9Fe.pdf", 'größe.pdf'],
		["attachment; filename*=iso-8859-1'de'gr%F6%DFe.pdf", 'größe.pdf'],
		["attachment; filename*=koi8-r''%CE.pdf; filename=plain.pdf", 'plain.pdf'],
		['attachment; filename="../../etc/report.pdf"', 'report.pdf'],
		["attachment; filename*=UTF-8''..%2Freport.pdf", 'report.pdf'],
	])('names its file: %s', async (disposition, name) => {
		const { items } = await receive((res) =>
			res.set('Content-Disposition', disposition).type('pdf').send(Buffer.from('%PDF-1.7')),
		);
		expect(items[0]?.binary?.data?.fileName).toBe(name);
	});

	it('is read as told, into the field that is named', async () => {
		const { items } = await receive((res) => res.json({ a: 1 }), {
			responseFormat: 'text',
			outputPropertyName: 'raw',
		});
		expect(items[0]?.json).toEqual({ raw: '{"a":1}' });
	});

	it.each([
		['{"a": "\\u00e4",\n "b": 1.0}', '{"a":"ä","b":1}'],
		['[ 1, 2 ]', '[1,2]'],
		['"a b"', 'a b'],
		['5', 5],
		['true', true],
		['null', null],
		['{"id": 12345678901234567890}', '{"id": 12345678901234567890}'],
		['12345678901234567890', '12345678901234567890'],
		['{"a":', '{"a":'],
	])('of JSON read as text is %j → %j', async (sent, data) => {
		const { items } = await receive((res) => res.type('json').send(sent), {
			responseFormat: 'text',
		});
		expect(items[0]?.json).toEqual({ data });
	});

	it('of a text is not rewritten where nobody asked for text', async () => {
		const { items } = await receive((res) => res.type('text').send('{"a": 1}'));
		expect(items[0]?.json).toEqual({ data: '{"a": 1}' });
	});

	it('is output with status and headers where that is wanted', async () => {
		const { items } = await receive((res) => res.set('X-Total', '7').status(201).json({ a: 1 }), {
			fullResponse: true,
		});
		expect(items[0]?.json).toMatchObject({
			body: { a: 1 },
			headers: { 'x-total': '7' },
			statusCode: 201,
			statusMessage: 'Created',
		});
	});

	it('with an error status is an item where errors are turned off', async () => {
		const { items, error } = await receive((res) => res.status(404).json({ gone: true }), {
			neverError: true,
		});
		expect(error).toBeUndefined();
		expect(items[0]?.json).toEqual({ gone: true });
	});

	it('that is no JSON, although it says so, is an error that names the option', async () => {
		const { error } = await receive((res) => res.type('json').send('{"a":'));
		expect(error?.message).toBe('The response is not valid JSON');
		expect(error?.description).toContain('Response Format');
	});

	it.each([
		['of a list in "data" comes with the advice to split it', { data: [{ a: 1 }] }, 1],
		['of another list comes with it', { total: 1, value: [{ a: 1 }], links: ['next'] }, 1],
		['of two lists comes without it', { users: [{ a: 1 }], groups: [{ a: 1 }] }, 0],
		['of a list comes without it', [{ data: [1] }, { data: [2] }], 0],
		['of another object comes without it', { data: 'text' }, 0],
	])('%s', async (_name, body, expected) => {
		const { hints } = await receive((res) => res.json(body), {}, { mode: 'manual' });
		const advice = hints.filter(({ message }) => message.includes('Split Out'));
		expect(advice).toHaveLength(expected);
	});

	const graphQlError = { errors: [{ message: 'No such field' }], data: null };
	it.each<[what: string, type: string, body: string, hint: string]>([
		[
			'with the errors of GraphQL',
			'json',
			JSON.stringify(graphQlError),
			'A response contains errors',
		],
		['with a web page', 'html', '<!DOCTYPE html><html>Log in</html>', 'A response is HTML'],
		['with JSON of another type', 'application/vnd.api+json', '{"a":1}', 'Response Format to JSON'],
		[
			'with bytes that are no text',
			'application/x-zip-compressed',
			'PK\u0003\u0000',
			'Response Format to File',
		],
	])('%s comes with a hint', async (_what, type, body, hint) => {
		const { hints } = await receive((res) => res.type(type).send(body));
		expect(hints.map(({ message }) => message)).toEqual([expect.stringContaining(hint)]);
	});

	it.each<[what: string, type: string, body: string, options?: INodeParameters]>([
		['with errors beside results', 'json', '{"errors":[1],"created":2}'],
		['with no errors', 'json', '{"errors":[],"data":{}}'],
		['with plain text', 'text', 'all is well'],
		['with text that was asked for', 'html', '<html></html>', { responseFormat: 'text' }],
	])('%s comes without one', async (_what, type, body, options = {}) => {
		const { hints } = await receive((res) => res.type(type).send(body), options);
		expect(hints).toEqual([]);
	});

	it('with an error status, which is output all the same, comes without one', async () => {
		const { hints } = await receive((res) => res.status(404).json(graphQlError), {
			neverError: true,
		});
		expect(hints).toEqual([]);
	});
});
