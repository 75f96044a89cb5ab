import { set } from 'es-toolkit/compat';
import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import type { StreamBody } from '../../../http/message';
import { InputError } from '../inputError';
import { readJson } from './jsonField';
import type { FormPart } from './multipart';
import type { NodeParameters } from './parameters';
import type { RequestBody } from './parts';
import { collectPairs } from './query';
import { toText } from './toText';

type Pair = { name?: unknown; value?: unknown };

/** The body that the node's "Body" section describes for one item. */
export async function readBody(
	context: IExecuteFunctions,
	parameters: NodeParameters,
	itemIndex: number,
): Promise<RequestBody> {
	const contentType = parameters.get<string>('contentType', itemIndex, 'json');
	switch (contentType) {
		case 'form-urlencoded':
			return { kind: 'form', fields: readForm(parameters, itemIndex) };
		case 'multipart-form-data':
			return { kind: 'multipart', parts: await readFormParts(context, parameters, itemIndex) };
		case 'binaryData': {
			const field = parameters.get<string>('inputDataFieldName', itemIndex, '');
			const file = findFile(context, field, itemIndex);
			return {
				kind: 'bytes',
				bytes: await readFile(context, file, itemIndex, field),
				contentType: file.mimeType || 'application/octet-stream',
			};
		}
		case 'raw':
			return {
				kind: 'raw',
				text: toText(parameters.get<unknown>('body', itemIndex, '')),
				contentType: toText(parameters.get<unknown>('rawContentType', itemIndex, '')).trim(),
			};
		case 'json':
			return { kind: 'json', json: readJsonBody(parameters, itemIndex) };
		default:
			throw new InputError(
				`The body content type "${contentType}" is not available here`,
				'Choose another one for Body Content Type.',
			);
	}
}

function readJsonBody(parameters: NodeParameters, itemIndex: number): unknown {
	const specifyBody = parameters.get<string>('specifyBody', itemIndex, 'keypair');
	// It stays when a form is changed to JSON, and its field with it.
	if (specifyBody === 'string') return readFormText(parameters, itemIndex);
	if (specifyBody === 'json') {
		return readJson(parameters.get<unknown>('jsonBody', itemIndex, ''), 'JSON Body');
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

function readForm(parameters: NodeParameters, itemIndex: number): object {
	const specifyBody = parameters.get<string>('specifyBody', itemIndex, 'keypair');
	if (specifyBody === 'string') return readFormText(parameters, itemIndex);
	if (specifyBody !== 'keypair') {
		throw new InputError(
			`A form cannot be specified with "${specifyBody}"`,
			'Choose Using Fields Below or Using Single Field for Specify Body.',
		);
	}
	return collectPairs(parameters.get<Pair[]>('bodyParameters.parameters', itemIndex, []));
}

function readFormText(parameters: NodeParameters, itemIndex: number): object {
	const text = toText(parameters.get<unknown>('body', itemIndex, ''));
	return Object.fromEntries(new URLSearchParams(text));
}

interface PartParameters extends Pair {
	/** A text where it is absent. */
	parameterType?: 'formData' | 'formBinaryData';
	inputDataFieldName?: string;
}

async function readFormParts(
	context: IExecuteFunctions,
	parameters: NodeParameters,
	itemIndex: number,
): Promise<FormPart[]> {
	const entries = parameters.get<PartParameters[]>('bodyParameters.parameters', itemIndex, []);
	return await Promise.all(
		entries.map(async ({ parameterType, name, value, inputDataFieldName = '' }) => {
			if (parameterType !== 'formBinaryData') return { name: toText(name), value: toText(value) };
			const file = findFile(context, inputDataFieldName, itemIndex);
			return {
				name: toText(name),
				bytes: await readFile(context, file, itemIndex, inputDataFieldName),
				fileName: file.fileName || 'file',
				contentType: file.mimeType || 'application/octet-stream',
			};
		}),
	);
}

/** From n8n's store as a stream, so that a file of any size fits. */
async function readFile(
	{ helpers }: IExecuteFunctions,
	{ id }: IBinaryData,
	itemIndex: number,
	field: string,
): Promise<Buffer | StreamBody> {
	if (id === undefined) return await helpers.getBinaryDataBuffer(itemIndex, field);
	const { fileSize } = await helpers.getBinaryMetadata(id);
	return { lengthBytes: fileSize, open: async () => await helpers.getBinaryStream(id) };
}

function findFile(context: IExecuteFunctions, field: string, itemIndex: number): IBinaryData {
	const binary = context.getInputData()[itemIndex]?.binary ?? {};
	const file = binary[field] ?? findElsewhere(context, field, itemIndex);
	if (file !== undefined) return file;
	const fields = Object.keys(binary);
	const there =
		fields.length === 0
			? 'this item has no files'
			: `this item has: ${fields.map((name) => `"${name}"`).join(', ')}`;
	throw new InputError(
		field === ''
			? 'The name of the file field is missing'
			: `This item has no file in the field "${field}"`,
		`Correct Input Data Field Name: ${there}.`,
	);
}

/** Only n8n knows where the files of a workflow are whose binary mode keeps them among the item's data. */
function findElsewhere(
	{ helpers }: IExecuteFunctions,
	field: string,
	itemIndex: number,
): IBinaryData | undefined {
	try {
		return helpers.assertBinaryData(itemIndex, field);
	} catch {
		return undefined;
	}
}
