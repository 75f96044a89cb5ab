import { describe, expect, it, onTestFinished } from 'vitest';
import {
	startAuthorizationServer,
	type AuthorizationServer,
} from '../../servers/authorizationServer';
import { N8N_2 } from '../prepare';
import { chain, send, splitItems, webhook } from '../workflows';
import { deliveredOnce, items, useWorld } from '../world';

/** A token is renewed when 20 % of so short a lifetime are left. */
const LIFETIME_SECONDS = 10;
const RENEWED_AFTER_MS = 8_000;

describe('a token that ends', () => {
	let lifetimeSeconds = 600;
	const world = useWorld({
		version: N8N_2,
		server: { tokenLifetimeSeconds: () => lifetimeSeconds },
	});

	it('by its lifetime, twice in a run, is renewed in time: no call is refused', async () => {
		const { api, client, workflow } = await deliveryWorkflow('short-lived');
		lifetimeSeconds = LIFETIME_SECONDS;
		// 10 at a time: 20 s.
		api.intercept(() => delay(500));
		const sent = items('short-lived', 400);
		expect(await workflow.call(sent)).toHaveLength(400);
		lifetimeSeconds = 600;

		expect(api.delivered()).toEqual(deliveredOnce(sent));
		expect(api.unauthorized()).toBe(0);
		const asked = world.server.requests.filter(({ body }) => body.includes(client.id));
		const runMs = Number(api.requests.at(-1)?.at) - Number(asked[0]?.at);
		expect(runMs).toBeGreaterThan(2 * RENEWED_AFTER_MS);
		expect(client.tokenRequests()).toBe(1 + Math.floor(runMs / RENEWED_AFTER_MS));
	});

	it('by revocation in the middle of a run is replaced by one new token, and every item arrives', async () => {
		const { api, client, workflow } = await deliveryWorkflow('revoked');
		await workflow.call(items('before', 1));
		const token = String(world.server.issuedTokens.at(-1));
		api.intercept(async () => {
			if (api.delivered().size >= 21) api.revoke(token);
			return await delay(20);
		});
		const sent = items('revoked', 100);
		expect(await workflow.call(sent)).toEqual(sent);
		expect(api.delivered()).toEqual(deliveredOnce([...items('before', 1), ...sent]));
		expect(api.unauthorized()).toBeGreaterThan(0);
		expect(client.tokenRequests()).toBe(2);

		const later = items('later', 3);
		await workflow.call(later);
		expect(client.tokenRequests()).toBe(2);
	});

	it('by revocation between two runs is replaced by one new token', async () => {
		const { api, client, workflow } = await deliveryWorkflow('revoked-between');
		await workflow.call(items('before', 1));
		api.revoke(String(world.server.issuedTokens.at(-1)));
		const sent = items('after', 30);
		expect(await workflow.call(sent)).toEqual(sent);
		expect(api.delivered()).toEqual(deliveredOnce([...items('before', 1), ...sent]));
		expect(client.tokenRequests()).toBe(2);
	});

	it('with its secret lasts until the credential changes, then one request uses the new secret', async () => {
		const client_id = 'rotating-client';
		const old = await startAuthorizationServer({ clients: [{ client_id }] });
		const { api, client, workflow } = await deliveryWorkflow('rotated', old);
		const [one, two, three] = [items('one', 20), items('two', 20), items('three', 20)];
		expect(await workflow.call(one)).toEqual(one);
		expect(old.tokenRequests()).toBe(1);

		// From here on nothing but the new secret is accepted. The key that signs is the same, so the
		// API still takes the token that was issued for the old one.
		await old.close();
		const port = Number(new URL(old.issuer).port);
		const rotated = await startAuthorizationServer({ port, clients: [{ client_id }] });
		onTestFinished(() => rotated.close());
		expect(await workflow.call(two)).toEqual(two);
		expect(rotated.tokenRequests()).toBe(0);

		const clientSecret = rotated.clients[0]?.client_secret;
		expect(clientSecret).not.toBe(old.clients[0]?.client_secret);
		await world.n8n.rest.updateCredential(client.credentialId, { clientSecret });
		expect(await workflow.call(three)).toEqual(three);
		expect(rotated.requests.map(({ status }) => status)).toEqual([200]);
		expect(api.delivered()).toEqual(deliveredOnce([...one, ...two, ...three]));
		expect(api.unauthorized()).toBe(0);
	});

	/** Delivers its webhook's items to an API, with a client of the world's server or of another. */
	async function deliveryWorkflow(name: string, other?: AuthorizationServer) {
		const api = await world.startApi(other && { authorizationServer: other });
		const client = await world.newClient(
			other && {
				tokenUrl: other.tokenUrl,
				clientId: other.clients[0]?.client_id,
				clientSecret: other.clients[0]?.client_secret,
			},
		);
		const url = `${api.origin}/records`;
		const workflow = await world.publish(
			chain(name, [webhook(name), splitItems(), send(url, client.credentialId)]),
		);
		return { api, client, workflow };
	}
});

/** Lets a request take longer. */
async function delay(ms: number): Promise<false> {
	await new Promise((resolve) => setTimeout(resolve, ms));
	return false;
}
