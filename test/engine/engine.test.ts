import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	NodeApiError,
	NodeConnectionTypes,
	NodeOperationError,
	sleepWithAbort,
	type ICredentialType,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type JsonObject,
} from 'n8n-workflow';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { listenOnLoopback } from '../servers/loopback';
import { loadPackage } from './loadPackage';
import { CREDENTIAL_TYPE, NODE_NAME, NODE_TYPE, nodeWorkflow } from './nodeWorkflow';
import { runWorkflow, type RunOptions } from './runWorkflow';

/** Instead of the user's, from before the engine is loaded. */
let home: string;

beforeAll(() => {
	home = mkdtempSync(join(tmpdir(), 'home-'));
	vi.stubEnv('HOME', home);
});

afterAll(() => {
	vi.unstubAllEnvs();
	rmSync(home, { recursive: true });
});

type Execute = (node: IExecuteFunctions) => Promise<INodeExecutionData[][]>;

function nodeThat(execute: Execute): INodeType {
	return {
		description: {
			displayName: 'Stub',
			name: 'oAuth2HttpRequest',
			group: ['transform'],
			version: 1,
			description: '',
			defaults: { name: 'Stub' },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			credentials: [{ name: CREDENTIAL_TYPE, required: true }],
			properties: [{ displayName: 'Value', name: 'value', type: 'string', default: 'by default' }],
		},
		async execute(this: IExecuteFunctions) {
			return await execute(this);
		},
	};
}

const credentialType: ICredentialType = {
	name: CREDENTIAL_TYPE,
	displayName: 'Stub',
	properties: [
		{
			displayName: 'Token',
			name: 'token',
			type: 'hidden',
			typeOptions: { expirable: true },
			default: '',
		},
		{ displayName: 'Scope', name: 'scope', type: 'string', default: 'all' },
	],
	preAuthentication: async ({ token }) => ({ token: `${token as string}+` }),
	authenticate: {
		type: 'generic',
		properties: { headers: { 'x-token': '={{$credentials.token}}' } },
	},
};

function run(execute: Execute, workflow = nodeWorkflow({}), options: Partial<RunOptions> = {}) {
	return runWorkflow({ workflow, nodeTypes: { [NODE_TYPE]: nodeThat(execute) }, ...options });
}

const itemsOf = (...values: unknown[]) =>
	values.map((value) => ({ json: { value } as IDataObject }));

/** Fails for items whose value is `bad`, the way a node does that honours `onError`. */
const failForBadItems: Execute = async (node) => [
	node.getInputData().map((item, index) => {
		if (item.json.value !== 'bad') return { json: item.json, pairedItem: { item: index } };
		const error = new NodeOperationError(node.getNode(), 'Bad item', { itemIndex: index });
		if (!node.continueOnFail()) throw error;
		return { json: { error: error.message }, error, pairedItem: { item: index } };
	}),
];

describe('items', () => {
	it('resolves expressions for each item, and defaults', async () => {
		const echo: Execute = async (node) => [
			node.getInputData().map((_, i) => ({ json: { value: node.getNodeParameter('value', i) } })),
		];
		const workflow = nodeWorkflow({ value: '={{ $json.value * 2 }}' }, { items: itemsOf(1, 2) });
		expect((await run(echo, workflow)).items).toMatchObject(itemsOf(2, 4));
		expect((await run(echo)).items).toMatchObject(itemsOf('by default'));
	});

	it('follows paired items back through the node', async () => {
		const reverse: Execute = async (node) => [
			node.getInputData().map((_, item) => ({ json: {}, pairedItem: { item } })).reverse(), // prettier-ignore
		];
		const workflow = nodeWorkflow({}, { items: itemsOf('a', 'b') });
		workflow.nodes.push({
			id: 'after',
			name: 'After',
			type: 'test.after',
			typeVersion: 1,
			position: [400, 0],
			parameters: { value: "={{ $('Start').item.json.value }}" },
		});
		workflow.connections[NODE_NAME] = { main: [[{ node: 'After', type: 'main', index: 0 }]] };
		const after = nodeThat(async (node) => [
			node.getInputData().map((_, i) => ({ json: { value: node.getNodeParameter('value', i) } })),
		]);
		const nodeTypes = { [NODE_TYPE]: nodeThat(reverse), 'test.after': after };
		const { items, runData } = await runWorkflow({ workflow, nodeTypes });
		expect(items).toMatchObject(itemsOf('b', 'a'));
		expect(Object.keys(runData)).toEqual(['Start', NODE_NAME, 'After']);
	});

	it('keeps binary data in memory', async () => {
		const content = Buffer.from([0, 1, 2, 255]);
		const workflow = nodeWorkflow(
			{},
			{
				items: [
					{ json: {}, binary: { data: { data: content.toString('base64'), mimeType: 'a/b' } } },
				],
			},
		);
		const { items } = await run(async ({ helpers }) => {
			const data = await helpers.getBinaryDataBuffer(0, 'data');
			const binary = { copy: await helpers.prepareBinaryData(data, 'copy.bin') };
			return [[{ json: {}, binary }]];
		}, workflow);
		expect(items[0]?.binary?.copy).toMatchObject({
			fileName: 'copy.bin',
			data: content.toString('base64'),
		});
	});

	it('refuses to guess the output of a node that is not installed', async () => {
		const workflow = nodeWorkflow({}, { type: 'n8n-nodes-base.code' });
		const { error } = await runWorkflow({ workflow });
		expect(error?.message).toBe(
			`"n8n-nodes-base.code" is not installed: pin the output of "${NODE_NAME}"`,
		);
	});
});

describe('errors', () => {
	const items = itemsOf('good', 'bad', 'good');

	it('stops the workflow, and keeps what the error says', async () => {
		const { error, run: result } = await run(failForBadItems, nodeWorkflow({}, { items }));
		expect(result.status).toBe('error');
		expect(error).toMatchObject({ name: 'NodeOperationError', message: 'Bad item' });
		expect(error?.context).toMatchObject({ itemIndex: 1 });
	});

	it('keeps the fields of a NodeApiError', async () => {
		const { error } = await run(async (node) => {
			const response: JsonObject = { message: 'Down', httpCode: '503' };
			throw new NodeApiError(node.getNode(), response, { description: 'Try later' });
		});
		expect(error).toMatchObject({ httpCode: '503', description: 'Try later' });
	});

	it.each([{ onError: 'continueRegularOutput' }, { continueOnFail: true }] as const)(
		'puts failed items among the others under %o',
		async (settings) => {
			const workflow = nodeWorkflow({}, { items, ...settings });
			const result = await run(failForBadItems, workflow);
			expect(result.error).toBeUndefined();
			expect(result.items.map(({ json }) => json)).toEqual([
				{ value: 'good' },
				{ error: 'Bad item' },
				{ value: 'good' },
			]);
		},
	);

	it('puts failed items on the second output under continueErrorOutput', async () => {
		const workflow = nodeWorkflow({}, { items, onError: 'continueErrorOutput' });
		const result = await run(failForBadItems, workflow);
		expect(result.items).toHaveLength(2);
		expect(result.errorItems.map(({ json }) => json)).toEqual([{ error: 'Bad item' }]);
	});

	it('adds the input to a failed item that has its error in `json` alone', async () => {
		const workflow = nodeWorkflow({}, { items, onError: 'continueErrorOutput' });
		const result = await run(
			async () => [[{ json: { error: 'Bad item' }, pairedItem: { item: 1 } }]],
			workflow,
		);
		expect(result.errorItems.map(({ json }) => json)).toEqual([
			{ value: 'bad', error: 'Bad item' },
		]);
	});

	it('starts the node again with all items under retryOnFail', async () => {
		let tries = 0;
		const workflow = nodeWorkflow({}, { items, retryOnFail: true, waitBetweenTries: 1 });
		const result = await run(async (node) => {
			if (++tries < 3) throw new NodeOperationError(node.getNode(), 'Not yet');
			return [node.getInputData()];
		}, workflow);
		expect(result.error).toBeUndefined();
		expect(tries).toBe(3);
		expect(result.items).toHaveLength(3);
	});

	it('prints nothing', async () => {
		// The test runner gives the console, which n8n logs over, streams of its own.
		const { _stdout, _stderr } = console as unknown as Record<string, NodeJS.WriteStream>;
		const prints = [process.stdout, process.stderr, _stdout, _stderr].map((stream) =>
			vi.spyOn(stream as NodeJS.WriteStream, 'write').mockReturnValue(true),
		);
		await run(failForBadItems, nodeWorkflow({}, { items }));
		const printed = prints.flatMap(({ mock }) => mock.calls.map(([text]) => text));
		vi.restoreAllMocks();
		expect(printed).toEqual([]);
	});
});

describe('messages', () => {
	const talk: Execute = async (node) => {
		node.addExecutionHints({ message: 'Slow API', location: 'outputPane' });
		node.sendMessageToUI('waiting');
		return [[]];
	};

	it('reports hints always, and console messages of manual runs', async () => {
		const manual = await run(talk, nodeWorkflow({}), { mode: 'manual' });
		expect(manual.hints).toEqual([{ message: 'Slow API', location: 'outputPane' }]);
		expect(manual.messages).toEqual(['waiting']);
		expect((await run(talk)).messages).toEqual([]);
	});
});

describe('static data', () => {
	const count: Execute = async (node) => {
		const data = node.getWorkflowStaticData('global');
		data.count = Number(data.count ?? 0) + 1;
		return [[{ json: { ...data } }]];
	};

	it('is saved by a production run', async () => {
		const first = await run(count);
		expect(first.staticDataChanged).toBe(true);
		expect(first.savedStaticData).toEqual({ global: { count: 1 } });
		const second = await run(count, undefined, { staticData: first.savedStaticData });
		expect(second.savedStaticData).toEqual({ global: { count: 2 } });
		expect(first.savedStaticData).toEqual({ global: { count: 1 } });
	});

	it('is not saved by a manual run, nor without a change', async () => {
		const staticData = { global: { count: 5 } };
		const manual = await run(count, undefined, { staticData, mode: 'manual' });
		expect(manual.staticData).toEqual({ global: { count: 6 } });
		expect(manual.savedStaticData).toEqual(staticData);
		const reader = await run(
			async (node) => [[{ json: { ...node.getWorkflowStaticData('global') } }]],
			undefined,
			{ staticData },
		);
		expect(reader.items[0]?.json).toEqual({ count: 5 });
		expect(reader.staticDataChanged).toBe(false);
	});
});

describe('credentials', () => {
	it('fills in the defaults of the type', async () => {
		const { items } = await run(
			async (node) => [[{ json: await node.getCredentials(CREDENTIAL_TYPE) }]],
			undefined,
			{
				credentials: { [CREDENTIAL_TYPE]: { token: 't' } },
				credentialTypes: { [CREDENTIAL_TYPE]: credentialType },
			},
		);
		expect(items[0]?.json).toEqual({ token: 't', scope: 'all' });
	});

	it('authenticates requests, and again after a 401', async () => {
		const { origin, server, close } = await listenOnLoopback();
		const tokens: unknown[] = [];
		server.on('request', (req, res) => {
			tokens.push(req.headers['x-token']);
			res.writeHead(tokens.length === 1 ? 401 : 200).end();
		});
		const credentials = { [CREDENTIAL_TYPE]: { token: '' } };
		const { error } = await run(
			async (node) => {
				const { helpers } = node;
				await helpers.httpRequestWithAuthentication.call(node, CREDENTIAL_TYPE, { url: origin });
				return [[]];
			},
			undefined,
			{ credentials, credentialTypes: { [CREDENTIAL_TYPE]: credentialType } },
		);
		await close();
		expect(error).toBeUndefined();
		expect(tokens).toEqual(['+', '++']);
		expect(credentials[CREDENTIAL_TYPE]).toMatchObject({ token: '++' });
	});
});

describe('cancellation', () => {
	it('tells the node, and ends when the node does', async () => {
		const cancelling = new AbortController();
		const { run: result, error } = await run(
			async (node) => {
				setTimeout(() => cancelling.abort(), 10);
				await sleepWithAbort(60_000, node.getExecutionCancelSignal());
				return [[]];
			},
			undefined,
			{ cancelSignal: cancelling.signal },
		);
		expect(result.status).toBe('canceled');
		expect(error?.message).toContain('cancel');
	});
});

describe('the environment', () => {
	it('loads an unpacked package as n8n does', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'package-'));
		mkdirSync(join(folder, 'dist'));
		const n8n = { nodes: ['dist/Stub.node.js'], credentials: ['dist/StubApi.credentials.js'] };
		writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'n8n-nodes-stub', n8n }));
		writeFileSync(
			join(folder, 'dist/Stub.node.js'),
			`exports.Stub = class { description = { name: 'stub', version: 1, properties: [] };
				async execute() { return [[{ json: { from: 'package' } }]]; } };`,
		);
		writeFileSync(
			join(folder, 'dist/StubApi.credentials.js'),
			"exports.StubApi = class { name = 'stubApi'; properties = []; };",
		);
		const { nodeTypes, credentialTypes } = await loadPackage(folder);
		const workflow = nodeWorkflow({}, { type: 'n8n-nodes-stub.stub' });
		const { items } = await runWorkflow({ workflow, nodeTypes, credentialTypes });
		rmSync(folder, { recursive: true });
		expect(items[0]?.json).toEqual({ from: 'package' });
		expect(Object.keys(credentialTypes)).toEqual(['stubApi']);
	});

	it("does not touch the user's n8n folder", async () => {
		await run(async () => [[]]);
		expect(homedir()).toBe(home);
		expect(readdirSync(home)).toEqual([]);
	});
});
