import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface LoopbackOptions {
	/** A free port when left out. */
	port?: number;
	/** Serves HTTPS with this PEM key and certificate; asks for a client's as Node's options say. */
	https?: {
		key: string;
		cert: string;
		ca?: string;
		requestCert?: boolean;
		rejectUnauthorized?: boolean;
	};
}

/** A server on 127.0.0.1 that listens already; add a `request` listener to answer. */
export interface LoopbackServer {
	origin: string;
	server: Server;
	/** Ends promptly: kept-alive connections are dropped. */
	close: () => Promise<void>;
}

export async function listenOnLoopback(options: LoopbackOptions = {}): Promise<LoopbackServer> {
	const server = options.https ? createTlsServer(options.https) : createServer();
	server.listen(options.port ?? 0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		origin: `${options.https ? 'https' : 'http'}://127.0.0.1:${port}`,
		server,
		close: () =>
			new Promise((resolve, reject) => {
				server.close((error) => (error ? reject(error) : resolve()));
				server.closeAllConnections();
			}),
	};
}

/** What a server received and answered. */
export interface ReceivedRequest {
	/** Milliseconds since the epoch. */
	readonly at: number;
	readonly method: string;
	/** Path and query. */
	readonly url: string;
	readonly headers: IncomingMessage['headers'];
	/** What has arrived of the body so far. */
	readonly body: string;
	/** 0 while there is no answer, and for ever if the connection was reset. */
	readonly status: number;
}

/** Records the body as it arrives, without consuming it: the real handler still reads the stream. */
export function recordRequest(req: IncomingMessage, res: ServerResponse): ReceivedRequest {
	const chunks: Buffer[] = [];
	const push = req.push.bind(req);
	req.push = (chunk: Buffer | null) => {
		if (chunk) chunks.push(chunk);
		return push(chunk);
	};
	return {
		at: Date.now(),
		method: req.method ?? '',
		url: req.url ?? '',
		headers: req.headers,
		get body() {
			return Buffer.concat(chunks).toString();
		},
		get status() {
			return res.headersSent ? res.statusCode : 0;
		},
	};
}
