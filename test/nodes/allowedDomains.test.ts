import { describe, expect, it } from 'vitest';
import { startProtectedApi } from '../servers/protectedApi';
import { postRecords, records, startWorld } from './world';

const only = (allowedDomains: string) => ({ allowedHttpRequestDomains: 'domains', allowedDomains });

describe('the node, where n8n restricts its credential to domains', () => {
	it('calls an API within them', async () => {
		const { run, api } = await startWorld();
		const { items } = await run(postRecords(api), {
			credential: only('127.0.0.1'),
			items: records(1),
		});
		expect(items.map(({ json }) => json)).toEqual([{ id: 0 }]);
	});

	it('refuses an API outside of them before anything is sent', async () => {
		const { run, api, server } = await startWorld();
		const parameters = { ...postRecords(api), url: api.origin.replace('127.0.0.1', 'localhost') };
		const { error } = await run(parameters, { credential: only('127.0.0.1') });
		expect(error?.message).toContain('Domain not allowed');
		expect(error?.description).toContain('Allowed Domains in the credential');
		expect(api.requests).toHaveLength(0);
		expect(server.tokenRequests()).toBe(0);
	});

	it('lets the other items go on', async () => {
		const { run, api } = await startWorld();
		const origins = `["${api.origin}", "https://elsewhere.example"]`;
		const { items } = await run(
			{ ...postRecords(api), url: `={{ ${origins}[$json.id] }}/records` },
			{ credential: only('127.0.0.1'), items: records(2), onError: 'continueRegularOutput' },
		);
		expect(items[0]?.json).toEqual({ id: 0 });
		expect(JSON.stringify(items[1]?.json.error)).toContain('Domain not allowed');
	});

	it.each([false, true])(
		'refuses a redirect out of them (connections reused: %s)',
		async (reuseConnections) => {
			const { run, api } = await startWorld();
			api.intercept((_req, res) => {
				res.redirect(307, api.origin.replace('127.0.0.1', 'localhost') + '/records');
				return true;
			});
			const { error } = await run(postRecords(api, { reuseConnections }), {
				credential: only('127.0.0.1'),
			});
			expect(error?.message).toContain('restricted from accessing localhost');
			expect(api.requests).toHaveLength(1);
		},
	);

	it('follows a redirect within them', async () => {
		const { run, api, server } = await startWorld();
		const other = await startProtectedApi({ authorizationServer: server });
		other.intercept((_req, res) => {
			res.json({ reached: true });
			return true;
		});
		api.intercept((_req, res) => {
			res.redirect(307, `${other.origin}/records`);
			return true;
		});
		const { items } = await run(postRecords(api), { credential: only('127.0.0.1') });
		await other.close();
		expect(items[0]?.json).toEqual({ reached: true });
	});

	it('refuses a token URL outside of them, and says which host to add', async () => {
		const { run, api, server } = await startWorld();
		const parameters = { ...postRecords(api), url: api.origin.replace('127.0.0.1', 'localhost') };
		const { error } = await run(parameters, { credential: only('localhost') });
		expect(error?.message).toContain('restricted from accessing 127.0.0.1');
		expect(error?.description).toContain('Add 127.0.0.1 to Allowed Domains');
		expect(server.tokenRequests()).toBe(0);
		expect(api.requests).toHaveLength(0);
	});

	it('refuses an issuer outside of them before it is asked', async () => {
		const { run, api, server } = await startWorld();
		const parameters = { ...postRecords(api), url: api.origin.replace('127.0.0.1', 'localhost') };
		const { error } = await run(parameters, {
			credential: { ...only('localhost'), serverAddress: 'issuerUrl', issuerUrl: server.issuer },
		});
		expect(error?.message).toContain('restricted from accessing 127.0.0.1');
	});

	it('refuses everything under "None"', async () => {
		const { run, api } = await startWorld();
		const { error } = await run(postRecords(api), {
			credential: { allowedHttpRequestDomains: 'none' },
		});
		expect(error?.message).toContain('configured to prevent use within an HTTP Request');
		expect(api.requests).toHaveLength(0);
	});
});
