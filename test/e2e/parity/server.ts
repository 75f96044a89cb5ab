import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { SELF_SIGNED } from '../../http/transport/selfSigned';
import { CA, SERVER } from '../../servers/certificates';
import { listenOnLoopback } from '../../servers/loopback';
import type { Answer, AnswersByPath, ParityCase } from './parityCase';

/** A request as it arrived, byte for byte. */
export interface ArrivedRequest {
	/** Which of the case's two servers it reached. */
	server: 'api' | 'other';
	method: string;
	/** Path and query. */
	target: string;
	headers: IncomingMessage['headers'];
	/** Of the headers, as they were spelt. */
	headerNames: string[];
	body: Buffer;
	/** Subject of the client's certificate. */
	certificate?: string;
}

/** The servers of one node in one case. */
export interface CaseServers {
	/** Text with `{api}`, `{other}`, `{api host}`… → text with what they stand for. */
	fill: (text: string) => string;
	/** The other way round: a text without this run's ports. */
	blank: (text: string) => string;
	requests: readonly ArrivedRequest[];
	close: () => Promise<void>;
}

const HTTPS = {
	untrusted: SELF_SIGNED,
	mutual: { ...SERVER, ca: CA, requestCert: true, rejectUnauthorized: true },
};

const COMPRESS = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync };

/** Starts the servers, which answer as the case says and keep what they were sent. */
export async function startCaseServers({ answers = {}, https }: ParityCase): Promise<CaseServers> {
	const requests: ArrivedRequest[] = [];
	const options = https ? { https: HTTPS[https] } : {};
	const [api, other] = await Promise.all([listenOnLoopback(options), listenOnLoopback(options)]);
	const { host, port } = new URL(api.origin);
	/** From the longest to the shortest: what stands for what. */
	const names: Array<[name: string, found: string]> = [
		['{api}', api.origin],
		['{other}', other.origin],
		['{api host}', host],
		['{other host}', new URL(other.origin).host],
		['{api port}', port],
	];
	const fill = (text: string): string =>
		names.reduce((filled, [name, found]) => filled.replaceAll(name, found), text);
	for (const [name, { server }] of [['api', api] as const, ['other', other] as const]) {
		server.on('request', (req, res) => {
			const count = requests.length;
			const { method = '', url: target = '', headers, rawHeaders } = req;
			const headerNames = rawHeaders.filter((_, index) => index % 2 === 0);
			const arrived: ArrivedRequest = {
				server: name,
				method,
				target,
				headers,
				headerNames,
				body: Buffer.alloc(0),
				...(https === 'mutual' && { certificate: subjectOf(req.socket as TLSSocket) }),
			};
			requests.push(arrived);
			readBody(req)
				.then(async (body) => {
					arrived.body = body;
					await answer(res, chooseAnswer(answers, target, count), fill);
				})
				// The client went away, as after a timeout.
				.catch(() => res.destroy());
		});
	}
	return {
		fill,
		blank: (text) => names.reduce((blank, [name, found]) => blank.replaceAll(found, name), text),
		requests,
		close: async () => void (await Promise.all([api.close(), other.close()])),
	};
}

function chooseAnswer(answers: Answers, target: string, count: number): Answer {
	if (Array.isArray(answers)) return answers[Math.min(count, answers.length - 1)] ?? {};
	if (!isByPath(answers)) return answers;
	return Object.entries(answers).find(([path]) => path === target.split('?')[0])?.[1] ?? {};
}

type Answers = NonNullable<ParityCase['answers']>;

function isByPath(answers: Answer | AnswersByPath): answers is AnswersByPath {
	return Object.keys(answers).some((key) => key.startsWith('/'));
}

async function answer(
	res: ServerResponse,
	{ status = 200, headers = {}, body, encoding, chunked, pauseMs = 0, delayMs = 0, drop }: Answer,
	fill: (text: string) => string,
): Promise<void> {
	if (delayMs > 0) await sleep(delayMs);
	if (drop === 'before') return void res.destroy();
	const bytes = bytesOf(body, fill);
	const sent = encoding === undefined ? bytes : COMPRESS[encoding](bytes);
	if (!('content-type' in headers)) res.setHeader('content-type', 'application/json');
	for (const [name, value] of Object.entries(headers)) {
		if (value !== '') res.setHeader(name, Array.isArray(value) ? value : fill(value));
	}
	if (encoding !== undefined) res.setHeader('content-encoding', encoding);
	// No part of the comparison, and different in each run.
	res.sendDate = false;
	res.statusCode = status;
	if (drop === 'within') {
		res.setHeader('content-length', sent.length + 10);
		res.write(sent);
		// In order, so that what was sent arrives.
		return void res.socket?.destroySoon();
	}
	if (chunked) {
		for (const byte of sent) {
			if (!res.write(Buffer.of(byte))) await once(res, 'drain');
			if (pauseMs > 0) await sleep(pauseMs);
		}
	}
	res.end(chunked ? undefined : sent);
}

function bytesOf(body: unknown, fill: (text: string) => string): Buffer {
	if (body === undefined) return Buffer.from('{"ok":true}');
	if (typeof body === 'string') return Buffer.from(fill(body));
	if (isBase64(body)) return Buffer.from(body.base64, 'base64');
	return Buffer.from(fill(JSON.stringify(body)));
}

function isBase64(body: unknown): body is { base64: string } {
	return typeof body === 'object' && body !== null && Object.keys(body).join() === 'base64';
}

function subjectOf(socket: TLSSocket): string {
	return socket.getPeerX509Certificate()?.subject ?? '';
}

async function readBody(req: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of req) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}
