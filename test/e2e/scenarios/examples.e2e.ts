import { describe, expect, it } from 'vitest';
import type { ProtectedApi } from '../../servers/protectedApi';
import { N8N_1, N8N_2 } from '../prepare';
import { adaptExample, readExamples, SEND } from '../workflows';
import { useWorld } from '../world';

const examples = await readExamples();

describe.each([N8N_2, N8N_1])('an example, imported into n8n %s', (version) => {
	let api: ProtectedApi;
	const world = useWorld({
		version,
		async beforeStart({ n8n, newClient, startApi }) {
			api = await startApi();
			const { credentialId } = await newClient();
			const url = `${api.origin}/records`;
			await n8n.importWorkflow(
				...[...examples].map(([file, example]) =>
					adaptExample(example, { id: idOf(file), url, credentialId }),
				),
			);
		},
	});

	it.each([...examples])(
		'runs with another URL and credential as its only changes, and can be published: %s',
		async (file, example) => {
			const { n8n } = world;
			const trigger = example.nodes.find(({ type }) => type.endsWith('Trigger'));
			await n8n.rest.runManually(idOf(file), String(trigger?.name));
			const [row] = await n8n.waitForExecutions(idOf(file), 1);
			const { error, runData } = (await n8n.execution(String(row?.id)))!.resultData;
			expect(error).toBeUndefined();
			expect(row).toMatchObject({ status: 'success', mode: 'manual' });

			const [delivered, notDelivered] = runData[SEND]?.[0]?.data?.main ?? [];
			const ids = delivered?.map(({ json }) => String(json.id));
			expect(ids?.length).toBeGreaterThan(0);
			expect(notDelivered ?? []).toEqual([]);
			expect([...api.delivered().keys()]).toEqual(expect.arrayContaining(ids ?? []));
			// Each on the first try: where nothing fails, nothing is sent again.
			expect(new Set(api.delivered().values())).toEqual(new Set([1]));

			await n8n.publish(idOf(file));
		},
	);
});

function idOf(file: string): string {
	return file.replace(/\.json$/, '');
}
