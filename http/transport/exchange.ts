import { isObject } from '../../text/json';
import type {
	HttpRequest,
	HttpResponse,
	NetworkError,
	Outcome,
	Stream,
	StreamBody,
} from '../message';
import { deadline } from './deadline';
import { toStream } from './stream';

/** What a response that is read as a stream fails with when no more of it comes. */
export class BrokenOff extends Error {
	constructor(readonly networkError: NetworkError) {
		super(networkError.message);
	}
}

/** An exchange under way. Its signal aborts when the request's time is over or the run is cancelled. */
export interface Exchange {
	signal: AbortSignal;
	/** Something was sent or received: the request's time begins anew. */
	onProgress: () => void;
	/** The request's body as a stream, which is opened when it is read, and closed with the exchange. */
	openBody: (body: StreamBody) => Stream;
	/** The response's body as a stream: the exchange goes on until it has been read or destroyed. */
	handOn: (body: AsyncIterable<Uint8Array>) => Stream;
}

/** Reported once the time is over, whatever the library throws then. */
const TIMEOUT = 'TIMEOUT';

/** A reason that costs no stack trace. */
const ENDED = new Error('The exchange has ended');

/** Sends within the request's time, and turns whatever goes wrong into an outcome. */
export async function boundedExchange(
	request: HttpRequest,
	send: (exchange: Exchange) => Promise<HttpResponse>,
	signal?: AbortSignal,
): Promise<Outcome> {
	signal?.throwIfAborted();
	const controller = new AbortController();
	let isTimeOver = false;
	const end = (): void => controller.abort(ENDED);
	const time = deadline(request.timeoutMs, () => {
		isTimeOver = true;
		end();
	});
	let sent: Stream | undefined;
	const ignoreAbort = signal && onAbort(signal, end);
	const release = (): void => {
		time.drop();
		ignoreAbort?.();
		sent?.destroy();
	};
	const onProgress = request.isTimedAsWhole ? (): void => {} : time.restart;
	const failure = (error: unknown): NetworkError => toNetworkError(error, isTimeOver, request);
	async function* watch(
		chunks: AsyncIterable<Uint8Array>,
		explain: (error: unknown) => unknown = (error) => error,
	): AsyncIterable<Uint8Array> {
		try {
			for await (const chunk of chunks) {
				onProgress();
				yield chunk;
			}
		} catch (error) {
			throw explain(error);
		}
	}
	const openBody = (body: StreamBody): Stream => (sent = toStream(watch(openLate(body))));
	let handedOn: Stream | undefined;
	const handOn = (body: AsyncIterable<Uint8Array>): Stream => {
		handedOn = toStream(watch(body, (error) => new BrokenOff(failure(error))));
		handedOn.once('close', () => {
			release();
			// One that was never begun still holds the connection.
			end();
		});
		return handedOn;
	};
	const exchange: Exchange = {
		signal: controller.signal,
		onProgress,
		openBody,
		handOn,
	};
	try {
		return { kind: 'response', response: await send(exchange) };
	} catch (error) {
		signal?.throwIfAborted();
		return { kind: 'networkError', error: failure(error) };
	} finally {
		if (handedOn === undefined) release();
	}
}

/** One that is never read stays closed. */
async function* openLate({ open }: StreamBody): AsyncIterable<Uint8Array> {
	yield* await open();
}

const ends = new WeakMap<AbortSignal, { all: Set<() => void>; endAll: () => void }>();

/** One listener for all exchanges of a run: Node warns of a signal that has more than ten. */
function onAbort(signal: AbortSignal, end: () => void): () => void {
	let known = ends.get(signal);
	if (known === undefined) {
		const all = new Set<() => void>();
		known = { all, endAll: () => all.forEach((each) => each()) };
		ends.set(signal, known);
	}
	const { all, endAll } = known;
	if (all.size === 0) signal.addEventListener('abort', endAll, { once: true });
	all.add(end);
	return () => {
		all.delete(end);
		if (all.size === 0) signal.removeEventListener('abort', endAll);
	};
}

function toNetworkError(error: unknown, isTimeOver: boolean, request: HttpRequest): NetworkError {
	const code = isTimeOver ? TIMEOUT : errorCode(error);
	return { code, message: code === TIMEOUT ? timeoutMessage(request) : errorMessage(error) };
}

function timeoutMessage({ timeoutMs, isTimedAsWhole }: HttpRequest): string {
	return isTimedAsWhole
		? `No complete response within ${timeoutMs} ms`
		: `Nothing was received for ${timeoutMs} ms`;
}

/** What libraries call the errors that Node has a name for. */
const NODE_CODES: Record<string, string> = {
	ECONNABORTED: TIMEOUT,
	// Its own time for a connection is another one than the request's.
	UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
	UND_ERR_HEADERS_TIMEOUT: TIMEOUT,
	UND_ERR_BODY_TIMEOUT: TIMEOUT,
	UND_ERR_SOCKET: 'ECONNRESET',
	ERR_BAD_RESPONSE: 'ECONNRESET',
	ERR_STREAM_PREMATURE_CLOSE: 'ECONNRESET',
	// A name: fetch of Node 24 gives it no code.
	HTTPParserError: 'HPE_INVALID_CONSTANT',
};

/** n8n, axios and fetch wrap the error of the socket; its code is the one that tells. */
function errorCode(error: unknown): string {
	for (const { code } of withCauses(error)) {
		if (typeof code === 'string' && code !== '') return NODE_CODES[code] ?? code;
	}
	// A request that the library cannot even form stays so.
	if (error instanceof TypeError) return 'ERR_INVALID_REQUEST';
	if (!(error instanceof Error) || error.name === 'Error') return 'UNKNOWN';
	return NODE_CODES[error.name] ?? error.name;
}

/** Of a host with several addresses Node says by a list how each was tried, and nothing in words of its own. */
function errorMessage(error: unknown): string {
	for (const { errors } of withCauses(error)) {
		const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
		if (first instanceof Error) return first.message;
	}
	return error instanceof Error ? error.message : String(error);
}

function* withCauses(error: unknown): Iterable<Record<string, unknown>> {
	for (let current = error, depth = 0; isObject(current) && depth < 5; depth++) {
		yield current;
		current = current.cause;
	}
}
