import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunResult } from '../n8n';
import type { ArrivedRequest, CaseServers } from './server';

/** What one node did in one case, without anything that differs from run to run. */
export interface Observation {
	requests: SeenRequest[];
	/** Items by output of the node; absent where the node did not run. */
	outputs?: SeenItem[][];
	/** Of a node that stopped its workflow. */
	stopped?: SeenError;
	/** What the node says of what failed, in the order of the items. Shown, but not compared. */
	texts: string[];
}

export interface SeenRequest {
	server: 'api' | 'other';
	method: string;
	target: string;
	headers: Record<string, string>;
	/** Of headers that no HTTP client writes by itself. */
	spelling: string[];
	body: string;
	/** Whether a Bearer token came along. */
	token: boolean;
	/** Subject of the client's certificate, where the server wants one. */
	certificate?: string;
}

/** As much of an error as a workflow may go by. */
interface SeenError {
	/** Of the response. */
	status?: number;
	/** What Node.js or n8n's HTTP client calls the fault. */
	code?: string;
	/** What the API answered. */
	body?: unknown;
}

export interface SeenItem {
	json: Record<string, unknown>;
	/** In place of `json.error` and, in the built-in node, `json.details`. */
	failed?: SeenError;
	files: Record<string, object>;
	pairedItem: unknown;
}

type NodeRun = RunResult['resultData']['runData'][string][number];
type Item = NonNullable<NonNullable<NonNullable<NodeRun['data']>['main'][number]>[number]>;

interface BinaryEntry {
	id?: string;
	/** Base64, where it is not in a file. */
	data?: string;
	fileName?: string;
	mimeType?: string;
	fileExtension?: string;
	fileType?: string;
}

/** An error as either node writes it into an item, or n8n into the data of a run. */
interface ErrorJson {
	message?: string;
	description?: string | null;
	httpCode?: string | null;
	status?: number;
	code?: string;
	body?: unknown;
}

export async function observe(
	run: NodeRun | undefined,
	servers: CaseServers,
	{ storageFolder, inOrder }: { storageFolder: string; inOrder: boolean },
): Promise<Observation> {
	const main = run?.data?.main;
	const outputs =
		main &&
		(await Promise.all(
			main.map(
				async (items) =>
					await Promise.all((items ?? []).map(async (item) => await seenItem(item, storageFolder))),
			),
		));
	const requests = servers.requests.map(seenRequest);
	const seen = {
		requests: inOrder ? requests : requests.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
		outputs: outputs?.map((items) => items.map(({ text, ...item }) => item)),
		...(run?.error && { stopped: seenError(run.error) }),
		texts: [
			...(outputs ?? []).flat().flatMap(({ text }) => text ?? []),
			...(run?.error ? [textOf(run.error)] : []),
		],
	};
	return JSON.parse(servers.blank(JSON.stringify(seen))) as Observation;
}

function keyOf({ target, body }: SeenRequest): string {
	return `${target} ${body}`;
}

function seenRequest(request: ArrivedRequest): SeenRequest {
	const { server, method, target, headers, headerNames, body, certificate } = request;
	const boundary = /boundary=(.*)$/.exec(headers['content-type'] ?? '')?.[1];
	const anonymous = (text: string): string =>
		boundary === undefined ? text : text.replaceAll(boundary, '{boundary}');
	const { authorization = '', ...others } = headers;
	const names = [...new Set(headerNames.map((name) => name.toLowerCase()))].sort();
	const token = authorization.startsWith('Bearer ');
	return {
		server,
		method,
		target,
		headers: Object.fromEntries(
			names
				.filter((name) => name !== 'authorization' || !token)
				.map((name) => [name, anonymous(String(others[name] ?? authorization))])
				// The bytes themselves are compared; only whether it is told is of interest.
				.map(([name, value]) => [name, name === 'content-length' ? '{length}' : value]),
		),
		spelling: headerNames.filter((name) => !USUAL.has(name.toLowerCase())).sort(),
		body: readable(Buffer.from(anonymous(body.toString('latin1')), 'latin1')),
		token,
		...(certificate !== undefined && { certificate }),
	};
}

const USUAL = new Set([
	'accept',
	'accept-encoding',
	'authorization',
	'connection',
	'content-length',
	'content-type',
	'host',
	'transfer-encoding',
	'user-agent',
]);

async function seenItem(
	{ json, binary, ...rest }: Item,
	storageFolder: string,
): Promise<SeenItem & { text?: string }> {
	const { pairedItem } = rest as { pairedItem?: unknown };
	const files = Object.entries((binary ?? {}) as Record<string, BinaryEntry>).map(
		async ([name, entry]): Promise<[string, object]> => [
			name,
			await seenFile(entry, storageFolder),
		],
	);
	return { ...seenJson(json), files: Object.fromEntries(await Promise.all(files)), pairedItem };
}

/** Both nodes put an error there; only its meaning is compared. */
function seenJson(
	json: Record<string, unknown>,
): Pick<SeenItem, 'json' | 'failed'> & { text?: string } {
	const { error, details, ...others } = json;
	if (error === undefined || isAnswer(json)) return { json };
	const written = { ...(error as ErrorJson), ...(details as ErrorJson) };
	const text = typeof error === 'string' ? error : textOf(written);
	return { json: others, failed: typeof error === 'string' ? {} : seenError(written), text };
}

/** An API may well answer with a field named `error`: the cases of this comparison mark it so. */
function isAnswer(json: Record<string, unknown>): boolean {
	return 'answer' in json;
}

function seenError({
	httpCode,
	status = Number(httpCode ?? NaN),
	code,
	body,
}: ErrorJson): SeenError {
	return {
		...(!Number.isNaN(status) && { status }),
		...(code !== undefined && { code }),
		...(body !== undefined && body !== null && { body }),
	};
}

function textOf({ message = '', description }: ErrorJson): string {
	const text = [message, description].filter(Boolean).join(' — ');
	// Where OpenSSL keeps its error in memory.
	return text.replaceAll(/\b[\dA-F]{16}:(?=error:)/g, '');
}

async function seenFile(
	{ id, data = '', fileName, mimeType, fileExtension, fileType }: BinaryEntry,
	storageFolder: string,
): Promise<object> {
	const bytes =
		id === undefined
			? Buffer.from(data, 'base64')
			: await readFile(join(storageFolder, id.slice(id.indexOf(':') + 1)));
	return { fileName, mimeType, fileExtension, fileType, content: readable(bytes) };
}

/** Text where it is text, else base64. */
function readable(bytes: Buffer): string {
	const text = bytes.toString('utf8');
	return Buffer.from(text).equals(bytes) ? text : `base64 ${bytes.toString('base64')}`;
}
