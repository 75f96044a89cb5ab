import type { IExecuteFunctions } from 'n8n-workflow';

const CHARSET = /charset\s*=\s*"?([^";,\s]+)/i;

/** The body as text, in the charset that the content type names, else UTF-8, else as detected. */
export async function decodeText(
	context: IExecuteFunctions,
	body: Buffer,
	contentType: string,
): Promise<string> {
	const charset = CHARSET.exec(contentType)?.[1]?.toLowerCase();
	if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
		return await context.helpers.binaryToString(body, charset as BufferEncoding);
	}
	const text = body.toString('utf8').replace(/^\uFEFF/, '');
	if (charset !== undefined || !text.includes('\uFFFD')) return text;
	const detected = context.helpers.detectBinaryEncoding(body);
	return await context.helpers.binaryToString(body, detected as BufferEncoding);
}
