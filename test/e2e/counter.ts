import type { ProtectedApi } from '../servers/protectedApi';
import { waitFor } from './processes';
import { chain, splitItems, webhook, type NodeParts } from './workflows';
import type { Client, World } from './world';

/** A workflow that counts in its static data on wish, then makes one call. */
export interface Counter {
	client: Client;
	/** Begins an execution, and returns once its call is under way. It takes as long as the test wants. */
	begin(id: string, options?: { count?: boolean }): Promise<{ end(): Promise<void> }>;
	/** What all nodes of the workflow share, as it is saved. */
	staticData(): Promise<Record<string, unknown>>;
}

export async function startCounter(
	{ n8n, startApi, newClient, publish }: World,
	name: string,
	sendNode: (url: string, credentialId: string) => NodeParts,
): Promise<Counter> {
	const api = await startApi();
	const gate = holdRequests(api);
	const client = await newClient();
	const workflow = await publish(
		chain(`counter-${name}`, [
			webhook(`counter-${name}`, 'onReceived'),
			{
				name: 'Counter',
				type: 'n8n-nodes-base.code',
				typeVersion: 2,
				parameters: {
					jsCode: `
						const data = $getWorkflowStaticData('global');
						if ($input.first().json.body.items[0].count) data.count = (data.count ?? 0) + 1;
						return $input.all();`,
				},
			},
			splitItems(),
			sendNode(`${api.origin}/records`, client.credentialId),
		]),
	);
	let ended = 0;
	return {
		client,
		async begin(id, { count = false } = {}) {
			await workflow.call([{ id, ...(count && { count }) }]);
			await gate.arrived(id);
			return {
				async end() {
					gate.open(id);
					await n8n.waitForExecutions(workflow.id, ++ended);
				},
			};
		},
		async staticData() {
			const data = (await n8n.staticData(workflow.id)) as {
				global?: Record<string, unknown>;
			} | null;
			return data?.global ?? {};
		},
	};
}

/** Holds each request to the API until the test lets it go on, by the ID of its item. */
function holdRequests(api: ProtectedApi) {
	const waiting = new Map<string, () => void>();
	api.intercept(async (req, res) => {
		const chunks: Buffer[] = [];
		for await (const chunk of req) chunks.push(chunk as Buffer);
		const { id } = JSON.parse(Buffer.concat(chunks).toString()) as { id: string };
		await new Promise<void>((resolve) => waiting.set(id, resolve));
		waiting.delete(id);
		res.json({ id });
		return true;
	});
	return {
		arrived: (id: string) =>
			waitFor(() => waiting.get(id), {
				timeoutMs: 30_000,
				describe: () => `No request for ${id} has arrived`,
			}),
		open: (id: string) => waiting.get(id)?.(),
	};
}
