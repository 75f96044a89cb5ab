/**
 * A token endpoint and an API in a process of their own, so that their time is not n8n's. Does as
 * little as it can: what is measured is the client.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { SELF_SIGNED } from '../../test/http/transport/selfSigned';

export interface ServerSettings {
	/** Before each answer of the API. */
	latencyMs: number;
	responseBytes: number;
	/** Calls that the API accepts in a second; 0: all. */
	limitPerSecond: number;
}

export interface ServerCounts {
	tokenRequests: number;
	/** Different IDs that the API has accepted. */
	delivered: number;
	/** Calls accepted for an ID that had been accepted before. */
	duplicates: number;
	/** Different ones that calls of the API came by. */
	connections: number;
}

export interface ServerPorts {
	http: number;
	https: number;
}

export type ServerMessage = { configure: ServerSettings } | 'counts';

/** Always accepted: for who has no part in OAuth. */
export const FLOOR_TOKEN = 'floor';

const WINDOW_MS = 1_000;
const FILE_CHUNK = Buffer.alloc(256 * 1024, 'x');

let settings: ServerSettings;
let counts: ServerCounts;
let accepted: Set<string>;
let sockets: WeakSet<Socket>;
let padding: string;
let window = { endsAtMs: 0, left: 0 };
let tokens = 0;
const issued = new Set([`Bearer ${FLOOR_TOKEN}`]);

function configure(wanted: ServerSettings): void {
	settings = wanted;
	counts = {
		tokenRequests: 0,
		delivered: 0,
		duplicates: 0,
		connections: 0,
	};
	accepted = new Set();
	sockets = new WeakSet();
	padding = rows(wanted.responseBytes);
	window = { endsAtMs: 0, left: 0 };
}

/** About so many bytes of JSON, in rows of 100. */
function rows(bytes: number): string {
	const row = `{"row":100001,"text":"${'x'.repeat(50)}","price":12.5,"sold":true}`;
	return bytes < 1_000
		? ''
		: `,"rows":[${Array(Math.floor(bytes / 100))
				.fill(row)
				.join()}]`;
}

function handle(req: IncomingMessage, res: ServerResponse): void {
	const url = req.url ?? '';
	if (url === '/token') return whenRead(req, () => answerToken(res));
	whenRead(req, () => {
		if (settings.latencyMs === 0) answerCall(req, res);
		else setTimeout(() => answerCall(req, res), settings.latencyMs);
	});
}

function whenRead(req: IncomingMessage, then: () => void): void {
	req.once('end', then).resume();
}

function answerToken(res: ServerResponse): void {
	counts.tokenRequests++;
	const token = `token-${++tokens}`;
	issued.add(`Bearer ${token}`);
	json(res, `{"access_token":"${token}","token_type":"Bearer","expires_in":3600}`);
}

function answerCall(req: IncomingMessage, res: ServerResponse): void {
	if (!sockets.has(req.socket)) counts.connections++;
	sockets.add(req.socket);
	if (!issued.has(req.headers.authorization ?? '')) {
		res.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
		return;
	}
	if (settings.limitPerSecond > 0 && !withinLimit(res)) {
		res.statusCode = 429;
		json(res, '{"error":"too many requests"}');
		return;
	}
	const [path = '', query = ''] = (req.url ?? '').split('?');
	const id = /(?:^|&)id=(\d+)/.exec(query)?.[1] ?? '';
	if (accepted.has(id)) counts.duplicates++;
	accepted.add(id);
	counts.delivered = accepted.size;
	if (path === '/file') void sendFile(res, Number(/(?:^|&)bytes=(\d+)/.exec(query)?.[1]));
	else json(res, `{"id":${id || 0},"name":"record","city":"Berlin","active":true${padding}}`);
}

function withinLimit(res: ServerResponse): boolean {
	const now = Date.now();
	if (now >= window.endsAtMs) {
		window = { endsAtMs: now + WINDOW_MS, left: settings.limitPerSecond };
	}
	const isWithin = window.left > 0;
	if (isWithin) window.left--;
	const resetSeconds = Math.ceil((window.endsAtMs - now) / 1000);
	res.setHeader('ratelimit-policy', `"default";q=${settings.limitPerSecond};w=1`);
	res.setHeader('ratelimit', `"default";r=${window.left};t=${resetSeconds}`);
	if (!isWithin) res.setHeader('retry-after', String(resetSeconds));
	return isWithin;
}

function json(res: ServerResponse, text: string): void {
	res.setHeader('content-type', 'application/json; charset=utf-8');
	res.setHeader('content-length', Buffer.byteLength(text));
	res.end(text);
}

async function sendFile(res: ServerResponse, bytes: number): Promise<void> {
	res.writeHead(200, {
		'content-type': 'application/octet-stream',
		'content-length': String(bytes),
	});
	for (let left = bytes; left > 0; left -= FILE_CHUNK.length) {
		const isRoom = res.write(left < FILE_CHUNK.length ? FILE_CHUNK.subarray(0, left) : FILE_CHUNK);
		if (!isRoom) await roomIn(res);
		if (res.destroyed) return;
	}
	res.end();
}

async function roomIn(res: ServerResponse): Promise<void> {
	const either = new AbortController();
	const { signal } = either;
	await Promise.race([once(res, 'drain', { signal }), once(res, 'close', { signal })]);
	either.abort();
}

configure({ latencyMs: 0, responseBytes: 0, limitPerSecond: 0 });
const servers = [createServer(handle), createTlsServer(SELF_SIGNED, handle)];
for (const server of servers) {
	server.keepAliveTimeout = 60_000;
	server.listen({ port: 0, host: '127.0.0.1', backlog: 65_535 });
}
process.on('message', (message: ServerMessage) => {
	if (message !== 'counts') configure(message.configure);
	process.send?.(counts);
});
process.on('disconnect', () => process.exit());
void Promise.all(servers.map((server) => once(server, 'listening'))).then(() => {
	const [http = 0, https = 0] = servers.map((server) => (server.address() as AddressInfo).port);
	process.send?.({ http, https } satisfies ServerPorts);
});
