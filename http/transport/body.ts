import type { Stream, StreamBody } from '../message';
import type { Exchange } from './exchange';

/** Raised as a network error of the same code. */
class BodyTooLarge extends Error {
	readonly code = 'BODY_TOO_LARGE';
}

/** What Node's own readers raise then. */
class ClosedTooEarly extends Error {
	readonly code = 'ERR_STREAM_PREMATURE_CLOSE';
}

/** As much of Node's `Readable` as is needed here. */
interface NodeStream extends Stream {
	on: ((event: 'data', listener: (chunk: Uint8Array) => void) => unknown) &
		((event: 'end' | 'close', listener: () => void) => unknown) &
		((event: 'error', listener: (error: Error) => void) => unknown);
}

/**
 * Reads a body to its end, in whatever form a library hands it over.
 *
 * @throws {BodyTooLarge} as soon as more than `maxBytes` have come.
 */
export async function readBody(
	body: unknown,
	maxBytes: number | undefined,
	{ signal, onProgress }: Pick<Exchange, 'signal' | 'onProgress'>,
): Promise<Buffer> {
	if (body === undefined || body === null) return Buffer.alloc(0);
	if (typeof body === 'string' || Buffer.isBuffer(body)) return Buffer.from(body);
	if (isNodeStream(body)) return await readStream(body, collect(maxBytes, onProgress), signal);
	if (isIterable(body)) return await readIterable(body, collect(maxBytes, onProgress), signal);
	throw new TypeError('The HTTP helper returned an unknown kind of body');
}

export function isNodeStream(body: unknown): body is NodeStream {
	return typeof body === 'object' && body !== null && 'on' in body && 'destroy' in body;
}

function isIterable(body: unknown): body is AsyncIterable<Uint8Array> {
	return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

interface Collected {
	add: (chunk: Uint8Array) => void;
	whole: () => Buffer;
}

function collect(maxBytes = Infinity, onProgress: () => void): Collected {
	const chunks: Uint8Array[] = [];
	let length = 0;
	return {
		add(chunk) {
			length += chunk.length;
			if (length > maxBytes) {
				throw new BodyTooLarge(`The response is larger than ${maxBytes} bytes`);
			}
			chunks.push(chunk);
			onProgress();
		},
		whole: () => Buffer.concat(chunks),
	};
}

/** By its events: iterating costs more than all else that is done with a short body. */
async function readStream(
	body: NodeStream,
	{ add, whole }: Collected,
	signal: AbortSignal,
): Promise<Buffer> {
	const stop = (): void => body.destroy();
	signal.addEventListener('abort', stop, { once: true });
	try {
		await new Promise<void>((resolve, reject) => {
			body.on('data', (chunk) => {
				try {
					add(chunk);
				} catch (error) {
					reject(error instanceof Error ? error : new Error(String(error)));
					stop();
				}
			});
			let isWhole = false;
			body.on('end', () => {
				isWhole = true;
				resolve();
			});
			body.on('error', reject);
			body.on('close', () => {
				// What was read is not the whole response.
				if (!isWhole) reject(new ClosedTooEarly('The response ended before its time'));
			});
		});
		// Not in the listener: what is thrown there ends n8n.
		return whole();
	} finally {
		signal.removeEventListener('abort', stop);
	}
}

async function readIterable(
	body: AsyncIterable<Uint8Array>,
	{ add, whole }: Collected,
	signal: AbortSignal,
): Promise<Buffer> {
	for await (const chunk of body) add(chunk);
	// What has been given up may end without an error.
	signal.throwIfAborted();
	return whole();
}

/** The headers of a body that is sent as a stream. */
export function withLength(
	headers: Record<string, string>,
	{ lengthBytes }: StreamBody,
): Record<string, string> {
	if (lengthBytes === undefined) return headers;
	return { ...headers, 'content-length': String(lengthBytes) };
}
