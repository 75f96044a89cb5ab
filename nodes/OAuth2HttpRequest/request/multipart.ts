import { randomBytes } from 'crypto';
import type { StreamBody } from '../../../http/message';

export type FormPart =
	| { name: string; value: string }
	| { name: string; bytes: Buffer | StreamBody; fileName: string; contentType: string };

/**
 * RFC 7578, byte for byte as n8n's own node writes it: texts as they are, with whatever line breaks
 * they have. A file in n8n's store is read while it is sent, anew for each try.
 */
export function encodeMultipart(parts: readonly FormPart[]): {
	body: Buffer | StreamBody;
	contentType: string;
} {
	// Random, since what the parts hold must not be able to name it.
	const boundary = `--------------------------${randomBytes(12).toString('hex')}`;
	const contentType = `multipart/form-data; boundary=${boundary}`;
	if (parts.length === 0) return { body: Buffer.alloc(0), contentType };
	const pieces = parts.flatMap((part) => [
		Buffer.from(`--${boundary}\r\n${partHead(part)}\r\n`),
		'value' in part ? Buffer.from(part.value) : part.bytes,
		Buffer.from('\r\n'),
	]);
	pieces.push(Buffer.from(`--${boundary}--\r\n`));
	const body = pieces.every((piece) => Buffer.isBuffer(piece))
		? Buffer.concat(pieces)
		: { ...knownLength(pieces), open: async () => await Promise.resolve(readAll(pieces)) };
	return { body, contentType };
}

async function* readAll(pieces: ReadonlyArray<Buffer | StreamBody>): AsyncIterable<Uint8Array> {
	for (const piece of pieces) {
		if (Buffer.isBuffer(piece)) yield piece;
		else yield* await piece.open();
	}
}

function knownLength(pieces: ReadonlyArray<Buffer | StreamBody>): Pick<StreamBody, 'lengthBytes'> {
	let lengthBytes = 0;
	for (const piece of pieces) {
		const length = Buffer.isBuffer(piece) ? piece.length : piece.lengthBytes;
		if (length === undefined) return {};
		lengthBytes += length;
	}
	return { lengthBytes };
}

function partHead(part: FormPart): string {
	const disposition = `Content-Disposition: form-data; name="${escape(part.name)}"`;
	if ('value' in part) return `${disposition}\r\n`;
	// A name, never a path.
	const fileName = part.fileName.split('/').findLast((name) => name !== '') ?? 'file';
	return `${disposition}; filename="${escape(fileName)}"\r\nContent-Type: ${part.contentType}\r\n`;
}

/** What would end the quoted text, as the HTML Standard has it (§4.10.22.8). */
function escape(text: string): string {
	return text.replace(/\r/g, '%0D').replace(/\n/g, '%0A').replace(/"/g, '%22');
}
