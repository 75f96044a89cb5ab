import { json } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { ProtectedApi } from '../../servers/protectedApi';
import { N8N_1, N8N_2 } from '../prepare';
import { builtInSend, chain, splitItems, send, webhook, type NodeParts } from '../workflows';
import { deliveredOnce, items, useWorld } from '../world';

/** A setting of every node: n8n starts it again, with all items, when it has failed. */
const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 5, waitBetweenTries: 500 };
const ITEMS = 100;

describe.each([N8N_2, N8N_1])('a node with "Retry On Fail" in n8n %s', (version) => {
	const world = useWorld({ version });

	it('sends on the next try only what was not delivered', async () => {
		const { answer, sent, delivered } = await deliver('ours', send);
		expect(answer).toEqual(sent);
		expect(delivered).toEqual(deliveredOnce(sent));
		expect(world.server.tokenRequests()).toBe(1);
	});

	it("sends again what was delivered where it is n8n's own node, which ours is compared with", async () => {
		const { delivered } = await deliver('built-in', (url) => builtInSend(url));
		const twice = [...delivered.values()].filter((times) => times > 1);
		console.log(`n8n ${version}, built-in: ${delivered.size} delivered, ${twice.length} twice`);
		expect(twice.length).toBeGreaterThan(0);
	});

	async function deliver(name: string, sendNode: (url: string, credentialId: string) => NodeParts) {
		const api = await world.startApi();
		const delivered = acceptMost(api);
		const client = await world.newClient();
		const node = { ...sendNode(`${api.origin}/records`, client.credentialId), ...RETRY_ON_FAIL };
		const workflow = await world.publish(chain(name, [webhook(name), splitItems(), node]));
		const sent = items(name, ITEMS);
		const answer = await workflow.call(sent).catch((error: Error) => error.message);
		return { answer, sent, delivered };
	}
});

/** Accepts calls of everyone, but answers 400, which no retry of the call itself heals, to every 40th. */
function acceptMost(api: ProtectedApi): Map<string, number> {
	const delivered = new Map<string, number>();
	let calls = 0;
	api.intercept(async (req, res) => {
		const { id } = (await json(req)) as { id: string };
		if (++calls % 40 === 0) {
			res.status(400).json({ message: 'Not now' });
			return true;
		}
		delivered.set(id, (delivered.get(id) ?? 0) + 1);
		res.json({ id });
		return true;
	});
	return delivered;
}
