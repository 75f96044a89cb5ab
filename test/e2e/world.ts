import { afterAll, beforeAll, inject } from 'vitest';
import {
	startAuthorizationServer,
	type AuthorizationServer,
	type AuthorizationServerOptions,
} from '../servers/authorizationServer';
import type { ReceivedRequest } from '../servers/loopback';
import {
	startProtectedApi,
	type ProtectedApi,
	type ProtectedApiOptions,
} from '../servers/protectedApi';
import './globalSetup';
import { N8n, type N8nOptions } from './n8n';
import { waitFor } from './processes';
import type { N8nInstallation } from './provision';
import { clientCredential, type Workflow } from './workflows';

/** One n8n with the package, and the servers that its workflows talk to. */
export interface World {
	n8n: N8n;
	server: AuthorizationServer;
	/** An API of the test's own, so that its counts and its limit are as well. */
	startApi(options?: Partial<ProtectedApiOptions>): Promise<ProtectedApi>;
	/**
	 * A client of the authorization server and its credential in n8n, under one name. Nobody has a
	 * token for it yet, so the test that asks for it begins cold.
	 */
	newClient(overrides?: Record<string, unknown>): Promise<Client>;
	/** Saves a workflow as the editor does, and publishes it. */
	publish(workflow: Workflow): Promise<Published>;
}

export interface Client {
	id: string;
	secret: string;
	/** Of the credential that holds it. */
	credentialId: string;
	tokenRequests(): number;
}

export interface Published {
	/** As n8n named it. */
	id: string;
	/** Calls its webhook with so many items. Only an answer of 2xx is one. */
	call(items: Item[]): Promise<unknown>;
}

export interface Item {
	id: string;
	[field: string]: unknown;
}

export interface WorldOptions extends N8nOptions {
	version: string;
	server?: Omit<AuthorizationServerOptions, 'clients'>;
	/** Runs before n8n starts. */
	beforeStart?: (world: World) => Promise<void>;
}

/** A world for the tests of one `describe`; filled before the first of them. */
export function useWorld(options: WorldOptions | (() => Promise<WorldOptions>)): World {
	const world = {} as World;
	const closers: Array<() => Promise<void>> = [];
	beforeAll(async () => {
		const resolved = typeof options === 'function' ? await options() : options;
		Object.assign(world, await createWorld(resolved, closers));
		await resolved.beforeStart?.(world);
		await world.n8n.start();
	});
	afterAll(async () => {
		for (const close of closers.reverse()) await close();
	});
	return world;
}

/** The n8n that the global set-up has provided. */
export function installationOf(version: string): N8nInstallation {
	const installation = inject('installations')[version];
	if (!installation) throw new Error(`n8n ${version} is not provisioned`);
	return installation;
}

/** How many clients the tests of one world may use; the server has to know them when it starts. */
const CLIENTS = 20;

async function createWorld(
	options: WorldOptions,
	closers: Array<() => Promise<void>>,
): Promise<World> {
	const { version, server: serverOptions, ...n8nOptions } = options;
	const installation = installationOf(version);
	const names = Array.from({ length: CLIENTS }, (_, index) => `client-${index + 1}`);
	const server = await startAuthorizationServer({
		...serverOptions,
		clients: names.map((client_id) => ({ client_id })),
	});
	closers.push(() => server.close());
	const n8n = await N8n.create(installation, n8nOptions);
	closers.push(() => n8n.dispose());
	await n8n.installPackage(inject('tarball'));
	let clientsUsed = 0;

	return {
		n8n,
		server,
		async startApi(apiOptions) {
			const api = await startProtectedApi({ authorizationServer: server, ...apiOptions });
			closers.push(() => api.close());
			return api;
		},
		async newClient(overrides) {
			const client = server.clients[clientsUsed++];
			if (!client) throw new Error(`The tests use more than ${CLIENTS} clients`);
			const { client_id: id, client_secret: secret } = client;
			const credential = clientCredential(id, {
				tokenUrl: server.tokenUrl,
				clientId: id,
				clientSecret: secret,
				...overrides,
			});
			const credentialId = await addCredential(n8n, credential);
			return {
				id,
				secret,
				credentialId,
				tokenRequests: () => server.requests.filter(isOf(id)).length,
			};
		},
		async publish(workflow) {
			// n8n names it, and version 1 wants to be told that it is not active yet.
			const content = { ...workflow, id: undefined, active: false };
			const { id } = await n8n.rest.post<{ id: string }>('/workflows', content);
			await n8n.publish(id);
			const trigger = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.webhook');
			const path = String(trigger?.parameters.path);
			return { id, call: (items) => callWebhook(n8n.webhookUrl(path), items) };
		},
	};
}

/** Token requests of one client. */
function isOf(clientId: string): (request: ReceivedRequest) => boolean {
	return ({ body }) => new URLSearchParams(body).get('client_id') === clientId;
}

/** While n8n runs as the editor does, which is quick; before that by its command line. */
async function addCredential(
	n8n: N8n,
	credential: ReturnType<typeof clientCredential>,
): Promise<string> {
	if (n8n.pid === undefined) {
		await n8n.importCredentials([credential]);
		return credential.id;
	}
	const { name, type, data } = credential;
	return (await n8n.rest.post<{ id: string }>('/credentials', { name, type, data })).id;
}

/** n8n 2 may answer 404 for a moment after a workflow is published: nothing has run then. */
async function callWebhook(url: string, items: Item[]): Promise<unknown> {
	const response = await waitFor(
		async () => {
			const answer = await fetch(url, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ items }),
			});
			return answer.status === 404 ? undefined : answer;
		},
		{ timeoutMs: 10_000, describe: () => `${url} is not registered` },
	);
	const text = await response.text();
	if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
	return JSON.parse(text);
}

/** Items whose IDs no other call uses. */
export function items(name: string, count: number): Item[] {
	return Array.from({ length: count }, (_, index) => ({ id: `${name}-${index + 1}` }));
}

/** What must hold of every scenario: each of these items arrived once, and nothing else did. */
export function deliveredOnce(sent: Item[]): Map<string, number> {
	return new Map(sent.map(({ id }) => [id, 1]));
}
