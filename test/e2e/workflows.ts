import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CREDENTIAL_TYPE, NODE_TYPE } from '../engine/nodeWorkflow';
import type { CredentialJson, WorkflowJson } from './n8n';
import { ROOT } from './prepare';

export { CREDENTIAL_TYPE, NODE_TYPE };
/** Name of the node under test in the workflows below, and in the examples. */
export const SEND = 'Send to API';

export interface WorkflowNode {
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
	[setting: string]: unknown;
}

export interface Workflow extends WorkflowJson {
	nodes: WorkflowNode[];
}

export type NodeParts = Pick<WorkflowNode, 'name' | 'type' | 'parameters'> & Partial<WorkflowNode>;

/** Nodes one after the other, each connected to the next by its first output. */
export function chain(id: string, parts: NodeParts[]): Workflow {
	const nodes = parts.map((part, index) => ({
		id: `${id}-${index}`,
		typeVersion: 1,
		position: [index * 220, 0] as [number, number],
		...part,
	}));
	const connections = Object.fromEntries(
		nodes.slice(0, -1).map(({ name }, index) => [name, { main: [[linkTo(nodes[index + 1])]] }]),
	);
	return { id, name: `Workflow ${id}`, nodes, connections, settings: { executionOrder: 'v1' } };
}

export function linkTo(node: Pick<WorkflowNode, 'name'> | undefined): object {
	return { node: node?.name, type: 'main', index: 0 };
}

/** `POST /webhook/<path>` with `{ "items": […] }`. */
export function webhook(
	path: string,
	responseMode: 'onReceived' | 'lastNode' = 'lastNode',
): NodeParts {
	return {
		name: 'Webhook',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		webhookId: path,
		parameters: {
			httpMethod: 'POST',
			path,
			responseMode,
			...(responseMode === 'lastNode' && { responseData: 'allEntries' }),
			options: {},
		},
	};
}

/** One item for each entry of the webhook's `items`. */
export function splitItems(): NodeParts {
	return {
		name: 'Items',
		type: 'n8n-nodes-base.splitOut',
		parameters: { fieldToSplitOut: 'body.items', options: {} },
	};
}

export function everyMinute(): NodeParts {
	return {
		name: 'Schedule',
		type: 'n8n-nodes-base.scheduleTrigger',
		typeVersion: 1.2,
		parameters: { rule: { interval: [{ field: 'minutes', minutesInterval: 1 }] } },
	};
}

export interface SendSettings {
	options?: Record<string, unknown>;
	method?: 'GET' | 'POST';
	jsonBody?: string;
	onError?: 'continueRegularOutput' | 'continueErrorOutput';
}

/** The node under test: posts each item. */
export function send(
	url: string,
	credentialId: string,
	{ options = {}, method = 'POST', jsonBody = EACH_ITEM, ...settings }: SendSettings = {},
): NodeParts {
	return {
		name: SEND,
		type: NODE_TYPE,
		parameters: { ...sendEachItem(url, method, jsonBody), options },
		credentials: { [CREDENTIAL_TYPE]: { id: credentialId, name: credentialId } },
		...settings,
	};
}

/** n8n's own node with the same request: without a token, or with our credential. */
export function builtInSend(
	url: string,
	{
		credentialId,
		options = {},
		...settings
	}: Pick<SendSettings, 'onError' | 'options'> & { credentialId?: string } = {},
): NodeParts {
	return {
		name: 'HTTP Request',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			...sendEachItem(url, 'POST', EACH_ITEM),
			...(credentialId !== undefined && {
				authentication: 'predefinedCredentialType',
				nodeCredentialType: CREDENTIAL_TYPE,
			}),
			options,
		},
		...(credentialId !== undefined && {
			credentials: { [CREDENTIAL_TYPE]: { id: credentialId, name: credentialId } },
		}),
		...settings,
	};
}

const EACH_ITEM = '={{ JSON.stringify($json) }}';

function sendEachItem(url: string, method: string, jsonBody: string): Record<string, unknown> {
	const body = { sendBody: true, contentType: 'json', specifyBody: 'json', jsonBody };
	return { method, url, ...(method !== 'GET' && body) };
}

export function clientCredential(
	id: string,
	data: { tokenUrl: string; clientId: string; clientSecret: string } & Record<string, unknown>,
): CredentialJson {
	return { id, name: id, type: CREDENTIAL_TYPE, data: { scope: 'records:write', ...data } };
}

/** An example with what everyone who imports it has to change: the API's URL and the credential. */
export function adaptExample(
	example: Workflow,
	{ id, url, credentialId }: { id: string; url: string; credentialId: string },
): Workflow {
	const nodes = example.nodes.map((node) =>
		node.type === NODE_TYPE
			? {
					...node,
					parameters: { ...node.parameters, url },
					credentials: { [CREDENTIAL_TYPE]: { id: credentialId, name: credentialId } },
				}
			: node,
	);
	return { ...example, id, nodes };
}

/** The files in `examples/`, by name. */
export async function readExamples(): Promise<Map<string, Workflow>> {
	const folder = join(ROOT, 'examples');
	const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
	const entries = names.map(async (name) => {
		const text = await readFile(join(folder, name), 'utf8');
		return [name, JSON.parse(text) as Workflow] as const;
	});
	return new Map(await Promise.all(entries));
}
