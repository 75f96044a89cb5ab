/**
 * An n8n to try the package in: with the package installed, the "nightly sync" example and its
 * credential imported, and an authorization server and a rate-limited API on this machine to call.
 */
import { createConnection } from 'node:net';
import { startAuthorizationServer } from '../servers/authorizationServer';
import { startProtectedApi } from '../servers/protectedApi';
import { N8n } from './n8n';
import { OWNER } from './n8nRest';
import { N8N_2, packPackage } from './prepare';
import { endInOrder, freePort } from './processes';
import { provisionN8n } from './provision';
import { adaptExample, clientCredential, readExamples } from './workflows';

const USUAL_PORT = 5678;
const LIMIT = { requests: 20, windowMs: 1_000 };

async function main(): Promise<void> {
	const closers: Array<() => Promise<void>> = [];
	const close = async () => {
		for (const step of closers.splice(0).reverse()) await step().catch(say);
	};
	endInOrder(async () => {
		say('\nStopping n8n and the servers…');
		await close();
		say('Stopped. Nothing is left behind but the cache of n8n itself.');
	});
	try {
		await start(closers);
	} catch (error) {
		await close();
		throw error;
	}
}

async function start(closers: Array<() => Promise<void>>): Promise<void> {
	const installation = await provisionN8n(N8N_2, { onProgress: say });
	const packed = await packPackage(say);
	closers.push(() => packed.dispose());
	const server = await startAuthorizationServer({ clients: [{ client_id: 'nightly-sync' }] });
	closers.push(() => server.close());
	const api = await startProtectedApi({ authorizationServer: server, rateLimit: LIMIT });
	closers.push(() => api.close());
	const n8n = await N8n.create(installation, { port: await portFor(USUAL_PORT) });
	closers.push(() => n8n.dispose());

	say('n8n: install the package, import credential and workflow');
	await n8n.installPackage(packed.tarball);
	const { client_id: clientId = '', client_secret: clientSecret = '' } = server.clients[0] ?? {};
	const credentialId = 'nightly-sync';
	await n8n.importCredentials([
		{
			...clientCredential(credentialId, { tokenUrl: server.tokenUrl, clientId, clientSecret }),
			name: 'Nightly sync',
		},
	]);
	const url = `${api.origin}/records`;
	for (const [file, example] of await readExamples()) {
		const id = file.replace(/\.json$/, '');
		await n8n.importWorkflow(adaptExample(example, { id, url, credentialId }));
	}
	say('n8n: start');
	await n8n.start();
	// Creates the owner's account, which then owns what was imported.
	await n8n.rest.get('/workflows');
	n8n.onExit((output) => {
		say(`n8n ended by itself.\n${output}`);
		process.exitCode = 1;
		process.kill(process.pid, 'SIGTERM');
	});

	say(
		box([
			`n8n ${installation.version} with this package:  ${n8n.url}`,
			'',
			`E-mail     ${OWNER.email}`,
			`Password   ${OWNER.password}`,
			'',
			'Open the workflow "Nightly sync" and press "Execute workflow".',
			'',
			`Token URL  ${server.tokenUrl}`,
			`Client ID  ${clientId}`,
			`Secret     ${clientSecret}`,
			`API        ${url}   (${LIMIT.requests} requests per second)`,
			'',
			'Ctrl-C stops everything.',
		]),
	);
	reportTraffic(server.tokenRequests, () => api.delivered().size, api.refused429);
}

/** A line whenever something has happened, and then not before it is quiet. */
function reportTraffic(...counts: Array<() => number>): void {
	let reported = '0,0,0';
	let last = reported;
	setInterval(() => {
		const now = counts.map((count) => count()).join();
		if (now === last && now !== reported) {
			const [tokens, delivered, refused] = now.split(',');
			say(`  ${tokens} token requests, ${delivered} records delivered, ${refused} × 429 so far`);
			reported = now;
		}
		last = now;
	}, 1_500);
}

/** The wanted port, or a free one where something listens on it already. */
async function portFor(wanted: number): Promise<number> {
	const isTaken = await new Promise<boolean>((resolve) => {
		const socket = createConnection(wanted, '127.0.0.1');
		socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
		socket.once('connect', () => socket.destroy());
	});
	return isTaken ? await freePort() : wanted;
}

function box(lines: string[]): string {
	const width = Math.max(...lines.map((line) => line.length));
	const edge = '─'.repeat(width + 4);
	const rows = lines.map((line) => `│  ${line.padEnd(width)}  │`);
	return ['', `┌${edge}┐`, ...rows, `└${edge}┘`, ''].join('\n');
}

function say(line: unknown): void {
	console.log(line instanceof Error ? line.message : line);
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exit(1);
});
