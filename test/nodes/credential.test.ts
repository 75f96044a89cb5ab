import { describe, expect, it } from 'vitest';
import { OAuth2HttpRequest } from '../../nodes/OAuth2HttpRequest/OAuth2HttpRequest.node';
import { NODE_TYPE, nodeWorkflow, type NodeWorkflowOptions } from '../engine/nodeWorkflow';
import { runWorkflow } from '../engine/runWorkflow';
import { records } from './world';

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
