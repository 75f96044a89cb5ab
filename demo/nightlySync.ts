import { readFile } from 'node:fs/promises';
import type { IDataObject } from 'n8n-workflow';
import type { WorkflowDefinition } from '../test/engine/runWorkflow';
import { startAuthorizationServer } from '../test/servers/authorizationServer';
import { startProtectedApi, type ProtectedApi } from '../test/servers/protectedApi';
import { runInNewProcess, type EngineResult } from './engineProcess';

const ITEMS = 300;
const LIMIT = { requests: 20, windowMs: 1_000 };
const ITEMS_OF_SECOND_RUN = 20;

/** Runs the example twice, and says whether everything it promises held. */
export async function nightlySync(): Promise<boolean> {
	const server = await startAuthorizationServer();
	const api = await startProtectedApi({ authorizationServer: server, rateLimit: LIMIT });
	const [client] = server.clients;
	if (client === undefined) throw new Error('The authorization server has no client');
	const run = async (items: IDataObject[], staticData: IDataObject): Promise<EngineResult> => {
		const stopProgress = showProgress(api, items);
		try {
			return await runInNewProcess({
				workflow: await readExample(`${api.origin}/records`, items),
				outputOf: 'Send to API',
				credential: {
					tokenUrl: server.tokenUrl,
					clientId: client.client_id,
					clientSecret: client.client_secret,
					scope: 'records:write',
				},
				staticData,
				mode: 'trigger',
			});
		} finally {
			stopProgress();
		}
	};
	const check = (name: string, value: string, holds = true): boolean => {
		console.log(`  ${holds ? '✓' : '✗'} ${name.padEnd(18)} ${value}`);
		return holds;
	};

	try {
		console.log(
			`\nThe "nightly sync" example in n8n's own engine: ${ITEMS} records to an API on this machine\n` +
				`that requires a token and allows ${LIMIT.requests} requests per second.\n`,
		);
		const first = await run(records(1, ITEMS), {});
		const held = [
			check('Items delivered', `${api.delivered().size} of ${ITEMS}`, allDelivered(first, ITEMS)),
			check('Delivered twice', String(twice(api)), twice(api) === 0),
			check('Token requests', String(server.tokenRequests()), server.tokenRequests() === 1),
			check('429s met', `${api.refused429()}, each waited out as the API asked`),
			check('Time', timeText(api)),
		];
		showErrors(first);

		console.log('\nThe same workflow after a restart, with the token that n8n saved with it:\n');
		const tokensBefore = server.tokenRequests();
		const more = records(ITEMS + 1, ITEMS_OF_SECOND_RUN);
		const second = await run(more, first.savedStaticData);
		const tokenRequests = server.tokenRequests() - tokensBefore;
		const delivered = api.delivered().size - ITEMS;
		held.push(
			check(
				'Items delivered',
				`${delivered} of ${ITEMS_OF_SECOND_RUN}`,
				allDelivered(second, ITEMS_OF_SECOND_RUN) && delivered === ITEMS_OF_SECOND_RUN,
			),
			check('Delivered twice', String(twice(api)), twice(api) === 0),
			check('Token requests', String(tokenRequests), tokenRequests === 0),
		);
		showErrors(second);
		const ok = held.every(Boolean);
		console.log(ok ? '\nAll checks passed.\n' : '\nNot all checks passed.\n');
		return ok;
	} finally {
		await api.close();
		await server.close();
	}
}

/** The example as it is in the repository, with the address and the records of this run. */
async function readExample(url: string, items: IDataObject[]): Promise<WorkflowDefinition> {
	const file = new URL('../examples/nightly-sync.json', import.meta.url);
	const workflow = JSON.parse(await readFile(file, 'utf8')) as WorkflowDefinition;
	for (const node of workflow.nodes) {
		if (node.name === 'Send to API') node.parameters.url = url;
	}
	return { ...workflow, pinData: { 'Changed records': items.map((json) => ({ json })) } };
}

function records(firstId: number, count: number): IDataObject[] {
	return Array.from({ length: count }, (_, index) => ({
		id: firstId + index,
		name: `Record ${firstId + index}`,
	}));
}

function allDelivered({ items, errorItems, error }: EngineResult, count: number): boolean {
	return error === undefined && errorItems.length === 0 && items.length === count;
}

function showErrors({ error, errorItems }: EngineResult): void {
	const [first] = errorItems;
	const shown = error ?? first?.error;
	if (shown !== undefined) console.error('\n', shown);
}

function twice(api: ProtectedApi): number {
	return [...api.delivered().values()].filter((times) => times > 1).length;
}

/** From the first request to the last, against what the limit makes possible. */
function timeText(api: ProtectedApi): string {
	const times = api.requests.map(({ at }) => at);
	const seconds = (Math.max(...times) - Math.min(...times)) / 1000;
	// The first window's requests cost no time.
	const ideal = ((Math.ceil(ITEMS / LIMIT.requests) - 1) * LIMIT.windowMs) / 1000;
	const ratio = (seconds / ideal).toFixed(2);
	return `${seconds.toFixed(1)} s, where the limit allows ${ideal.toFixed(1)} s at best (${ratio} ×)`;
}

/** A line that grows in a terminal; every few seconds a new one where the output is a file. */
function showProgress(api: ProtectedApi, items: IDataObject[]): () => void {
	const ids = items.map(({ id }) => `${id as number}`);
	const startedAt = Date.now();
	const isTerminal = process.stdout.isTTY;
	const line = (): string => {
		const delivered = api.delivered();
		const done = ids.filter((id) => delivered.has(id)).length;
		const bar = '█'.repeat(Math.round((done / ids.length) * 30)).padEnd(30, '░');
		const seconds = ((Date.now() - startedAt) / 1000).toFixed(0).padStart(3);
		return `  ${bar} ${done} of ${ids.length} delivered, ${api.refused429()} × 429, ${seconds} s`;
	};
	const show = (): void => void process.stdout.write(isTerminal ? `\r${line()}` : `${line()}\n`);
	const timer = setInterval(show, isTerminal ? 200 : 3_000);
	return () => {
		clearInterval(timer);
		show();
		process.stdout.write(isTerminal ? '\n\n' : '\n');
	};
}
