import { generateKeyPairSync } from 'node:crypto';
import type { Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { INode } from 'n8n-workflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Transport } from '../../http/transport/transport';
import { systemTiming } from '../../n8n/systemTiming';
import { tokenRequestSender } from '../../n8n/tokenRequestSender';
import { toErrorJson } from '../../nodes/OAuth2HttpRequest/errors/toErrorJson';
import { toNodeError } from '../../nodes/OAuth2HttpRequest/errors/toNodeError';
import { readClientCredentials } from '../../oauth/client/clientCredentials';
import { TokenError } from '../../oauth/errors/tokenError';
import { requestAccessToken } from '../../oauth/server/grant';
import type { AccessToken } from '../../oauth/token/accessToken';
import { n8nTransport, olderN8nTransport } from '../http/transport/n8nHelper';
import { startRawServer, type RawServer } from '../servers/rawServer';

/** How long one try may take here. */
const TIMEOUT_MS = 250;
/** For a busy machine. What hangs, hangs for longer. */
const MARGIN_MS = 5_000;
const LONGEST_MS = 2 * TIMEOUT_MS + MARGIN_MS;
const RUNS = Number(process.env.FUZZ_RUNS ?? 300);
/** Another one with each run, and printed: `FUZZ_SEED=… FUZZ_RUNS=… npx vitest run <this file>` repeats it, or looks further. */
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const NO_RETRY = { maxRetries: 0, baseMs: 1, capMs: 1, maxRetryAfterMs: 1 };

const CLIENT_ID = 'nightly sync+1';
/** With all that encodings write in another way. */
const SECRET = 's3cr/t+with~all (kinds) of*signs&=<"\'\\ü%';
/** What the server issues. It would not be issued twice, and is in no text of ours. */
const TOKEN = 'Zq9opaque-access-token.of~mine_0815Xw7';
const NODE = { name: 'OAuth2 HTTP Request', typeVersion: 1 } as INode;

let server: RawServer;
let transports: Array<[name: string, transport: Transport]>;
beforeAll(async () => {
	server = await startRawServer();
	transports = [
		['httpRequest', await n8nTransport()],
		['request', await olderN8nTransport()],
	];
});
afterAll(() => server.close());

/** What the client has sent that nobody else may see. */
interface Sent {
	/** As it stands in the form. */
	assertion: string;
}

/** What a server may send back of a value: in all encodings that are met in the wild. */
const ENCODINGS: ReadonlyArray<(value: string) => string> = [
	(value) => value,
	encodeURIComponent,
	(value) => encodeURIComponent(encodeURIComponent(value)),
	(value) => encodeURIComponent(value).replace(/%../g, (code) => code.toLowerCase()),
	(value) => new URLSearchParams([['', value]]).toString().slice(1),
	(value) => JSON.stringify(value).slice(1, -1),
	(value) => JSON.stringify(value).slice(1, -1).replaceAll('/', '\\/'),
	// .NET and PHP write what HTML might take for its own, and all beyond ASCII, by number.
	(value) =>
		JSON.stringify(value)
			.slice(1, -1)
			.replace(/[^\x20-\x7e]|[+&<>']/g, (char) => `\\u${hex(char)}`),
	(value) => value.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`),
	(value) => value.replace(/[^\w ]/g, (char) => `&#x${hex(char).replace(/^0+/, '')};`),
	(value) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
	(value) => Buffer.from(`${CLIENT_ID}:${value}`).toString('base64'),
	(value) => Buffer.from(`${formEncode(CLIENT_ID)}:${formEncode(value)}`).toString('base64'),
	(value) => Buffer.from(`${CLIENT_ID}:${value}`).toString('base64url'),
];

const hex = (char: string) => char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
const formEncode = (value: string) => new URLSearchParams([['', value]]).toString().slice(1);

/** A text of the server in which `${n}` stands for the secret in the n-th encoding. */
const secretText = fc
	.tuple(
		fc.string({ maxLength: 30 }),
		fc.constantFrom(...ENCODINGS),
		fc.constantFrom('', 'a', ' ', 'Basic ', '"', '&', 'x'.repeat(280), 'x'.repeat(3_990)),
	)
	.map(([around, encode, before]) => `${before}${encode(SECRET)}${around}`);

const ASSERTION = '<assertion>';
const text = fc.oneof(
	fc.string({ maxLength: 60 }),
	secretText,
	fc.constantFrom(
		ASSERTION,
		`client_assertion=${ASSERTION}`,
		`invalid_${ASSERTION}`,
		'invalid_client',
	),
);

const tokenValue = fc.constantFrom<unknown>(
	TOKEN,
	` ${TOKEN}\n`,
	`${TOKEN}\r\nX-Injected: 1`,
	`${TOKEN}\u0000ü`,
	[TOKEN],
	{ value: TOKEN },
	'',
	null,
	0,
);

/** Members that a token response or an error may have, right and wrong. */
const member = fc.oneof(
	fc.tuple(fc.constantFrom('access_token', 'accessToken', 'token', 'id_token'), tokenValue),
	fc.tuple(
		fc.constantFrom('expires_in', 'exp'),
		fc.oneof(fc.double(), fc.integer(), text, fc.constant(null), fc.constant('3600')),
	),
	fc.tuple(
		fc.constantFrom('token_type', 'scope'),
		fc.oneof(fc.constantFrom('Bearer', 'bearer', 'DPoP', 'mac', 'N_A', ''), text, fc.constant(1)),
	),
	fc.tuple(
		fc.constantFrom('error', 'error_description', 'error_uri', 'message', 'detail', 'errmsg'),
		fc.oneof(text, fc.constant({ message: SECRET }), fc.constant([SECRET]), fc.constant(true)),
	),
	fc.tuple(text, fc.oneof(text, fc.jsonValue({ maxDepth: 2 }))),
);

const object = fc
	.array(member, { maxLength: 6 })
	.map((members) => Object.fromEntries(members) as Record<string, unknown>);

const json = fc.oneof(
	object.map((value) => JSON.stringify(value)),
	object.map((value) => JSON.stringify({ data: value })),
	object.map((value) => JSON.stringify([value])),
	fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
);

const form = object.map((value) =>
	new URLSearchParams(
		Object.entries(value).map(([name, one]): [string, string] => [name, String(one)]),
	).toString(),
);

const page = text.map((said) => `<!DOCTYPE html><title>${said}</title><p>Sign in: ${said}</p>`);

/** What servers mostly do: they say what was wrong, and quote it. */
const echo = fc
	.tuple(fc.constantFrom('invalid_client', 'invalid_request', 'x'), secretText, fc.nat(3))
	.map(([error, said, form]) =>
		form === 0
			? `<p>${said}</p>`
			: form === 1
				? new URLSearchParams([
						['error', error],
						['error_description', said],
					]).toString()
				: JSON.stringify({ error, error_description: said }),
	);

const body: fc.Arbitrary<Buffer> = fc.oneof(
	{ weight: 6, arbitrary: echo.map((value) => Buffer.from(value)) },
	fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
	json.map((value) => Buffer.from(value)),
	json.map((value) => Buffer.from(`\uFEFF${value}`)),
	// Nearly JSON: cut, doubled, with a comma too many.
	fc.tuple(json, fc.nat(400)).map(([value, at]) => Buffer.from(value.slice(0, at))),
	json.map((value) => Buffer.from(`${value},${value}`)),
	form.map((value) => Buffer.from(value)),
	page.map((value) => Buffer.from(value)),
	text.map((value) => Buffer.from(value)),
	fc.constantFrom('', '{}', '[]', 'null', '""', TOKEN).map((value) => Buffer.from(value)),
	// Up to the limit, and beyond it.
	fc
		.tuple(fc.constantFrom(1_048_000, 1_048_576, 1_048_577, 3_000_000), text)
		.map(([length, said]) => Buffer.concat([Buffer.from(said), Buffer.alloc(length, said || 'x')])),
);

const header = fc.oneof(
	{
		weight: 3,
		arbitrary: fc
			.constantFrom('', 'application/json', 'text/html; charset=utf-8')
			.map((type) => `Content-Type: ${type}`),
	},
	fc
		.constantFrom('\u0000', ';;;', 'a/b; charset=none', 'application/json; charset="')
		.map((type) => `Content-Type: ${type}`),
	fc.constantFrom(
		'Content-Length: 5',
		'Content-Length: nothing',
		'Transfer-Encoding: chunked',
		'Date: yesterday',
		'Date: Thu, 01 Jan 1970 00:00:00 GMT',
		'Retry-After: soon',
		'DPoP-Nonce: a, b',
		'DPoP-Nonce: \u00ff',
		'WWW-Authenticate: Basic realm=',
		'Set-Cookie: a=b',
		'No colon here',
		': no name',
	),
	fc
		.tuple(fc.constantFrom('Location', 'X-Debug', 'WWW-Authenticate'), text)
		.map(([name, value]) => `${name}: ${value.replace(/[\r\n]/g, ' ')}`),
	fc
		.tuple(fc.constantFrom('https://login.example.com/', 'https://', '/'), text)
		.map(([base, value]) => `Location: ${base}${value.replace(/[\r\n]/g, ' ')}`),
	fc.constantFrom(1_000, 20_000, 200_000).map((length) => `X-Long: ${'x'.repeat(length)}`),
);

const ENCODERS = {
	gzip: gzipSync,
	deflate: deflateSync,
	br: brotliCompressSync,
	// Said, and not done.
	'gzip, gzip': (bytes: Buffer) => bytes,
	br2: (bytes: Buffer) => bytes,
} as const;

interface Answer {
	statusLine: string;
	headers: string[];
	body: Buffer;
	encoding: keyof typeof ENCODERS | '';
	/** Ends the connection after so many of 1000 parts, in this way. */
	end: { at: number; how: 'reset' | 'close' | 'silence' | 'drip' };
	sayLength: boolean;
}

const answer: fc.Arbitrary<Answer> = fc.record({
	statusLine: fc.oneof(
		{
			weight: 8,
			arbitrary: fc
				.oneof(
					fc.constantFrom(200, 200, 200, 400, 401, 401, 403, 404, 429, 500, 503),
					fc.integer({ min: 101, max: 599 }),
				)
				.map((status) => `HTTP/1.1 ${status} ?`),
		},
		{
			weight: 1,
			arbitrary: fc.constantFrom(
				'HTTP/1.0 200',
				'HTTP/2 200 OK',
				'HTTP/1.1 0',
				'HTTP/1.1 999 x',
				'SSH-2.0-OpenSSH_9.6',
				'',
			),
		},
	),
	headers: fc.array(header, { maxLength: 4 }),
	body,
	encoding: fc.oneof(
		{ weight: 5, arbitrary: fc.constant('' as const) },
		{
			weight: 2,
			arbitrary: fc.constantFrom(...(Object.keys(ENCODERS) as Array<keyof typeof ENCODERS>)),
		},
	),
	end: fc.oneof(
		{ weight: 6, arbitrary: fc.constant({ at: 1000, how: 'close' as const }) },
		{
			weight: 4,
			arbitrary: fc.record({
				at: fc.integer({ min: 0, max: 1000 }),
				how: fc.constantFrom('reset' as const, 'close' as const),
			}),
		},
		{
			weight: 1,
			arbitrary: fc.record({
				at: fc.integer({ min: 0, max: 999 }),
				how: fc.constantFrom('silence' as const, 'drip' as const),
			}),
		},
	),
	sayLength: fc.boolean(),
});

function bytesOf(
	{ statusLine, headers, body: plain, encoding, sayLength }: Answer,
	sent: Sent,
): Buffer {
	const fill = (value: string) => value.replaceAll(ASSERTION, sent.assertion);
	const filled =
		plain.includes(ASSERTION) && plain.length < 10_000
			? Buffer.from(fill(plain.toString()))
			: plain;
	const bytes = encoding === '' ? filled : ENCODERS[encoding](filled);
	const lines = [
		statusLine,
		...headers.map(fill),
		...(encoding === '' ? [] : [`Content-Encoding: ${encoding.replace('2', '')}`]),
		...(sayLength ? [`Content-Length: ${bytes.length}`] : []),
	];
	return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), bytes]);
}

function write(bytes: Buffer, { at, how }: Answer['end'], socket: Socket): void {
	const part = Math.floor((bytes.length * at) / 1000);
	const rest = bytes.subarray(part);
	if (how === 'close') return void socket.end(bytes.subarray(0, part));
	socket.write(bytes.subarray(0, part), () => {
		if (how === 'reset') socket.resetAndDestroy();
		if (how !== 'drip') return;
		let next = 0;
		const timer = setInterval(() => {
			if (socket.destroyed || next >= rest.length) return void clearInterval(timer);
			socket.write(rest.subarray(next, ++next));
		}, 20);
		socket.on('close', () => clearInterval(timer));
	});
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const CLIENTS = {
	client_secret_post: { clientSecret: SECRET },
	client_secret_basic: { clientSecret: SECRET },
	client_secret_jwt: { clientSecret: SECRET },
	private_key_jwt: { privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) },
};

type Result = { token: AccessToken } | { error: unknown };

/** Asks the server for a token, with nothing of ours taken out but the time that is waited. */
async function ask(transport: Transport, fields: Record<string, unknown>): Promise<Result> {
	const client = readClientCredentials({
		tokenUrl: `${server.origin}/token`,
		clientId: CLIENT_ID,
		...fields,
	});
	const hurried: Transport = (request, signal) =>
		transport({ ...request, timeoutMs: TIMEOUT_MS }, signal);
	const send = tokenRequestSender(hurried, client, NO_RETRY, systemTiming);
	try {
		return { token: await requestAccessToken(client, { send, now: () => Date.now() }) };
	} catch (error) {
		return { error };
	}
}

/** Everything that n8n could show, log or output of an error. */
function allTexts(error: unknown): string {
	const nodeError = toNodeError(NODE, error, 0);
	return [error, nodeError]
		.flatMap((one) => {
			const { message, stack, cause, ...more } = one as Error;
			return [message, stack, JSON.stringify(one), JSON.stringify(more), JSON.stringify(cause)];
		})
		.concat(nodeError.description ?? '', JSON.stringify(toErrorJson(nodeError, 0)))
		.join('\n');
}

/** What would give something away, though it be a part only, as of an answer that was cut. */
function giveaways(hasSecret: boolean, { assertion }: Sent): string[] {
	const [, , signature = ''] = assertion.split('.');
	const parts = [SECRET, SECRET.slice(0, 8), SECRET.slice(-8)];
	const forms = hasSecret ? ENCODINGS.flatMap((encode) => parts.map(encode)) : [];
	return [...new Set([...forms, TOKEN.slice(0, 8), signature])].filter((part) => part !== '');
}

describe('whatever the token URL answers', () => {
	it(`it is a token or a clear error, in time, and nothing secret is told (seed ${SEED})`, async () => {
		const cases = fc.record({
			answer,
			transport: fc.nat(1),
			method: fc.constantFrom(...(Object.keys(CLIENTS) as Array<keyof typeof CLIENTS>)),
			custom: fc.constantFrom<Record<string, unknown>>(
				{},
				{},
				{ customTokenResponse: true, tokenPath: '' },
				{ customTokenResponse: true, tokenPath: 'data.access_token', lifetimePath: 'data.exp' },
				{ sendTokenAs: 'query' },
				{ dpop: true },
			),
		});
		await fc.assert(
			fc.asyncProperty(cases, async ({ answer: given, transport, method, custom }) => {
				const sent: Sent = { assertion: '' };
				server.answer = (request, socket) => {
					const form = new URLSearchParams(request.split('\r\n\r\n')[1]);
					sent.assertion = form.get('client_assertion') ?? '';
					write(bytesOf(given, sent), given.end, socket);
				};
				const [, send] = transports[transport] ?? expect.unreachable();
				const result = await ask(send, {
					clientAuthentication: method,
					...CLIENTS[method],
					...custom,
				});
				if ('token' in result) {
					// RFC 6749 §A.12: what goes into a header as it is.
					expect(result.token.value).toMatch(/^[\x20-\x7e]+$/);
					expect(result.token.expiresAtMs).toBeGreaterThan(Date.now() - 60_000);
					return;
				}
				const { error } = result;
				expect(error).toBeInstanceOf(TokenError);
				const { message, description } = error as TokenError;
				expect(message).toMatch(/^\S.{5,200}$/);
				expect(description).toMatch(/^\S.{5,1200}$/);
				const texts = allTexts(error);
				const hasSecret = 'clientSecret' in CLIENTS[method];
				for (const part of giveaways(hasSecret, sent)) expect(texts).not.toContain(part);
			}),
			{
				numRuns: RUNS,
				seed: SEED,
				endOnFailure: false,
				timeout: LONGEST_MS,
				interruptAfterTimeLimit: 100 * RUNS,
			},
		);
	});
});
