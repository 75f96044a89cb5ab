import pMap from 'p-map';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ProtectedApi } from '../../servers/protectedApi';
import { startCounter } from '../counter';
import type { N8nWorker } from '../n8n';
import { N8N_2 } from '../prepare';
import { waitFor } from '../processes';
import { queueMode, startPostgres, startRedis, type Service } from '../services';
import { builtInSend, chain, send, splitItems, webhook } from '../workflows';
import { deliveredOnce, items, useWorld } from '../world';

describe('queue mode with one main process and two workers', () => {
	let redis: Service;
	let postgres: Service;
	beforeAll(async () => {
		const onProgress = (line: string) => console.error(line);
		redis = await startRedis({ onProgress });
		postgres = await startPostgres({ onProgress });
		return async () => {
			await redis.stop();
			await postgres.stop();
		};
	});
	const world = useWorld(async () => ({
		version: N8N_2,
		env: {
			...queueMode(redis, postgres),
			// How soon a worker that is gone is noticed; by default after a minute or more.
			QUEUE_WORKER_LOCK_DURATION: '4000',
			QUEUE_WORKER_LOCK_RENEW_TIME: '1000',
			QUEUE_WORKER_STALLED_INTERVAL: '2000',
		},
	}));
	const workers: N8nWorker[] = [];
	beforeAll(async () => {
		for (let count = 0; count < 2; count++) workers.push(await world.n8n.startWorker());
	});

	it('delivers 200 executions of 10 items once each, with one token request for each worker at most', async () => {
		const { n8n, startApi, newClient, publish } = world;
		const api = await startApi();
		const client = await newClient();
		const workflow = await publish(
			chain('queue', [
				webhook('queue', 'onReceived'),
				splitItems(),
				send(`${api.origin}/records`, client.credentialId),
			]),
		);
		const calls = Array.from({ length: 200 }, (_, index) => items(`queue-${index}`, 10));
		const startedAt = Date.now();
		await pMap(calls, (call) => workflow.call(call), { concurrency: 20 });
		const executions = await n8n.waitForExecutions(workflow.id, 200, 120_000);
		console.log(
			`200 executions in ${(Date.now() - startedAt) / 1000} s by ` +
				`${workers.map(startedExecutions).join(' and ')}; token requests: ${client.tokenRequests()}`,
		);
		expect(executions.map(({ status }) => status)).toEqual(calls.map(() => 'success'));
		expect(api.delivered()).toEqual(deliveredOnce(calls.flat()));
		for (const worker of workers) expect(startedExecutions(worker)).toBeGreaterThan(20);
		expect(client.tokenRequests()).toBeGreaterThanOrEqual(1);
		expect(client.tokenRequests()).toBeLessThanOrEqual(2);
	});

	describe('static data, which a worker of this n8n finds empty when an execution begins', () => {
		it('does not count by itself, without this package', async () => {
			const counter = await startCounter(world, 'without', (url) => builtInSend(url));
			for (const id of ['one', 'two', 'three']) {
				await (await counter.begin(id, { count: true })).end();
			}
			expect(await counter.staticData()).toEqual({ count: 1 });
		});

		it('is not written by executions that have no new token to save', async () => {
			const counter = await startCounter(world, 'with', send);
			// Until both workers have a token, and have saved it.
			while (counter.client.tokenRequests() < 2) await (await counter.begin('warm-up')).end();
			await (await counter.begin('counting', { count: true })).end();
			for (const id of ['one', 'two', 'three']) await (await counter.begin(id)).end();
			expect(await counter.staticData()).toMatchObject({ count: 1 });
		});
	});

	it('marks the executions of a killed worker as failed and never runs them again; a new worker asks for one token at most', async () => {
		const { n8n, startApi, newClient, publish } = world;
		const api = await startApi();
		const client = await newClient();
		const workflow = await publish(
			chain('killed', [
				webhook('killed', 'onReceived'),
				splitItems(),
				send(`${api.origin}/records`, client.credentialId, {
					options: { concurrency: 1 },
					jsonBody: '={{ JSON.stringify({ id: $execution.id + "/" + $json.id }) }}',
				}),
			]),
		);
		await workflow.call(items('warm', 1));
		await n8n.waitForExecutions(workflow.id, 1);
		expect(client.tokenRequests()).toBe(1);

		api.intercept(async () => {
			await new Promise((resolve) => setTimeout(resolve, 100));
			return false;
		});
		const [doomed, survivor] = workers as [N8nWorker, N8nWorker];
		const before = workers.map(startedExecutions) as [number, number];
		await pMap(Array(60).keys(), () => workflow.call(items('item', 10)), { concurrency: 20 });
		await waitFor(
			() =>
				startedExecutions(doomed) > before[0] &&
				startedExecutions(survivor) > before[1] &&
				api.delivered().size > 100
					? true
					: undefined,
			{ timeoutMs: 30_000, everyMs: 20, describe: () => 'Not both workers are at work' },
		);
		const tokensBefore = client.tokenRequests();
		await doomed.kill();
		const replacement = await n8n.startWorker();
		const executions = await n8n.waitForExecutions(workflow.id, 61, 120_000);
		// What is sent now meets the new worker, too.
		await pMap(Array(40).keys(), () => workflow.call(items('later', 10)), { concurrency: 20 });
		await n8n.waitForExecutions(workflow.id, 101, 60_000);

		const failed = executions.filter(({ status }) => status !== 'success');
		console.log(
			`${failed.length} of 61 executions were under way on the killed worker, now: ` +
				`${[...new Set(failed.map(({ status }) => status))].join()}; ` +
				`${deliveriesOf(api, failed).size} of their ${failed.length * 10} items had been delivered; ` +
				`the new worker ran ${startedExecutions(replacement)}; token requests: ${client.tokenRequests()}`,
		);
		expect(failed.length).toBeGreaterThan(0);
		expect(failed.length).toBeLessThanOrEqual(10);
		expect(startedExecutions(replacement)).toBeGreaterThan(0);
		expect(deliveriesOf(api, failed).size).toBeLessThan(failed.length * 10);
		const all = await n8n.executions(workflow.id);
		expect(all).toHaveLength(101);
		const succeeded = all.filter(({ status }) => status === 'success');
		expect(succeeded).toHaveLength(101 - failed.length);
		expect(deliveriesOf(api, succeeded).size).toBe(1 + (succeeded.length - 1) * 10);
		expect(new Set(api.delivered().values())).toEqual(new Set([1]));
		expect(client.tokenRequests() - tokensBefore).toBeLessThanOrEqual(1);
	});
});

function startedExecutions(worker: N8nWorker): number {
	return worker.logs().split('Worker started execution').length - 1;
}

function deliveriesOf(api: ProtectedApi, executions: Array<{ id: string }>): Map<string, number> {
	const ids = new Set(executions.map(({ id }) => id));
	return new Map([...api.delivered()].filter(([key]) => ids.has(String(key.split('/')[0]))));
}
