import { describe, expect, it } from 'vitest';
import { startCounter } from '../counter';
import { N8N_2 } from '../prepare';
import { builtInSend, send } from '../workflows';
import { useWorld } from '../world';

/** All that this package saves in static data is under this key. */
const OURS = 'oauth2ClientCredentials';

/**
 * What n8n guarantees: an execution reads the static data of its workflow when it begins, and saves it
 * as a whole when it ends, if it has changed. Of two that overlap the last one wins.
 */
describe('the static data of a workflow', () => {
	const world = useWorld({ version: N8N_2 });

	it('keeps the counter of another node beside the token when executions follow one another', async () => {
		const counter = await startCounter(world, 'in-turn', send);
		for (const id of ['one', 'two', 'three']) {
			await (await counter.begin(id, { count: true })).end();
		}
		expect(await counter.staticData()).toEqual({ count: 3, [OURS]: expect.any(Object) });
		expect(counter.client.tokenRequests()).toBe(1);
	});

	it('loses a count by itself, without this package, when executions overlap', async () => {
		const counter = await startCounter(world, 'without', (url) => builtInSend(url));
		const one = await counter.begin('one', { count: true });
		const two = await counter.begin('two', { count: true });
		await one.end();
		await two.end();
		expect(await counter.staticData()).toEqual({ count: 1 });
	});

	it('keeps a count that overlaps with an execution that uses a valid token, which saves nothing', async () => {
		const counter = await startCounter(world, 'valid', send);
		await (await counter.begin('first')).end();
		expect(Object.keys(await counter.staticData())).toEqual([OURS]);

		const bystander = await counter.begin('bystander');
		await (await counter.begin('counting', { count: true })).end();
		await bystander.end();
		expect(await counter.staticData()).toEqual({ count: 1, [OURS]: expect.any(Object) });
	});

	it('loses a count that overlaps with the execution that gets a new token and ends after it', async () => {
		const counter = await startCounter(world, 'new-token', send);
		const asking = await counter.begin('asking');
		await (await counter.begin('counting', { count: true })).end();
		expect(await counter.staticData()).toMatchObject({ count: 1 });
		await asking.end();
		expect(Object.keys(await counter.staticData())).toEqual([OURS]);
		expect(counter.client.tokenRequests()).toBe(1);
	});
});
