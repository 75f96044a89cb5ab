import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface RawServer {
	origin: string;
	/** What the next requests get: handed the request's text, it writes bytes to the socket. */
	answer: (request: string, socket: Socket) => void;
	close: () => Promise<void>;
}

/** A server on loopback that may answer with any bytes, HTTP or not. One request for each connection. */
export async function startRawServer(): Promise<RawServer> {
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		let request = '';
		socket.on('close', () => sockets.delete(socket));
		// The client may go at any time.
		socket.on('error', () => undefined);
		socket.on('data', (chunk) => {
			const wasWhole = isWhole(request);
			request += chunk.toString('latin1');
			if (!wasWhole && isWhole(request)) raw.answer(request, socket);
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	const raw: RawServer = {
		origin: `http://127.0.0.1:${port}`,
		answer: (_request, socket) => socket.destroy(),
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				for (const socket of sockets) socket.destroy();
			}),
	};
	return raw;
}

/** Whether the request has come to its end, by its content length. */
function isWhole(request: string): boolean {
	const headEnd = request.indexOf('\r\n\r\n');
	if (headEnd < 0) return false;
	const length = Number(/^content-length: *(\d+)/im.exec(request.slice(0, headEnd))?.[1] ?? 0);
	return request.length >= headEnd + 4 + length;
}
