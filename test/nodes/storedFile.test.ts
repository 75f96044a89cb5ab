import { Readable } from 'node:stream';
import type { IExecuteFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import type { StreamBody } from '../../http/message';
import { readBody } from '../../nodes/OAuth2HttpRequest/request/body';
import { writeRequest } from '../../nodes/OAuth2HttpRequest/request/parts';

const CONTENT = 'stored on a disk';

/** The body of a call with a file that n8n keeps outside of its items, and how often it was opened. */
async function bodyWith(parameters: Record<string, unknown>) {
	const seen = { opened: 0 };
	const file = { id: 'filesystem-v2:1', data: 'filesystem-v2', mimeType: 'text/x-own' };
	const context = {
		getInputData: () => [{ json: {}, binary: { file } }],
		helpers: {
			getBinaryMetadata: async () => ({ fileSize: CONTENT.length }),
			getBinaryStream: async () => {
				seen.opened++;
				return Readable.from([Buffer.from(CONTENT)]);
			},
		},
	} as unknown as IExecuteFunctions;
	const get = <T>(name: string, _item: number, fallback: T): T =>
		(parameters[name] ?? fallback) as T;
	const { body, headers } = writeRequest({
		method: 'POST',
		url: 'https://api.example.com/',
		query: {},
		arrays: 'indices',
		headers: {},
		accept: '*/*',
		body: await readBody(context, { get }, 0),
	});
	expect(seen.opened).toBe(0);
	return { seen, body: body as StreamBody, headers };
}

async function textOf({ open }: StreamBody): Promise<string> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of await open()) chunks.push(chunk);
	return Buffer.concat(chunks).toString();
}

it('a file that n8n keeps among the data of an item is found, too', async () => {
	const file = { data: Buffer.from(CONTENT).toString('base64'), mimeType: 'text/x-own' };
	const context = {
		getInputData: () => [{ json: { files: { doc: file } } }],
		helpers: {
			assertBinaryData: (_item: number, field: string) => {
				if (field !== 'files.doc') throw new Error('There is none');
				return file;
			},
			getBinaryDataBuffer: async () => Buffer.from(CONTENT),
		},
	} as unknown as IExecuteFunctions;
	const read = async (inputDataFieldName: string) => {
		const parameters: Record<string, unknown> = { contentType: 'binaryData', inputDataFieldName };
		const get = <T>(name: string, _item: number, fallback: T): T =>
			(parameters[name] ?? fallback) as T;
		return await readBody(context, { get }, 0);
	};
	expect(await read('files.doc')).toMatchObject({ bytes: Buffer.from(CONTENT) });
	await expect(read('files.other')).rejects.toThrow('no file in the field "files.other"');
});

describe('a file that n8n keeps outside of its items', () => {
	const parts = [
		{ name: 'a', value: '1' },
		{ parameterType: 'formBinaryData', name: 'b', inputDataFieldName: 'file' },
	];
	it.each([
		['as a body', { contentType: 'binaryData', inputDataFieldName: 'file' }, 'text/x-own'],
		[
			'in a form',
			{ contentType: 'multipart-form-data', 'bodyParameters.parameters': parts },
			'multipart/form-data',
		],
	])('is read %s only while it is sent, anew for each try', async (_how, parameters, type) => {
		const { seen, body, headers } = await bodyWith(parameters);
		expect(headers['content-type']).toContain(type);
		const text = await textOf(body);
		expect(text).toContain(CONTENT);
		expect(body.lengthBytes).toBe(text.length);
		expect(await textOf(body)).toBe(text);
		expect(seen.opened).toBe(2);
	});
});
