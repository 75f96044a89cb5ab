import { set } from 'es-toolkit/compat';
import type { IExecuteFunctions } from 'n8n-workflow';
import { InputError } from './inputError';
import { readJson } from './json';
import type { Parameters } from './parameters';
import { collectPairs, toQueryString } from './query';
import { toText } from './text';

export interface RequestBody {
	bytes: Buffer;
	contentType: string;
}

type Pair = { name?: unknown; value?: unknown };

/** The body that the node's "Body" section describes for one item. */
export async function readBody(
	context: IExecuteFunctions,
	parameters: Parameters,
	itemIndex: number,
): Promise<RequestBody | undefined> {
	const contentType = parameters.get<string>('contentType', itemIndex, 'json');
	switch (contentType) {
		case 'form-urlencoded':
			return {
				bytes: Buffer.from(toQueryString(readForm(parameters, itemIndex), 'indices')),
				contentType: 'application/x-www-form-urlencoded',
			};
		case 'multipart-form-data':
			return await readMultipart(context, parameters, itemIndex);
		case 'binaryData':
			return await readBinary(
				context,
				parameters.get<string>('inputDataFieldName', itemIndex, ''),
				itemIndex,
			);
		case 'raw':
			return {
				bytes: Buffer.from(toText(parameters.get<unknown>('body', itemIndex, ''))),
				contentType: parameters.get<string>('rawContentType', itemIndex, '') || 'text/plain',
			};
		case 'json':
			return {
				bytes: Buffer.from(JSON.stringify(readJsonBody(parameters, itemIndex))),
				contentType: 'application/json',
			};
		default:
			throw new InputError(
				`The body content type "${contentType}" is not available here`,
				'Choose another one for Body Content Type.',
				'contentType',
			);
	}
}

function readJsonBody(parameters: Parameters, itemIndex: number): unknown {
	if (parameters.get<string>('specifyBody', itemIndex, 'keypair') === 'json') {
		return readJson(parameters.get<unknown>('jsonBody', itemIndex, ''), 'JSON Body', 'jsonBody');
	}
	const body = {};
	for (const { name, value } of parameters.get<Pair[]>(
		'bodyParameters.parameters',
		itemIndex,
		[],
	)) {
		// "address.city" makes an object in an object, as in n8n's own node.
		const path = toText(name);
		if (path !== '') set(body, path, value);
	}
	return body;
}

function readForm(parameters: Parameters, itemIndex: number): object {
	if (parameters.get<string>('specifyBody', itemIndex, 'keypair') === 'string') {
		const text = toText(parameters.get<unknown>('body', itemIndex, ''));
		return Object.fromEntries(new URLSearchParams(text));
	}
	return collectPairs(parameters.get<Pair[]>('bodyParameters.parameters', itemIndex, []));
}

interface FormPart extends Pair {
	/** A text where it is absent. */
	parameterType?: 'formData' | 'formBinaryData';
	inputDataFieldName?: string;
}

/** RFC 7578. The runtime writes it, and chooses a boundary that occurs nowhere in it. */
async function readMultipart(
	context: IExecuteFunctions,
	parameters: Parameters,
	itemIndex: number,
): Promise<RequestBody> {
	const form = new FormData();
	const parts = parameters.get<FormPart[]>('bodyParameters.parameters', itemIndex, []);
	for (const { parameterType, name, value, inputDataFieldName = '' } of parts) {
		if (parameterType === 'formBinaryData') {
			const { bytes, contentType } = await readBinary(context, inputDataFieldName, itemIndex);
			const fileName = context.getInputData()[itemIndex]?.binary?.[inputDataFieldName]?.fileName;
			form.append(toText(name), new Blob([bytes], { type: contentType }), fileName ?? 'file');
		} else {
			form.append(toText(name), toText(value));
		}
	}
	const written = new Response(form);
	return {
		bytes: Buffer.from(await written.arrayBuffer()),
		contentType: written.headers.get('content-type') ?? 'multipart/form-data',
	};
}

async function readBinary(
	context: IExecuteFunctions,
	field: string,
	itemIndex: number,
): Promise<RequestBody> {
	const binary = context.getInputData()[itemIndex]?.binary ?? {};
	if (!(field in binary)) {
		const fields = Object.keys(binary);
		const there =
			fields.length === 0
				? 'this item carries no file'
				: `this item has: ${fields.map((name) => `"${name}"`).join(', ')}`;
		throw new InputError(
			field === '' ? 'No file field is named' : `This item has no file in the field "${field}"`,
			`Correct Input Data Field Name: ${there}.`,
			'inputDataFieldName',
		);
	}
	return {
		bytes: await context.helpers.getBinaryDataBuffer(itemIndex, field),
		contentType: binary[field]?.mimeType || 'application/octet-stream',
	};
}
