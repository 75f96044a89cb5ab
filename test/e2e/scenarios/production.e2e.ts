import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ProtectedApi } from '../../servers/protectedApi';
import { N8N_1, N8N_2 } from '../prepare';
import { chain, everyMinute, send, splitItems, webhook } from '../workflows';
import { deliveredOnce, items, useWorld, type Client, type Item, type Published } from '../world';

describe.each([N8N_2, N8N_1])('production runs in n8n %s', (version) => {
	const world = useWorld({
		version,
		// All that n8n can write is searched for secrets.
		env: { N8N_LOG_LEVEL: 'debug', N8N_LOG_OUTPUT: 'console,file' },
	});

	// Runs beside the other tests, because a minute is long.
	let schedule: { api: ProtectedApi; client: Client; workflow: Published };
	beforeAll(async () => {
		const api = await world.startApi();
		const client = await world.newClient();
		const workflow = await world.publish(
			chain('schedule', [
				everyMinute(),
				{
					name: 'Item',
					type: 'n8n-nodes-base.set',
					typeVersion: 3.4,
					parameters: {
						mode: 'raw',
						jsonOutput: '={{ JSON.stringify({ id: "run-" + $execution.id }) }}',
						options: {},
					},
				},
				send(`${api.origin}/records`, client.credentialId),
			]),
		);
		schedule = { api, client, workflow };
	});

	describe('of a webhook', () => {
		let api: ProtectedApi;
		let client: Client;
		let workflow: Published;
		const sent: Item[] = [];
		beforeAll(async () => {
			api = await world.startApi();
			client = await world.newClient();
			workflow = await world.publish(
				chain('webhook', [
					webhook('records'),
					splitItems(),
					send(`${api.origin}/records`, client.credentialId),
				]),
			);
		});
		/** One call, which must answer with what it was sent. */
		const deliver = async (call: Item[]) => {
			sent.push(...call);
			expect(await workflow.call(call)).toEqual(call);
		};

		it('need one token for the first call and none for 20 more', async () => {
			await deliver(items('first', 3));
			expect(client.tokenRequests()).toBe(1);
			for (const item of items('more', 20)) await deliver([item]);
			expect(client.tokenRequests()).toBe(1);
			expect(api.delivered()).toEqual(deliveredOnce(sent));
		});

		it('need no new token after n8n was killed: it is saved with the workflow', async () => {
			await world.n8n.waitForExecutions(workflow.id, 21);
			await world.n8n.kill();
			await world.n8n.start();
			await deliver(items('later', 3));
			expect(client.tokenRequests()).toBe(1);
			expect(api.delivered()).toEqual(deliveredOnce(sent));
			expect(new Set(api.requests.map(({ headers }) => headers.authorization)).size).toBe(1);
		});

		it("leave neither token nor secret in n8n's database, logs or files", async () => {
			const { n8n, server } = world;
			// An API that shows in its error what it was sent, and more.
			api.intercept((req, res) => {
				const message = `You sent ${req.headers.authorization} for ${client.secret}`;
				res.status(400).json({ message });
				return true;
			});
			await expect(workflow.call(items('echoed', 1))).rejects.toThrow('500');
			await n8n.waitForExecutions(workflow.id, 23);
			await n8n.stop();
			onTestFinished(async () => void (await n8n.start()));

			const dump = await n8n.dumpDatabase();
			const logs = n8n.logs();
			// These show that the search would find something.
			expect(dump).toContain('oauth2ClientCredentials');
			expect(dump).toContain('later-3');
			expect(dump).toContain('You sent');
			expect(await n8n.filesContaining('later-3')).not.toEqual([]);
			expect(logs).toContain('Workflow webhook');

			const token = String(api.requests[0]?.headers.authorization?.replace('Bearer ', ''));
			expect(server.issuedTokens).toContain(token);
			for (const secret of [client.secret, token, ...token.split('.')]) {
				expect(secret).toMatch(/^.{30}/);
				expect(dump).not.toContain(secret);
				expect(logs).not.toContain(secret);
				expect(await n8n.filesContaining(secret)).toEqual([]);
			}
		});
	});

	it('need one token for 30 webhook calls at once when there is none yet', async () => {
		const { startApi, newClient, publish } = world;
		const api = await startApi();
		const client = await newClient();
		const workflow = await publish(
			chain('burst', [
				webhook('burst'),
				splitItems(),
				send(`${api.origin}/records`, client.credentialId),
			]),
		);
		const calls = Array.from({ length: 30 }, (_, index) => items(`burst-${index}`, 2));
		const answers = await Promise.all(calls.map((call) => workflow.call(call)));
		expect(answers).toEqual(calls);
		expect(api.delivered()).toEqual(deliveredOnce(calls.flat()));
		expect(client.tokenRequests()).toBe(1);
	});

	it("pass the credential's test with the right secret, and fail it with a wrong one", async () => {
		const { n8n, newClient } = world;
		const client = await newClient();
		const before = client.tokenRequests();
		expect(await n8n.rest.testCredential(client.credentialId)).toEqual({
			status: 'OK',
			message: expect.stringMatching(/^The server issued a token, valid for (599|600) seconds$/),
		});
		await n8n.rest.updateCredential(client.credentialId, { clientSecret: 'not-the-secret' });
		const refused = await n8n.rest.testCredential(client.credentialId);
		expect(refused.status).toBe('Error');
		expect(refused.message).toContain('invalid_client');
		expect(refused.message).not.toContain('not-the-secret');
		expect(client.tokenRequests() - before).toBe(2);
	});

	it('need one token for all runs of a schedule, a minute apart and across a restart', async () => {
		const { api, client, workflow } = schedule;
		const runs = await world.n8n.waitForExecutions(workflow.id, 3, 240_000);
		await world.n8n.rest.unpublish(workflow.id, version === N8N_1);
		expect(runs.map(({ status, mode }) => `${mode} ${status}`)).toEqual(
			runs.map(() => 'trigger success'),
		);
		const delivered = api.delivered();
		for (const { id } of runs) expect(delivered.get(`run-${id}`)).toBe(1);
		expect(client.tokenRequests()).toBe(1);
	}, 300_000);
});
