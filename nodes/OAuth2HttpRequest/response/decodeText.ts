import type { IExecuteFunctions } from 'n8n-workflow';

const CHARSET = /charset\s*=\s*"?([^";,\s]+)/i;

/** The body as text: in the charset of the content type, if it names one, else UTF-8, else as detected. */
export async function decodeText(
	context: IExecuteFunctions,
	body: Buffer,
	contentType: string,
): Promise<string> {
	const charset = CHARSET.exec(contentType)?.[1]?.toLowerCase() ?? '';
	if (charset === 'utf-8' || charset === 'utf8') return fromUtf8(body);
	const told = charset === '' ? undefined : await decode(context, body, charset);
	if (told !== undefined) return told;
	const text = fromUtf8(body);
	if (!text.includes('\uFFFD')) return text;
	return (await decode(context, body, context.helpers.detectBinaryEncoding(body))) ?? text;
}

function fromUtf8(body: Buffer): string {
	const text = body.toString('utf8');
	return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** `undefined` for a charset that nobody knows: it is misspelt, and no reason to fail. */
async function decode(
	{ helpers }: IExecuteFunctions,
	body: Buffer,
	charset: string,
): Promise<string | undefined> {
	try {
		return await helpers.binaryToString(body, charset as BufferEncoding);
	} catch {
		return undefined;
	}
}
