import { describe, expect, it } from 'vitest';
import type { StreamBody } from '../../http/message';
import { encodeMultipart, type FormPart } from '../../nodes/OAuth2HttpRequest/request/multipart';

const PDF: FormPart = {
	name: 'scan',
	bytes: Buffer.from('%PDF\n\u0000'),
	fileName: 'a.pdf',
	contentType: 'application/pdf',
};

/** A file in n8n's store: how often it was opened. */
function stored(text: string, lengthBytes?: number) {
	const seen = { opened: 0 };
	async function* read() {
		for (const char of text) yield await Promise.resolve(Buffer.from(char));
	}
	const open = async () => {
		seen.opened++;
		return await Promise.resolve(read());
	};
	const bytes: StreamBody = { open, ...(lengthBytes !== undefined && { lengthBytes }) };
	const part: FormPart = { name: 'file', bytes, fileName: 'f.txt', contentType: 'text/plain' };
	return { seen, part };
}

async function textOf(body: Buffer | StreamBody): Promise<string> {
	if (Buffer.isBuffer(body)) return body.toString();
	const chunks: Uint8Array[] = [];
	for await (const chunk of await body.open()) chunks.push(chunk);
	return Buffer.concat(chunks).toString();
}

/** The form, with `B` for its boundary. */
async function write(parts: FormPart[]): Promise<string> {
	const { body, contentType } = encodeMultipart(parts);
	const boundary = /^multipart\/form-data; boundary=(-{26}[0-9a-f]{24})$/.exec(contentType)?.[1];
	return (await textOf(body)).replaceAll(`${boundary}`, 'B');
}

describe('a multipart form', () => {
	it('holds texts as they are, with their own line breaks', async () => {
		expect(
			await write([
				{ name: 'größe', value: 'x\ny\r\nz' },
				{ name: '', value: '' },
			]),
		).toBe(
			'--B\r\nContent-Disposition: form-data; name="größe"\r\n\r\nx\ny\r\nz\r\n' +
				'--B\r\nContent-Disposition: form-data; name=""\r\n\r\n\r\n' +
				'--B--\r\n',
		);
	});

	it('holds files with their names and types', async () => {
		expect(await write([PDF])).toBe(
			'--B\r\nContent-Disposition: form-data; name="scan"; filename="a.pdf"\r\n' +
				'Content-Type: application/pdf\r\n\r\n%PDF\n\u0000\r\n--B--\r\n',
		);
	});

	it.each([
		['a/b/c.pdf', 'c.pdf'],
		['/', 'file'],
		['"a"\r\nX: 1.pdf', '%22a%22%0D%0AX: 1.pdf'],
	])('writes the file name %j as %j', async (fileName, written) => {
		expect(await write([{ ...PDF, fileName }])).toContain(`filename="${written}"`);
	});

	it('that is empty has no body', async () => {
		expect(await write([])).toBe('');
	});

	it('has another boundary each time', () => {
		const [one, two] = [encodeMultipart([PDF]), encodeMultipart([PDF])];
		expect(one.contentType).not.toBe(two.contentType);
	});

	it('reads stored files while it is sent, anew for each try, and knows its length', async () => {
		const { seen, part } = stored('stored', 6);
		const { body } = encodeMultipart([{ name: 'a', value: 'ä' }, part, PDF]);
		expect(seen.opened).toBe(0);
		if (Buffer.isBuffer(body)) throw new Error('It is held in memory');
		const first = await textOf(body);
		expect(await textOf(body)).toBe(first);
		expect(seen.opened).toBe(2);
		expect(first).toContain('Content-Type: text/plain\r\n\r\nstored\r\n');
		expect(body.lengthBytes).toBe(Buffer.byteLength(first));
	});

	it('says no length where that of a file is not known', () => {
		expect(encodeMultipart([stored('x').part]).body).not.toHaveProperty('lengthBytes');
	});
});
