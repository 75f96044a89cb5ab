import { Hash } from 'crypto';
import type { Stream } from '../message';

interface StreamClass {
	from: (chunks: AsyncIterable<Uint8Array>, options: { objectMode: false }) => Stream;
}

/**
 * Node's `Readable`. A community node may import `crypto` but not `stream`; a hash is one of Node's
 * streams, and so hands on what they have.
 */
const { Readable } = Hash as unknown as { Readable: StreamClass };

/** A stream of these chunks, which are asked for as they are read. */
export function toStream(chunks: AsyncIterable<Uint8Array>): Stream {
	return Readable.from(chunks, { objectMode: false });
}
