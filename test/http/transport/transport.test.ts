import { getEventListeners, once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import dns from 'node:dns';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { sleepWithAbort } from 'n8n-workflow';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type {
	HttpRequest,
	HttpResponse,
	NetworkError,
	Outcome,
	Stream,
} from '../../../http/message';
import { decideRetry, DEFAULT_RETRY_POLICY, isInDoubt } from '../../../http/retry/decideRetry';
import { fetchTransport } from '../../../http/transport/fetchTransport';
import { helperTransport, type HelperResponse } from '../../../http/transport/helperTransport';
import type { Transport } from '../../../http/transport/transport';
import { listenOnLoopback, type LoopbackOptions } from '../../servers/loopback';
import { aRequest, aResponse } from '../messages';
import { n8nTransport, olderN8nTransport } from './n8nHelper';
import { SELF_SIGNED } from './selfSigned';

type CreateTransport = () => Promise<Transport>;

const OLDER = "n8n's older helper";

/** The same results over each of them. */
const TRANSPORTS: Array<[name: string, create: CreateTransport]> = [
	["n8n's helper", n8nTransport],
	[OLDER, olderN8nTransport],
	['fetch', async () => fetchTransport({ sleep: sleepWithAbort })],
];

let send: Transport;

type Handler = (req: IncomingMessage, res: ServerResponse) => unknown;

/** The origin of a server that stops with the test. */
async function serve(handler: Handler, options?: LoopbackOptions): Promise<string> {
	const { origin, server, close } = await listenOnLoopback(options);
	server.on('request', (req, res) => void handler(req, res));
	onTestFinished(close);
	return origin;
}

interface Received {
	req: IncomingMessage;
	body: Buffer;
}

/** A server that keeps what it receives. */
async function receiver(): Promise<{ url: string; received: Received[] }> {
	const received: Received[] = [];
	const url = await serve(async (req, res) => {
		received.push({ req, body: Buffer.concat(await req.toArray()) });
		res.end();
	});
	return { url, received };
}

/** Sends what it is given, and returns what the server received. */
async function received(request: Partial<HttpRequest>): Promise<Received> {
	const server = await receiver();
	const outcome = await send(aRequest({ url: server.url, ...request }));
	expect(outcome).toMatchObject({ response: { status: 200 } });
	const [first] = server.received;
	if (first === undefined) throw new Error('Nothing was received');
	return first;
}

function responseOf(outcome: Outcome): HttpResponse {
	if (outcome.kind === 'networkError') throw new Error(outcome.error.message);
	return outcome.response;
}

function errorOf(outcome: Outcome) {
	if (outcome.kind === 'response') throw new Error(`Answered with ${outcome.response.status}`);
	return outcome.error;
}

/** Whether it may be gone at another try, so that an idempotent call is sent again. */
function mayPass(error: NetworkError): boolean {
	const outcome: Outcome = { kind: 'networkError', error };
	const at = { nowMs: 0, random: () => 0 };
	return decideRetry(aRequest(), outcome, 0, DEFAULT_RETRY_POLICY, at).action === 'retry';
}

const ALL_BYTES = Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte));
const BINARY = { 'content-type': 'application/octet-stream' };
const FORM = 'application/x-www-form-urlencoded';

/** The helper hands over the body in one piece, or as a stream where its length is limited. */
const BODY_LIMITS = [
	['without a limit for the body', undefined],
	['with a limit for the body', 1_000_000],
] as const;

describe.each(TRANSPORTS)('over %s', (transportName, create) => {
	/** The older helper cannot be told to give up a request: only whoever waits for it goes. */
	const endsConnection = transportName !== OLDER;

	beforeAll(async () => {
		send = await create();
	});

	describe('a request', () => {
		it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
			'of %s arrives with its path, query and headers as they are',
			async (method) => {
				const server = await receiver();
				const url = `${server.url}/a%20b/%C3%A9?x=[1]&y=a+b&y=%2B&z=`;
				await send(aRequest({ method, url, headers: { 'X-Trace': 'abc', Accept: 'text/csv' } }));
				expect(server.received).toHaveLength(1);
				const { req } = server.received[0] as Received;
				expect(req.method).toBe(method);
				expect(req.url).toBe('/a%20b/%C3%A9?x=[1]&y=a+b&y=%2B&z=');
				expect(req.headers).toMatchObject({ 'x-trace': 'abc', accept: 'text/csv' });
			},
		);

		it.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
			'of %s brings its body byte for byte',
			async (method) => {
				const { req, body } = await received({ method, headers: BINARY, body: ALL_BYTES });
				expect(body).toEqual(ALL_BYTES);
				expect(req.headers['content-length']).toBe('256');
				expect(req.headers['content-type']).toBe('application/octet-stream');
			},
		);

		it('brings a large body whole', async () => {
			const large = Buffer.alloc(5_000_000, ALL_BYTES);
			const { body } = await received({ method: 'PUT', headers: BINARY, body: large });
			expect(body.equals(large)).toBe(true);
		});

		it.each(['GET', 'HEAD', 'OPTIONS'])('of %s without a body announces none', async (method) => {
			const { req, body } = await received({ method });
			expect(body).toHaveLength(0);
			expect(req.headers).not.toHaveProperty('content-length');
			expect(req.headers).not.toHaveProperty('content-type');
			expect(req.headers).not.toHaveProperty('transfer-encoding');
		});

		it.each([
			['no body', undefined],
			['an empty body', Buffer.alloc(0)],
		])('of POST with %s has the length 0', async (_name, body) => {
			const { req } = await received({ method: 'POST', headers: BINARY, body });
			expect(req.headers['content-length']).toBe('0');
		});

		it('brings JSON as it was written', async () => {
			const json = Buffer.from(' {"b": 1.0,\n"a": "é" } ');
			const headers = { 'Content-Type': 'application/json' };
			expect((await received({ method: 'POST', headers, body: json })).body).toEqual(json);
		});

		it.each([FORM, `${FORM}; charset=utf-8`])(
			'brings a form as it was written: %s',
			async (type) => {
				const form = Buffer.from('b=2&a=%20+%C3%A9&a=é&empty=&=&c');
				for (const name of ['content-type', 'Content-Type']) {
					const headers = { [name]: type };
					const { req, body } = await received({ method: 'POST', headers, body: form });
					expect(body).toEqual(form);
					expect(req.headers['content-type']).toBe(type);
				}
			},
		);

		it('may have header values of Latin-1', async () => {
			const { req } = await received({ headers: { 'X-Name': 'Café' } });
			expect(req.headers['x-name']).toBe('Café');
		});

		it.each(['a → b', 'a\r\nX-Injected: b'])(
			'with the header value %j fails for good, and nothing is sent',
			async (value) => {
				const server = await receiver();
				const outcome = await send(aRequest({ url: server.url, headers: { 'X-Name': value } }));
				expect(mayPass(errorOf(outcome))).toBe(false);
				expect(server.received).toHaveLength(0);
			},
		);

		it('is read from a stream while it is sent, with its length where that is known', async () => {
			const pieces = ['one ', 'two ', 'three'].map((text) => Buffer.from(text));
			const open = async () => await Promise.resolve(Readable.from(pieces));
			const known = await received({
				method: 'POST',
				headers: BINARY,
				body: { lengthBytes: 13, open },
			});
			expect(known.body.toString()).toBe('one two three');
			expect(known.req.headers['content-length']).toBe('13');
			const unknown = await received({ method: 'PUT', headers: BINARY, body: { open } });
			expect(unknown.body.toString()).toBe('one two three');
		});

		it('is left as it was, to be sent again', async () => {
			const server = await receiver();
			const request = aRequest({
				method: 'POST',
				url: server.url,
				headers: Object.freeze({ 'content-type': FORM }),
				body: Buffer.from('a=1'),
			});
			await send(Object.freeze(request));
			await send(request);
			expect(server.received.map(({ body }) => body.toString())).toEqual(['a=1', 'a=1']);
		});
	});

	describe.each(BODY_LIMITS)('a response, %s,', (_name, maxBodyBytes) => {
		const get = async (handler: Handler, method = 'GET') => {
			const url = await serve(handler);
			return responseOf(await send(aRequest({ method, url, maxBodyBytes })));
		};

		it('has its body byte for byte', async () => {
			const { body } = await get((_req, res) => res.end(ALL_BYTES));
			expect(body).toEqual(ALL_BYTES);
		});

		it('has a body that came in pieces', async () => {
			const { body } = await get(async (_req, res) => {
				for (const piece of ['a', 'b', 'c']) {
					res.write(piece);
					await sleepWithAbort(5);
				}
				res.end();
			});
			expect(body.toString()).toBe('abc');
		});

		it('has its text as bytes, with its byte order mark', async () => {
			const text = Buffer.from('\ufeff{"a": 1}');
			const { body } = await get((_req, res) => {
				res.writeHead(200, { 'content-type': 'application/json' }).end(text);
			});
			expect(body).toEqual(text);
		});

		it.each([200, 204, 304, 404])('of %i may have an empty body', async (status) => {
			const { body } = await get((_req, res) => res.writeHead(status).end());
			expect(body).toEqual(Buffer.alloc(0));
		});

		it('to HEAD has the headers and no body', async () => {
			const { headers, body } = await get((_req, res) => {
				res.writeHead(200, { 'content-length': '1000', etag: '"1"' }).end();
			}, 'HEAD');
			expect(headers).toMatchObject({ 'content-length': '1000', etag: '"1"' });
			expect(body).toHaveLength(0);
		});

		it('is unpacked where it came as gzip', async () => {
			const { body } = await get((_req, res) => {
				res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(ALL_BYTES));
			});
			expect(body).toEqual(ALL_BYTES);
		});

		it('has its headers in lower case, and repeated ones each on its own', async () => {
			const { headers } = await get((_req, res) => {
				res.writeHead(200, [
					['X-Rate-Limit', '5'],
					['Set-Cookie', 'a=1; Path=/'],
					['Set-Cookie', 'b=2'],
				] as never);
				res.end();
			});
			expect(headers).toMatchObject({
				'x-rate-limit': '5',
				'set-cookie': ['a=1; Path=/', 'b=2'],
			});
		});

		it.each([
			['Retry-After', '400', '400'],
			['Retry-After', '2', '400'],
			['Retry-After', 'Sat, 28 Nov 2026 10:00:00 GMT', 'Sat, 28 Nov 2026 10:00:00 GMT'],
			['Location', '/there,%20/there', '/there,%20/there'],
			['Content-Type', 'text/plain; charset="a, b/c"', 'application/json'],
			['ETag', '"a, b"', '"a, b"'],
		])('has the first %s of two: %s', async (name, first, second) => {
			const { headers } = await get((_req, res) => {
				res.writeHead(200, [
					[name, first],
					[name, second],
				] as never);
				res.end();
			});
			expect(headers[name.toLowerCase()]).toBe(first);
		});

		it('may have header values of Latin-1', async () => {
			const { headers } = await get((_req, res) => {
				res.writeHead(200, { 'X-Name': 'Café' }).end(Buffer.from('x'));
			});
			expect(headers['x-name']).toBe('Café');
		});

		it.each([400, 401, 403, 404, 418, 429, 500, 503])('is one also at %i', async (status) => {
			const response = await get((_req, res) => {
				res.writeHead(status, 'Some Reason').end('{"error":"x"}');
			});
			expect(response).toMatchObject({ status, statusText: 'Some Reason' });
			expect(response.body.toString()).toBe('{"error":"x"}');
		});

		it.each([301, 302, 303, 307, 308])('is one also at %i: nothing is followed', async (status) => {
			const paths: unknown[] = [];
			const { headers } = await get((req, res) => {
				paths.push(req.url);
				res.writeHead(status, { location: '/next' }).end();
			});
			expect(headers.location).toBe('/next');
			expect(paths).toEqual(['/']);
		});
	});

	describe('a body that is too large', () => {
		const MAX = 100_000;
		const getLimited = async (handler: Handler) =>
			await send(aRequest({ url: await serve(handler), maxBodyBytes: MAX }));

		it('is longer than the limit, not as long', async () => {
			const { body } = responseOf(await getLimited((_req, res) => res.end(Buffer.alloc(MAX))));
			expect(body).toHaveLength(MAX);
			const outcome = await getLimited((_req, res) => res.end(Buffer.alloc(MAX + 1)));
			expect(errorOf(outcome)).toEqual({
				code: 'BODY_TOO_LARGE',
				message: 'The response is larger than 100000 bytes',
			});
		});

		it('is not read to its end: the connection is closed', async () => {
			let sent = 0;
			let closed: Promise<unknown> | undefined;
			const outcome = await getLimited((_req, res) => {
				closed = once(res, 'close');
				const endless = new Readable({
					read() {
						sent += 65_536;
						this.push(Buffer.alloc(65_536));
					},
				});
				endless.on('error', () => undefined);
				endless.pipe(res);
			});
			expect(errorOf(outcome).code).toBe('BODY_TOO_LARGE');
			if (endsConnection) await closed;
			expect(sent).toBeLessThan(50_000_000);
		});

		it('is measured unpacked, and its connection closed as well', async () => {
			const bomb = gzipSync(Buffer.alloc(20_000_000));
			let closed: Promise<unknown> | undefined;
			const outcome = await getLimited((_req, res) => {
				closed = once(res, 'close');
				res.writeHead(200, { 'content-encoding': 'gzip' });
				// Without an end: only the client can close.
				res.write(bomb);
			});
			expect(bomb.length).toBeLessThan(MAX);
			expect(errorOf(outcome).code).toBe('BODY_TOO_LARGE');
			if (endsConnection) await closed;
		});

		it('does not exist without a limit', async () => {
			const url = await serve((_req, res) => res.end(Buffer.alloc(5_000_000, ALL_BYTES)));
			const { body } = responseOf(await send(aRequest({ url })));
			expect(body.equals(Buffer.alloc(5_000_000, ALL_BYTES))).toBe(true);
		});
	});

	describe('no answer', () => {
		const errorFrom = async (url: string, fields: Partial<HttpRequest> = {}) =>
			errorOf(await send(aRequest({ url, ...fields })));

		/** The origin of a TCP server that is no HTTP server. */
		async function serveTcp(onConnection: (socket: Socket) => void): Promise<string> {
			const server = createServer((socket) => {
				socket.on('error', () => undefined);
				onConnection(socket);
			}).listen(0, '127.0.0.1');
			await once(server, 'listening');
			onTestFinished(() => void server.close());
			return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		}

		it('comes from a port where nobody listens', async () => {
			const { origin, close } = await listenOnLoopback();
			await close();
			const error = await errorFrom(origin);
			expect(error.code).toBe('ECONNREFUSED');
			expect(error.message).toContain('127.0.0.1');
			expect(mayPass(error)).toBe(true);
		});

		it('comes from a host where nobody listens at any of its addresses', async () => {
			const { origin, close } = await listenOnLoopback();
			await close();
			const addresses = [
				{ address: '127.0.0.1', family: 4 },
				{ address: '127.0.0.2', family: 4 },
			];
			const lookup = vi
				.spyOn(dns, 'lookup')
				.mockImplementation(((
					_host: string,
					_options: object,
					found: (error: null, addresses: object[]) => void,
				) => found(null, addresses)) as typeof dns.lookup);
			onTestFinished(() => lookup.mockRestore());
			const error = await errorFrom(origin.replace('127.0.0.1', 'api.example'));
			expect(error.code).toBe('ECONNREFUSED');
			expect(error.message).toContain('connect ECONNREFUSED 127.0.0.1');
		});

		it('is what a connection fails with before it is secure', async () => {
			const url = await serveTcp((socket) => socket.on('data', () => socket.end()));
			const error = await errorFrom(url.replace('http:', 'https:'), { method: 'POST' });
			expect(error.code).toBe('ECONNRESET');
			const outcome: Outcome = { kind: 'networkError', error };
			expect(isInDoubt(aRequest({ method: 'POST' }), outcome)).toBe(false);
		});

		it('comes from a host that does not exist', async () => {
			// The label is longer than a name may have, so that no name server is asked.
			const error = await errorFrom(`http://${'x'.repeat(64)}.invalid/`);
			expect(error.code).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
			expect(mayPass(error)).toBe(true);
		});

		it.each(BODY_LIMITS)(
			'comes over a connection that is reset, %s',
			async (_name, maxBodyBytes) => {
				const url = await serveTcp((socket) => socket.on('data', () => socket.resetAndDestroy()));
				const error = await errorFrom(url, { maxBodyBytes });
				expect(error.code).toBe('ECONNRESET');
				expect(mayPass(error)).toBe(true);
			},
		);

		it.each(BODY_LIMITS)('is half an answer, %s', async (_name, maxBodyBytes) => {
			const url = await serve((_req, res) => {
				res.writeHead(200, { 'content-length': '1000' });
				res.write('half', () => res.destroy());
			});
			const error = await errorFrom(url, { maxBodyBytes });
			expect(error.message).not.toBe('');
			expect(mayPass(error)).toBe(true);
			expect(error.code).toBe('ECONNRESET');
		});

		it('is an answer that is no HTTP, which stays so', async () => {
			const url = await serveTcp((socket) =>
				socket.on('data', () => socket.end('SSH-2.0-x\r\n\r\n')),
			);
			expect(mayPass(await errorFrom(url))).toBe(false);
		});

		it('comes from a server whose certificate nobody trusts, which stays so', async () => {
			const url = await serve((_req, res) => res.end(), { https: SELF_SIGNED });
			const error = await errorFrom(url);
			expect(error.code).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
			expect(mayPass(error)).toBe(false);
		});

		it('comes over TLS from a server without TLS, which stays so', async () => {
			const url = await serve((_req, res) => res.end());
			expect(mayPass(await errorFrom(url.replace('http:', 'https:')))).toBe(false);
		});
	});

	/** A server that never finishes: nothing of it at all, or nothing after the first part of its body. */
	const UNFINISHED: Array<[name: string, handler: Handler]> = [
		['waiting for the head', () => undefined],
		['in the middle of the body', (_req, res) => res.writeHead(200).write('the first part')],
	];

	describe.each(BODY_LIMITS)('the timeout, %s,', (_name, maxBodyBytes) => {
		it.each(UNFINISHED)('ends the exchange while %s', async (_when, handler) => {
			let closed: Promise<unknown> | undefined;
			const url = await serve((req, res) => {
				closed = once(res, 'close');
				handler(req, res);
			});
			const startedAt = Date.now();
			expect(errorOf(await send(aRequest({ url, maxBodyBytes, timeoutMs: 100 })))).toEqual({
				code: 'TIMEOUT',
				message: 'Nothing was received for 100 ms',
			});
			expect(Date.now() - startedAt).toBeGreaterThanOrEqual(95);
			expect(Date.now() - startedAt).toBeLessThan(1_000);
			if (endsConnection) await closed;
		});

		it('is put off by each part of the body', async () => {
			const url = await serve(async (_req, res) => {
				for (let part = 0; part < 8; part++) {
					res.write('part');
					await sleepWithAbort(150);
				}
				res.end();
			});
			const outcome = await send(aRequest({ url, maxBodyBytes, timeoutMs: 1_000 }));
			expect(responseOf(outcome).body.toString()).toBe('part'.repeat(8));
		});
	});

	it('ends a response that is timed as a whole, though parts of it come', async () => {
		const url = await serve(async (_req, res) => {
			for (let part = 0; part < 8 && !res.destroyed; part++) {
				res.write('part');
				await sleepWithAbort(50);
			}
			res.end();
		});
		const outcome = await send(aRequest({ url, timeoutMs: 200, isTimedAsWhole: true }));
		expect(errorOf(outcome)).toEqual({
			code: 'TIMEOUT',
			message: 'No complete response within 200 ms',
		});
	});

	describe('a body that is sent as a stream', () => {
		const MEGABYTE = Buffer.alloc(1_000_000, 'n8n');

		/** A body of so many megabytes that says how much of it was asked for, and whether it is closed. */
		function streamBody(megabytes: number, pauseMs = 0) {
			const seen = { opened: 0, megabytes: 0, closed: 0 };
			const open = async () => {
				seen.opened++;
				return await Promise.resolve(read());
			};
			async function* read() {
				try {
					for (let count = 0; count < megabytes; count++) {
						seen.megabytes++;
						yield MEGABYTE;
						if (pauseMs > 0) await sleepWithAbort(pauseMs);
					}
				} finally {
					seen.closed++;
				}
			}
			return { seen, body: { lengthBytes: megabytes * MEGABYTE.length, open } };
		}

		it('puts the timeout off with each part', async () => {
			const { body } = streamBody(8, 150);
			const { body: got } = await received({
				method: 'PUT',
				headers: BINARY,
				body,
				timeoutMs: 1_000,
			});
			expect(got).toHaveLength(8_000_000);
		});

		it('is not held in memory: what the server does not take is not asked for', async () => {
			const { seen, body } = streamBody(200);
			const url = await serve(() => undefined);
			const outcome = await send(
				aRequest({ method: 'PUT', url, headers: BINARY, body, timeoutMs: 300 }),
			);
			expect(errorOf(outcome).code).toBe('TIMEOUT');
			expect(seen.megabytes).toBeLessThan(40);
			await vi.waitFor(() => expect(seen.closed).toBe(1));
		});

		it('is opened anew for each try, and not where nobody listens', async () => {
			const { seen, body } = streamBody(2);
			const server = await receiver();
			const request = aRequest({ method: 'PUT', url: server.url, headers: BINARY, body });
			await send(request);
			await send(request);
			expect(server.received.map(({ body: { length } }) => length)).toEqual([2e6, 2e6]);
			expect(seen).toEqual({ opened: 2, megabytes: 4, closed: 2 });
			const { origin, close } = await listenOnLoopback();
			await close();
			expect(errorOf(await send({ ...request, url: origin })).code).toBe('ECONNREFUSED');
			await vi.waitFor(() => expect(seen.closed).toBe(seen.opened));
		});

		it('is closed where the answer comes before its end', async () => {
			const { seen, body } = streamBody(200);
			const url = await serve((_req, res) => res.writeHead(413).end('too large'));
			const request = aRequest({ method: 'PUT', url, headers: BINARY, body });
			const outcome = await send(request);
			// Or the connection breaks, since the server stops reading.
			if (outcome.kind === 'response') expect(outcome.response.status).toBe(413);
			await vi.waitFor(() => expect(seen.closed).toBe(1));
			expect(seen.megabytes).toBeLessThan(200);
		});

		it('that cannot be opened is an error of the call', async () => {
			const url = await serve((_req, res) => res.end());
			const open = async () => await Promise.reject(new Error('The file is gone'));
			const outcome = await send(aRequest({ method: 'PUT', url, headers: BINARY, body: { open } }));
			expect(errorOf(outcome).message).toContain('The file is gone');
		});
	});

	describe('a response that is handed on as a stream', () => {
		const CHUNK = Buffer.alloc(65_536, 'n8n');

		async function readAll(stream: Stream): Promise<Buffer> {
			const chunks: Uint8Array[] = [];
			for await (const chunk of stream) chunks.push(chunk);
			return Buffer.concat(chunks);
		}

		/** A file of this size, and how much of it the server has handed over. */
		async function serveFile(chunks: number) {
			const served = { bytes: 0, closed: undefined as Promise<unknown> | undefined };
			const url = await serve((_req, res) => {
				served.closed = once(res, 'close');
				let left = chunks;
				const file = new Readable({
					read() {
						served.bytes += CHUNK.length;
						this.push(left-- > 0 ? CHUNK : null);
					},
				});
				file.on('error', () => undefined);
				file.pipe(res);
			});
			const request = aRequest({ url, wantsStream: ({ status }) => status === 200 });
			const { stream, body } = responseOf(await send(request));
			expect(body).toHaveLength(0);
			if (stream === undefined) throw new Error('It is no stream');
			return { served, stream };
		}

		it('is whole, byte for byte', async () => {
			const { stream } = await serveFile(50);
			expect((await readAll(stream)).equals(Buffer.concat(Array<Buffer>(50).fill(CHUNK)))).toBe(
				true,
			);
		});

		it('is not held in memory: the server can send no more than what is read', async () => {
			const { served, stream } = await serveFile(4_000);
			await sleepWithAbort(300);
			const unread = served.bytes;
			expect(unread).toBeLessThan(40_000_000);
			await sleepWithAbort(100);
			expect(served.bytes).toBe(unread);
			stream.destroy();
		});

		it('ends its connection where it is not wanted after all', async () => {
			const { served, stream } = await serveFile(4_000);
			stream.destroy();
			await served.closed;
			expect(served.bytes).toBeLessThan(4_000 * CHUNK.length);
		});

		it('fails where nothing comes for the time of the request', async () => {
			const url = await serve((_req, res) => res.writeHead(200).write('the first part'));
			const request = aRequest({ url, wantsStream: () => true, timeoutMs: 100 });
			const { stream } = responseOf(await send(request));
			if (stream === undefined) throw new Error('It is no stream');
			await expect(readAll(stream)).rejects.toThrow('Nothing was received for 100 ms');
		});

		it('may come before the request has been sent', async () => {
			const url = await serve((req, res) => {
				req.resume();
				// A server that closes the connection may be faster with that than its response.
				res.writeHead(200, { connection: 'keep-alive' }).end(CHUNK);
			});
			async function* endless() {
				for (;;) {
					yield CHUNK;
					await sleepWithAbort(1);
				}
			}
			const request = aRequest({
				method: 'PUT',
				url,
				headers: BINARY,
				body: { open: async () => await Promise.resolve(endless()) },
				wantsStream: () => true,
			});
			const { stream } = responseOf(await send(request));
			if (stream === undefined) throw new Error('It is no stream');
			expect((await readAll(stream)).equals(CHUNK)).toBe(true);
			// Nothing of what ends then may come up as an error that nobody listens to.
			await sleepWithAbort(100);
		});

		it('is read whole where the head is of no use for one', async () => {
			const url = await serve((_req, res) => res.writeHead(404).end('not found'));
			const request = aRequest({ url, wantsStream: ({ status }) => status === 200 });
			const response = responseOf(await send(request));
			expect(response.stream).toBeUndefined();
			expect(response.body.toString()).toBe('not found');
		});
	});

	describe.each(BODY_LIMITS)('aborting, %s,', (_name, maxBodyBytes) => {
		it.each(UNFINISHED)('ends the exchange at once while %s', async (_when, handler) => {
			const abort = new AbortController();
			const reason = new Error('The run was cancelled');
			let closed: Promise<unknown> | undefined;
			const url = await serve((req, res) => {
				closed = once(res, 'close');
				handler(req, res);
				setTimeout(() => abort.abort(reason), 50);
			});
			const startedAt = Date.now();
			await expect(send(aRequest({ url, maxBodyBytes }), abort.signal)).rejects.toBe(reason);
			expect(Date.now() - startedAt).toBeLessThan(1_000);
			if (endsConnection) await closed;
		});

		it('before the request sends nothing', async () => {
			const server = await receiver();
			const reason = new Error('The run was cancelled');
			const request = aRequest({ url: server.url, maxBodyBytes });
			await expect(send(request, AbortSignal.abort(reason))).rejects.toBe(reason);
			expect(server.received).toHaveLength(0);
		});

		it('ends all exchanges of a run over one listener', async () => {
			const abort = new AbortController();
			const reason = new Error('The run was cancelled');
			const all = 12;
			let arrived = 0;
			const url = await serve(() => {
				if (++arrived === all) abort.abort(reason);
			});
			const outcomes = Array.from({ length: all }, () =>
				send(aRequest({ url, maxBodyBytes }), abort.signal),
			);
			// Node warns of a signal that more than ten listen to.
			expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1);
			const settled = await Promise.allSettled(outcomes);
			expect(settled).toEqual(Array.from({ length: all }, () => ({ status: 'rejected', reason })));
		});

		it('after the response changes nothing', async () => {
			const abort = new AbortController();
			const url = await serve((_req, res) => res.end('whole'));
			const outcome = await send(aRequest({ url, maxBodyBytes }), abort.signal);
			abort.abort();
			expect(responseOf(outcome).body.toString()).toBe('whole');
		});
	});

	describe('when an exchange is over', () => {
		const URLS: Array<[name: string, handler: Handler]> = [
			['a response', (_req, res) => res.end('x')],
			['a reset', (req) => req.socket.destroy()],
		];
		it.each(URLS)('after %s, nothing listens to the signal any more', async (_n, handler) => {
			const { signal } = new AbortController();
			await send(aRequest({ url: await serve(handler), maxBodyBytes: 9 }), signal);
			expect(getEventListeners(signal, 'abort')).toHaveLength(0);
		});
	});
});

describe("n8n's helper", () => {
	beforeAll(async () => {
		send = await n8nTransport();
	});

	it('is no problem of the certificate where it is to be ignored', async () => {
		const url = await serve((_req, res) => res.end('secret'), { https: SELF_SIGNED });
		const request = aRequest({ url, ignoreSslIssues: true });
		expect(responseOf(await send(request)).body.toString()).toBe('secret');
		expect(errorOf(await send({ ...request, ignoreSslIssues: false })).code).toContain('CERT');
	});
});

/** n8n has more helpers than one, and they hand over bodies and errors in forms of their own. */
describe('another helper', () => {
	const over = (helper: () => Promise<Partial<HelperResponse>>) =>
		helperTransport({
			httpRequest: async () => ({ statusCode: 200, headers: {}, body: '', ...(await helper()) }),
		});
	const bodies: Array<[name: string, body: unknown, text: string]> = [
		['text', 'é', 'é'],
		['bytes', Buffer.from('é'), 'é'],
		['a stream', Readable.from([Buffer.from('a'), Buffer.from('b')]), 'ab'],
		['null', null, ''],
		['undefined', undefined, ''],
	];
	it.each(bodies)('may give the body as %s', async (_name, body, text) => {
		const response = responseOf(await over(async () => ({ body }))(aRequest()));
		expect(response.body).toEqual(Buffer.from(text));
	});

	it('may leave out the reason phrase, and headers', async () => {
		const headers = { 'Retry-After': '5', date: undefined };
		const outcome = await over(async () => ({ statusCode: 429, headers }))(aRequest());
		expect(outcome).toEqual({ kind: 'response', response: aResponse(429, { 'retry-after': '5' }) });
	});

	it('is not understood where its body is anything else', async () => {
		const outcome = await over(async () => ({ body: { parsed: true } }))(aRequest());
		expect(errorOf(outcome).message).toContain('unknown kind of body');
	});

	it('is an error of the call where the parts of its stream cannot be put together', async () => {
		// As with more than a buffer can hold.
		const body = Readable.from(['no bytes']);
		const outcome = await over(async () => ({ body }))(aRequest());
		expect(errorOf(outcome).code).toBe('ERR_INVALID_ARG_TYPE');
	});

	it('does not pass off half a stream as the response when it ends silently', async () => {
		const body = new Readable({ read: () => undefined });
		body.push('half');
		body.once('data', () => body.destroy());
		const outcome = await over(async () => ({ body }))(aRequest());
		expect(errorOf(outcome).code).toBe('ECONNRESET');
	});

	it('ends the stream when the run is cancelled', async () => {
		const abort = new AbortController();
		const body = new Readable({ read: () => undefined });
		body.push('half');
		body.once('data', () => abort.abort(new Error('The run was cancelled')));
		const exchange = over(async () => ({ body }))(aRequest(), abort.signal);
		await expect(exchange).rejects.toThrow('The run was cancelled');
		expect(body.destroyed).toBe(true);
	});

	it('may know nothing of the signal: a response that comes later is closed', async () => {
		const body = new Readable({ read: () => undefined });
		let answer: (response: HelperResponse) => void = () => undefined;
		const late = new Promise<HelperResponse>((resolve) => (answer = resolve));
		const abort = new AbortController();
		const exchange = helperTransport({ request: () => late })(aRequest(), abort.signal);
		abort.abort(new Error('The run was cancelled'));
		await expect(exchange).rejects.toThrow('The run was cancelled');
		answer({ statusCode: 200, headers: {}, body });
		await once(body, 'close');
	});

	it('may know nothing of the signal: the timeout ends a stream that stalls as well', async () => {
		const body = new Readable({ read: () => undefined });
		const outcome = await over(async () => ({ body }))(aRequest({ timeoutMs: 50 }));
		expect(errorOf(outcome).code).toBe('TIMEOUT');
		expect(body.destroyed).toBe(true);
	});

	const errors: Array<[name: string, thrown: unknown, code: string, message: string]> = [
		['its code', Object.assign(new Error('a'), { code: 'ECONNRESET' }), 'ECONNRESET', 'a'],
		[
			'the code of its cause',
			new Error('a', { cause: Object.assign(new Error('b'), { code: 'EPIPE' }) }),
			'EPIPE',
			'a',
		],
		[
			'the code of its cause rather than an empty one',
			Object.assign(new Error('a', { cause: { code: 'EPIPE' } }), { code: '' }),
			'EPIPE',
			'a',
		],
		['its name', new RangeError('a'), 'RangeError', 'a'],
		['nothing', new Error('a'), 'UNKNOWN', 'a'],
		['no error at all', 'broken', 'UNKNOWN', 'broken'],
		['a number for a code', Object.assign(new Error('a'), { code: 5 }), 'UNKNOWN', 'a'],
	];
	it('fails with the words of the first attempt where several addresses were tried', async () => {
		const attempt = Object.assign(new Error('connect EHOSTUNREACH 10.0.0.1:443'), {
			code: 'EHOSTUNREACH',
		});
		const all = Object.assign(new AggregateError([attempt]), { code: 'EHOSTUNREACH' });
		// Axios has no better word for it.
		const failing = over(() => Promise.reject(new Error('Error', { cause: all })));
		const outcome = await failing(aRequest());
		expect(errorOf(outcome)).toEqual({ code: 'EHOSTUNREACH', message: attempt.message });
		expect(isInDoubt(aRequest({ method: 'POST' }), outcome)).toBe(false);
	});

	it.each(errors)('fails with %s', async (_name, thrown, code, message) => {
		const failing = over(async () => {
			throw thrown;
		});
		expect(errorOf(await failing(aRequest()))).toEqual({ code, message });
	});

	it('fails with UNKNOWN for an error that is its own cause', async () => {
		const circular = new Error('a');
		circular.cause = circular;
		expect(errorOf(await over(() => Promise.reject(circular))(aRequest())).code).toBe('UNKNOWN');
	});
});

describe('fetch', () => {
	it('sends requests one after the other over the same connection', async () => {
		const ports = new Set<unknown>();
		const url = await serve(({ socket }, res) => {
			ports.add(socket.remotePort);
			res.end('{}');
		});
		const overFetch = fetchTransport({ sleep: sleepWithAbort });
		for (let count = 0; count < 20; count++) await overFetch(aRequest({ url }));
		expect(ports.size).toBe(1);
	});

	it('does not take its own limit for a connection for the timeout of the request', async () => {
		const message = 'Connect Timeout Error (attempted address: 10.0.0.1:443, timeout: 10000ms)';
		const cause = Object.assign(new Error(message), { code: 'UND_ERR_CONNECT_TIMEOUT' });
		vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed', { cause })));
		onTestFinished(() => void vi.unstubAllGlobals());
		const outcome = await fetchTransport({ sleep: sleepWithAbort })(aRequest());
		expect(errorOf(outcome)).toEqual({ code: 'ETIMEDOUT', message });
		expect(isInDoubt(aRequest({ method: 'POST' }), outcome)).toBe(false);
	});

	it.each([
		['Connection', 'Upgrade'],
		['Keep-Alive', 'timeout=5'],
		['Transfer-Encoding', 'chunked'],
		['Upgrade', 'h2c'],
		['Expect', '100-continue'],
		['Host', 'other.example'],
	])(
		'names a header that it cannot send, which stays so, and sends nothing: %s',
		async (name, value) => {
			const { url, received: all } = await receiver();
			const request = aRequest({ method: 'POST', url, headers: { [name]: value } });
			const outcome = await fetchTransport({ sleep: sleepWithAbort })(request);
			expect(errorOf(outcome)).toEqual({
				code: 'ERR_INVALID_REQUEST',
				message: `The header "${name}" cannot be sent`,
			});
			expect(isInDoubt(request, outcome)).toBe(false);
			expect(mayPass(errorOf(outcome))).toBe(false);
			expect(all).toHaveLength(0);
		},
	);

	it('names a port that it cannot call, which stays so', async () => {
		const request = aRequest({ method: 'POST', url: 'http://127.0.0.1:10080/' });
		const outcome = await fetchTransport({ sleep: sleepWithAbort })(request);
		expect(errorOf(outcome)).toEqual({
			code: 'ERR_INVALID_REQUEST',
			message: 'Port 10080 cannot be called',
		});
		expect(isInDoubt(request, outcome)).toBe(false);
		expect(mayPass(errorOf(outcome))).toBe(false);
	});
});
