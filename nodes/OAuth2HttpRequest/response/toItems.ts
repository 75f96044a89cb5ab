import type { IBinaryData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { headerValue, type HttpResponse } from '../../../http/message';
import type { ResponseOptions } from '../request/options';
import type { Decoded } from './decode';
import { fileName } from './fileName';

/** n8n's name for it is `Readable`, which a community node may not import. */
type BinarySource = Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0];

interface Received {
	response: HttpResponse;
	url: string;
	decoded: Decoded;
}

/** The items that one response becomes: as n8n's HTTP Request node would output them. */
export async function toItems(
	context: IExecuteFunctions,
	itemIndex: number,
	{ response, url, decoded }: Received,
	{ outputField, fullResponse }: ResponseOptions,
): Promise<INodeExecutionData[]> {
	const pairedItem = { item: itemIndex };
	const rest = fullResponse ? envelope(response) : undefined;

	if (decoded.format === 'file') {
		const input = context.getInputData()[itemIndex];
		return [
			{
				json: rest ?? input?.json ?? {},
				binary: {
					...input?.binary,
					[outputField]: await toBinary(context, response, url, outputField),
				},
				pairedItem,
			},
		];
	}
	if (decoded.format === 'text') {
		const text = decoded.text === undefined ? undefined : { [outputField]: decoded.text };
		return [{ json: { ...rest, ...text }, pairedItem }];
	}
	const { body } = decoded;
	if (rest !== undefined) return [{ json: { ...rest, body }, pairedItem }];
	return (Array.isArray(body) ? body : [body]).map((json) => ({ json: toJson(json), pairedItem }));
}

async function toBinary(
	{ helpers }: IExecuteFunctions,
	response: HttpResponse,
	url: string,
	outputField: string,
): Promise<IBinaryData> {
	const contentType = headerValue(response, 'content-type') ?? '';
	const data = await helpers.prepareBinaryData(
		(response.stream as BinarySource | undefined) ?? response.body,
		fileName(response, url),
		contentType.split(';')[0]?.trim() || undefined,
	);
	if (data.fileExtension) data.fileName ??= `${outputField}.${data.fileExtension}`;
	return data;
}

function envelope({ headers, status, statusText }: HttpResponse): IDataObject {
	return { headers: { ...headers }, statusCode: status, statusMessage: statusText };
}

/** An item is an object: what is none gets a name. */
function toJson(value: unknown): IDataObject {
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
		return value as IDataObject;
	}
	return value === null ? {} : { data: value };
}
