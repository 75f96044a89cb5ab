import { decodeJwt } from 'jose';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { OAuth2HttpRequest } from '../../nodes/OAuth2HttpRequest/OAuth2HttpRequest.node';
import { CredentialsHelper } from '../engine/credentials';
import { NODE_TYPE, nodeWorkflow, type NodeWorkflowOptions } from '../engine/nodeWorkflow';
import { runWorkflow } from '../engine/runWorkflow';
import { records, startWorld } from './world';

describe('a credential that n8n cannot give', () => {
	/** As when it was deleted, or when n8n's database or vault does not answer. */
	const run = async (options: NodeWorkflowOptions, resource = 'request') =>
		await runWorkflow({
			workflow: nodeWorkflow(
				{ resource, url: 'https://api.example.com' },
				{ items: records(3), ...options },
			),
			nodeTypes: { [NODE_TYPE]: new OAuth2HttpRequest() },
		});

	it.each(['request', 'token'])(
		'is an error of each item, and none is taken for delivered (%s)',
		async (resource) => {
			const { items, errorItems, error } = await run({ onError: 'continueErrorOutput' }, resource);
			expect(error).toBeUndefined();
			expect(items).toEqual([]);
			expect(errorItems.map(({ json }) => json)).toEqual(
				records(3).map(({ json }) => ({
					...json,
					error: expect.objectContaining({
						message: expect.stringContaining('No credential') as string,
					}) as object,
				})),
			);
		},
	);

	it('is an error of each item in the regular output, too', async () => {
		const { items } = await run({ onError: 'continueRegularOutput' });
		expect(items.map(({ json }) => Object.keys(json))).toEqual([['error'], ['error'], ['error']]);
	});

	it('fails the run where that is wanted', async () => {
		const { error } = await run({});
		expect(error?.message).toContain('No credential');
		expect(error?.description).toBe('0 of 3 items were delivered, 3 were not.');
	});
});

describe('a credential with expressions', () => {
	const CLIENTS = ['tenant-a', 'tenant-b'].map((client_id) => ({ client_id }));
	const BY_ITEM = { clientId: '={{ $json.client }}', clientSecret: '={{ $json.secret }}' };

	/** Two tenants, and who called which address. */
	async function twoTenants() {
		const world = await startWorld({ server: { clients: CLIENTS } });
		const callers = new Map<string, string>();
		world.api.intercept((req, res) => {
			const token = (req.headers.authorization ?? '').slice(7);
			callers.set(req.originalUrl, decodeJwt<{ client_id: string }>(token).client_id);
			res.json({});
			return true;
		});
		const items = records(20).map(({ json }, index) => {
			const { client_id, client_secret } = world.server.clients[index % 2] ?? {};
			return { json: { ...json, id: index, client: client_id, secret: client_secret } };
		});
		return { ...world, callers, items, url: `=${world.api.origin}/{{ $json.id }}` };
	}

	it('is that of each item, and asks for one token for each of them', async () => {
		const { run, server, callers, items, url } = await twoTenants();
		const { error } = await run({ url }, { items, credential: BY_ITEM });
		expect(error).toBeUndefined();
		expect(callers).toEqual(new Map(items.map(({ json }) => [`/${json.id}`, json.client])));
		expect(server.tokenRequests()).toBe(2);
	});

	it.each([
		['a fallback', "={{ $json?.client ?? 'tenant-a' }}", "={{ $json?.secret ?? 'SECRET-A' }}"],
		[
			'the place of the item',
			"={{ $itemIndex % 2 ? 'tenant-b' : 'tenant-a' }}",
			"={{ $itemIndex % 2 ? 'SECRET-B' : 'SECRET-A' }}",
		],
	])('is that of each item, though it has %s', async (_name, clientId, clientSecret) => {
		const { run, server, callers, items, url } = await twoTenants();
		const [a = '', b = ''] = server.clients.map((client) => String(client.client_secret));
		const credential = {
			clientId,
			clientSecret: clientSecret.replace('SECRET-A', a).replace('SECRET-B', b),
		};
		const { error } = await run({ url }, { items, credential });
		expect(error).toBeUndefined();
		expect(callers).toEqual(new Map(items.map(({ json }) => [`/${json.id}`, json.client])));
	});

	it('is an error of the item that it cannot be resolved for, and of no other', async () => {
		const { run, items, url, callers } = await twoTenants();
		const credential = {
			...BY_ITEM,
			clientId: "={{ $json.id === 0 ? $('Nowhere').item.json.client : $json.client }}",
		};
		const ran = await run({ url }, { items, credential, onError: 'continueErrorOutput' });
		expect(ran.errorItems.map(({ json }) => json.id)).toEqual([0]);
		expect(ran.items).toHaveLength(19);
		expect(callers.size).toBe(19);
	});

	it('is that of each item for the resource Token, too', async () => {
		const { run, items } = await twoTenants();
		const { items: output } = await run(
			{ resource: 'token', tokenOperation: 'get', includeToken: true },
			{ items: items.slice(0, 2), credential: BY_ITEM },
		);
		const clientOf = (token: unknown) => decodeJwt(token as string).client_id;
		expect(output.map(({ json }) => clientOf(json.accessToken))).toEqual(['tenant-a', 'tenant-b']);
	});

	it('is not read again for each item where it does not depend on the item', async () => {
		const reading = vi.spyOn(CredentialsHelper.prototype, 'getDecrypted');
		onTestFinished(() => reading.mockRestore());
		const { api, run } = await startWorld();
		const { items } = await run(
			{ url: `${api.origin}/echo` },
			{
				items: records(50),
				credential: { scope: "={{ ['records:read', 'records:write'].join(' ') }}" },
			},
		);
		expect(items).toHaveLength(50);
		expect(reading.mock.calls.length).toBeLessThan(10);
	});
});
