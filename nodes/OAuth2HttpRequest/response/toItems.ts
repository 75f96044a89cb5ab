import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { headerValue, type HttpResponse } from '../../../http/message';
import { InputError } from '../request/inputError';
import { parseJson } from '../request/json';
import type { ResponseOptions } from '../request/options';
import { decodeText } from './decodeText';
import { fileName } from './file';
import { effectiveFormat } from './format';

/** n8n's name for it is `Readable`, which a community node may not import. */
type BinarySource = Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0];

/** The items that one response becomes: as n8n's HTTP Request node would output them. */
export async function toItems(
	context: IExecuteFunctions,
	itemIndex: number,
	{ response, url }: { response: HttpResponse; url: string },
	options: ResponseOptions,
): Promise<INodeExecutionData[]> {
	const pairedItem = { item: itemIndex };
	const contentType = headerValue(response, 'content-type') ?? '';
	const format = effectiveFormat(response, options);
	const rest = options.fullResponse ? envelope(response) : undefined;

	if (format === 'file') {
		const input = context.getInputData()[itemIndex];
		const name = fileName(response, url);
		const mimeType = contentType.split(';')[0]?.trim() || undefined;
		const data = await context.helpers.prepareBinaryData(
			(response.stream as BinarySource | undefined) ?? response.body,
			name,
			mimeType,
		);
		data.fileName ??= `${options.outputField}.${data.fileExtension ?? 'bin'}`;
		return [
			{
				json: rest ?? input?.json ?? {},
				binary: { ...input?.binary, [options.outputField]: data },
				pairedItem,
			},
		];
	}

	const text = await decodeText(context, response.body, contentType);
	if (format === 'text') {
		return [{ json: { ...rest, [options.outputField]: text }, pairedItem }];
	}
	const body = parseBody(text, options);
	if (rest !== undefined) return [{ json: { ...rest, body }, pairedItem }];
	return (Array.isArray(body) ? body : [body]).map((json) => ({ json: toJson(json), pairedItem }));
}

function envelope({ headers, status, statusText }: HttpResponse): IDataObject {
	return { headers: { ...headers }, statusCode: status, statusMessage: statusText };
}

/** @throws {InputError} where the body is not JSON and the user said that it would be. */
function parseBody(text: string, { neverError }: ResponseOptions): IDataObject[string] {
	if (text.trim() === '') return {};
	const parsed = parseJson(text);
	if (parsed.ok) return parsed.json as IDataObject;
	if (neverError) return {};
	throw new InputError(
		'The response is not valid JSON',
		'Set Options → Response → Response Format to "Text" to see what the API sends.',
		'options.response.response.responseFormat',
	);
}

/** An item is an object: what is none gets a name. */
function toJson(value: unknown): IDataObject {
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
		return value as IDataObject;
	}
	return value === null ? {} : { data: value };
}
