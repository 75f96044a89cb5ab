import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { N8N_1, N8N_2 } from '../prepare';
import { chain, send, splitItems, webhook } from '../workflows';
import { useWorld } from '../world';

/** One credential for several tenants, as n8n's own nodes have it. */
describe.each([N8N_1, N8N_2])('a credential with expressions in n8n %s', (version) => {
	const world = useWorld({ version });

	it('is that of each item', async () => {
		const api = await world.startApi();
		const tenants = [await world.newClient(), await world.newClient()];
		const { credentialId } = await world.newClient({
			clientId: '={{ $json.client }}',
			clientSecret: '={{ $json.secret }}',
		});
		const workflow = await world.publish(
			chain('tenants', [
				webhook('tenants'),
				splitItems(),
				send(`=${api.origin}/echo/{{ $json.client }}`, credentialId, { method: 'GET' }),
			]),
		);
		const items = Array.from({ length: 6 }, (_, index) => {
			const { id = '', secret = '' } = tenants[index % 2] ?? {};
			return { id: String(index), client: id, secret };
		});
		await workflow.call(items);
		const callers = api.requests.map(({ headers, url }) => ({
			url,
			client: decodeJwt((headers.authorization ?? '').slice(7)).client_id,
		}));
		expect(callers).toHaveLength(6);
		for (const { url, client } of callers) expect(url).toBe(`/echo/${String(client)}`);
		expect(tenants.map((tenant) => tenant.tokenRequests())).toEqual([1, 1]);
	});
});
