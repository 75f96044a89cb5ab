import type { HttpRequest } from '../../../http/message';

export type FormPart =
	| { name: string; value: string }
	| { name: string; bytes: Buffer; fileName: string; contentType: string };

/** RFC 7578. The runtime writes it, and chooses a boundary that occurs nowhere in it. */
export async function encodeMultipart(
	parts: readonly FormPart[],
): Promise<{ body: HttpRequest['body']; contentType: string }> {
	const form = new FormData();
	for (const part of parts) {
		if ('value' in part) form.append(part.name, part.value);
		else {
			form.append(part.name, new Blob([part.bytes], { type: part.contentType }), part.fileName);
		}
	}
	const written = new Response(form);
	return {
		body: Buffer.from(await written.arrayBuffer()),
		contentType: written.headers.get('content-type') ?? 'multipart/form-data',
	};
}
