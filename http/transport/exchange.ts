import type { HttpRequest, HttpResponse, NetworkError, Outcome, Stream } from '../message';
import { deadline } from './deadline';

/** An exchange under way. Its signal aborts when the request's time is over or the run is cancelled. */
export interface Exchange {
	signal: AbortSignal;
	/** Keeps the bounds in force until the stream has been read, instead of until the response. */
	holdFor: (stream: Stream) => void;
}

/** What is left to say once the time is over, whatever the library throws then. */
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
	const dropDeadline = deadline(request.timeoutMs, () => {
		isTimeOver = true;
		end();
	});
	const ignoreAbort = signal && onAbort(signal, end);
	const release = (): void => {
		dropDeadline();
		ignoreAbort?.();
	};

	let held: Stream | undefined;
	const holdFor = (stream: Stream): void => {
		held = stream;
		stream.once('close', release);
	};
	try {
		return { kind: 'response', response: await send({ signal: controller.signal, holdFor }) };
	} catch (error) {
		signal?.throwIfAborted();
		return { kind: 'networkError', error: toNetworkError(error, isTimeOver, request) };
	} finally {
		if (held === undefined) release();
	}
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
	if (code === TIMEOUT) {
		return { code, message: `No complete response within ${request.timeoutMs} ms` };
	}
	return { code, message: error instanceof Error ? error.message : String(error) };
}

/** What libraries call the errors that Node has a name for. */
const NODE_CODES: Record<string, string> = {
	ECONNABORTED: TIMEOUT,
	UND_ERR_CONNECT_TIMEOUT: TIMEOUT,
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
	let code: string | undefined;
	for (let current = error, depth = 0; isObject(current) && depth < 5; depth++) {
		if (typeof current.code === 'string' && current.code !== '') code ??= current.code;
		current = current.cause;
	}
	if (code !== undefined) return NODE_CODES[code] ?? code;
	// A request that the library cannot even form stays so.
	if (error instanceof TypeError) return 'ERR_INVALID_REQUEST';
	if (!(error instanceof Error) || error.name === 'Error') return 'UNKNOWN';
	return NODE_CODES[error.name] ?? error.name;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}
