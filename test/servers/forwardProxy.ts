import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { listenOnLoopback } from './loopback';

export interface ForwardProxy {
	url: string;
	/** What clients asked it for, in order. */
	requests: readonly ProxyRequest[];
	close(): Promise<void>;
}

export interface ProxyRequest {
	/** `CONNECT` where the client asked for a tunnel (RFC 9110 §9.3.6). */
	readonly method: string;
	/** `host:port` of a tunnel, else the absolute URL (RFC 9112 §3.2.2). */
	readonly target: string;
}

/** A forward proxy on loopback that takes its clients wherever they ask. */
export async function startForwardProxy(): Promise<ForwardProxy> {
	const { origin, server, close } = await listenOnLoopback();
	const requests: ProxyRequest[] = [];
	const record = ({ method = '', url = '' }: IncomingMessage) =>
		void requests.push({ method, target: url });

	server.on('request', (req, res) => {
		record(req);
		if (!/^http:\/\//.test(req.url ?? '')) {
			res.writeHead(400).end('This is a proxy: it wants an absolute URL.');
			return;
		}
		const { 'proxy-connection': _, ...headers } = req.headers;
		const forwarded = httpRequest(req.url ?? '', { method: req.method, headers }, (answer) => {
			res.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(res);
		});
		forwarded.on('error', () => (res.headersSent ? res.destroy() : res.writeHead(502).end()));
		req.pipe(forwarded);
	});

	server.on('connect', (req, client, head) => {
		record(req);
		const { hostname, port } = new URL(`tunnel://${req.url}`);
		const target = connect(Number(port), hostname, () => {
			client.write('HTTP/1.1 200 Connection established\r\n\r\n');
			target.write(head);
			target.pipe(client).pipe(target);
		});
		const end = () => {
			target.destroy();
			client.destroy();
		};
		target.on('error', end).on('close', end);
		client.on('error', end).on('close', end);
	});

	return { url: origin, requests, close };
}
