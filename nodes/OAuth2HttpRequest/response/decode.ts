import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { headerValue, isSuccess, type HttpResponse } from '../../../http/message';
import { parseJson } from '../../../text/json';
import { InputError } from '../inputError';
import type { ResponseOptions } from '../request/options';
import { decodeText } from './decodeText';
import { effectiveFormat } from './format';

/** What a response says, read in its format. */
export type Decoded =
	| { format: 'file' }
	/** `undefined` where the body is empty. */
	| { format: 'text'; text: string | number | boolean | null | undefined }
	| { format: 'json'; body: IDataObject[string] };

/** @throws {InputError} where the body is not JSON, and it or the user said that it would be. */
export async function decodeResponse(
	context: IExecuteFunctions,
	response: HttpResponse,
	options: ResponseOptions,
): Promise<Decoded> {
	const format = effectiveFormat(response, options);
	if (format === 'file') return { format };
	const contentType = headerValue(response, 'content-type') ?? '';
	const text = await decodeText(context, response.body, contentType);
	if (format === 'text') {
		if (text === '') return { format, text: undefined };
		return { format, text: options.format === 'text' ? rewriteJson(text) : text };
	}
	return { format, body: parseBody(text, options) };
}

/** More digits than JavaScript can be sure to keep. */
const LONG_NUMBER = /\d[\d.]{15,}/;

/**
 * With the format "Text", n8n's own node reads JSON all the same: a value is output as such, and an
 * object or list is written anew. It rounds long numbers; here a text that may have one stays.
 */
function rewriteJson(text: string): string | number | boolean | null {
	const json = parseJson(text);
	if (json === undefined) return text;
	if (typeof json === 'string') return json;
	if (LONG_NUMBER.test(text)) return text;
	return typeof json === 'object' && json !== null
		? JSON.stringify(json)
		: (json as number | boolean | null);
}

function parseBody(text: string, { format, neverError }: ResponseOptions): IDataObject[string] {
	if (text.trim() === '') return {};
	const json = parseJson(text);
	if (json !== undefined) return json;
	if (neverError && format === 'autodetect') return {};
	throw new InputError(
		'The response is not valid JSON',
		'Set Options → Response → Response Format to "Text" to see what the API sends.',
	);
}

/** The same for one page of many: also of one that ends them with an error status. */
export async function decodePage(
	context: IExecuteFunctions,
	response: HttpResponse,
	options: ResponseOptions,
): Promise<Decoded> {
	const decoded = await decodeResponse(
		context,
		response,
		isSuccess(response.status) ? options : { ...options, neverError: true },
	);
	// As n8n's own node: the text of an empty page is empty, that of an empty response is none.
	return decoded.format === 'text' ? { ...decoded, text: decoded.text ?? '' } : decoded;
}

/** `$response.body` in the expressions of a pagination. */
export function expressionBody(
	decoded: Decoded,
	{ body, stream }: HttpResponse,
	{ format }: ResponseOptions,
): unknown {
	switch (decoded.format) {
		case 'file':
			// A file says nothing to an expression but whether it is empty.
			return stream !== undefined || body.length > 0 ? { file: true } : '';
		case 'text': {
			const { text } = decoded;
			const json = format === 'text' && typeof text === 'string' ? parseJson(text) : undefined;
			return json === undefined ? text : json;
		}
		case 'json':
			return format === 'json' && body.length === 0 ? '' : decoded.body;
	}
}
