/** Raised as a network error of the same code. */
class BodyTooLarge extends Error {
	readonly code = 'BODY_TOO_LARGE';
}

interface ByteStream extends AsyncIterable<Uint8Array> {
	destroy?: () => void;
}

/**
 * Reads a body to its end, in whatever form a library hands it over.
 *
 * @throws {BodyTooLarge} as soon as more than `maxBytes` have come.
 */
export async function readBody(
	body: unknown,
	maxBytes: number | undefined,
	signal: AbortSignal,
): Promise<Buffer> {
	if (isStream(body)) return await readStream(body, maxBytes, signal);
	if (body === undefined || body === null) return Buffer.alloc(0);
	if (typeof body === 'string' || Buffer.isBuffer(body)) return Buffer.from(body);
	throw new TypeError('The HTTP helper returned an unknown kind of body');
}

function isStream(body: unknown): body is ByteStream {
	return (
		typeof body === 'object' &&
		body !== null &&
		Symbol.asyncIterator in body &&
		!Buffer.isBuffer(body)
	);
}

async function readStream(
	body: ByteStream,
	maxBytes: number | undefined,
	signal: AbortSignal,
): Promise<Buffer> {
	const stop = (): void => body.destroy?.();
	signal.addEventListener('abort', stop, { once: true });
	try {
		const chunks: Uint8Array[] = [];
		let length = 0;
		for await (const chunk of body) {
			length += chunk.length;
			if (maxBytes !== undefined && length > maxBytes) {
				throw new BodyTooLarge(`The response is larger than ${maxBytes} bytes`);
			}
			chunks.push(chunk);
		}
		// A destroyed stream may end without an error: what was read is not the whole response.
		signal.throwIfAborted();
		return Buffer.concat(chunks);
	} finally {
		signal.removeEventListener('abort', stop);
	}
}
