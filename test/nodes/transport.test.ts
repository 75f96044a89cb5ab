import { describe, expect, it } from 'vitest';
import { postRecords, records, startWorld } from './world';

describe('reused connections', () => {
	it('are as many as there are calls at a time, and not one for each item', async () => {
		const { run, api } = await startWorld();
		const { items, error } = await run(
			postRecords(api, { reuseConnections: true, concurrency: 5 }),
			{
				items: records(100),
			},
		);
		expect(error).toBeUndefined();
		expect(items).toHaveLength(100);
		expect(api.connections()).toBeLessThanOrEqual(5);
	});

	it('are not what n8n does by itself', async () => {
		const { run, api } = await startWorld();
		await run(postRecords(api, { concurrency: 5 }), { items: records(20) });
		expect(api.connections()).toBe(20);
	});

	it('cannot be had together with certificates that are not verified', async () => {
		const { run, api } = await startWorld();
		const options = { reuseConnections: true, allowUnauthorizedCerts: true };
		const { error } = await run(postRecords(api, options));
		expect(error?.message).toContain('"Reuse Connections" cannot be combined');
		expect(api.requests).toHaveLength(0);
	});

	it('are named where they may be why no answer comes', async () => {
		const { run } = await startWorld();
		const failed = async (reuseConnections: boolean) =>
			(
				await run({
					url: 'http://127.0.0.1:2',
					options: { retry: { retry: { maxRetries: 0 } }, reuseConnections },
				})
			).error;
		expect((await failed(true))?.description).toContain('remove that option');
		expect((await failed(false))?.description).not.toContain('Reuse Connections');
	});

	it('say what they cannot send, and that it was not sent', async () => {
		const { run, api } = await startWorld();
		const parameters = {
			...postRecords(api, { reuseConnections: true }),
			sendHeaders: true,
			headerParameters: { parameters: [{ name: 'Expect', value: '100-continue' }] },
		};
		const { error } = await run(parameters, { items: records(1) });
		expect(error).toMatchObject({
			message: '"Reuse Connections" cannot send this call',
			description:
				'The header "expect" cannot be sent. Turn off Options → Reuse Connections, or change that part of the call.',
		});
		expect(api.requests).toHaveLength(0);
	});

	it.each([
		[300_000, undefined],
		[300_001, '"Reuse Connections" cannot wait longer than 300000 ms for a response'],
	])('can be waited for as long as the runtime waits (%i ms)', async (timeout, message) => {
		const { run, api } = await startWorld();
		const { error } = await run(postRecords(api, { reuseConnections: true, timeout }), {
			items: records(1),
		});
		expect(error?.message).toBe(message);
		expect(api.requests).toHaveLength(message === undefined ? 1 : 0);
	});
});

describe('a large file', () => {
	it.each([
		['', false],
		[', over reused connections, too', true],
	])('goes to the output byte for byte%s', async (_how, reuseConnections) => {
		const { run, api } = await startWorld();
		const file = Buffer.alloc(3_000_000, 'n8n');
		api.intercept((_req, res) => {
			res.attachment('dump.zip').send(file);
			return true;
		});
		const { items } = await run({ url: `${api.origin}/dump`, options: { reuseConnections } });
		const data = items[0]?.binary?.data;
		expect(data?.fileName).toBe('dump.zip');
		expect(Buffer.from(data?.data ?? '', 'base64').equals(file)).toBe(true);
	});
});
