/**
 * A process of its own for one run of the engine: it starts with nothing in memory, as n8n does
 * after a restart. `runInNewProcess` starts it, and the lower half of this file is what it does.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ICredentialDataDecryptedObject, IDataObject, NodeExecutionHint } from 'n8n-workflow';
import { pack, unpack } from '../scripts/pack.mjs';
import { loadPackage } from '../test/engine/loadPackage';
import { CREDENTIAL_TYPE } from '../test/engine/nodeWorkflow';
import { runWorkflow, type WorkflowDefinition } from '../test/engine/runWorkflow';

/** Crosses a process boundary: plain data only. */
export interface EngineJob {
	workflow: WorkflowDefinition;
	/** Name of the node whose output is the result. */
	outputOf: string;
	credential: ICredentialDataDecryptedObject;
	staticData: IDataObject;
	mode: 'manual' | 'trigger';
}

export interface EngineResult {
	items: IDataObject[];
	errorItems: IDataObject[];
	error?: { message: string; description?: string | null };
	hints: NodeExecutionHint[];
	savedStaticData: IDataObject;
}

/** @param onMessage sees what the node tells the editor while it runs. */
export async function runInNewProcess(
	job: EngineJob,
	onMessage: (message: unknown) => void = () => undefined,
): Promise<EngineResult> {
	const child = fork(fileURLToPath(import.meta.url), [], { execArgv: ['--import', 'tsx'] });
	return await new Promise((resolve, reject) => {
		child.on('message', (message: { progress?: unknown; result?: EngineResult }) => {
			if (message.result === undefined) onMessage(message.progress);
			else resolve(message.result);
		});
		child.on('error', reject);
		child.on('exit', (code) => reject(new Error(`The engine's process ended with code ${code}`)));
		child.send(job);
	});
}

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
	process.once('message', (job: EngineJob) => {
		void run(job).then((result) => process.send?.({ result }, () => process.exit(0)));
	});
}

async function run(job: EngineJob): Promise<EngineResult> {
	const folder = mkdtempSync(path.join(tmpdir(), 'oauth2-demo-'));
	try {
		const loaded = await loadPackage(unpack(pack(folder).tarball));
		const { items, errorItems, error, hints, savedStaticData } = await runWorkflow({
			...job,
			...loaded,
			credentials: { [CREDENTIAL_TYPE]: job.credential },
			onMessage: (progress) => process.send?.({ progress }),
		});
		return {
			items: items.map(({ json }) => json),
			errorItems: errorItems.map(({ json }) => json),
			...(error && { error: { message: error.message, description: error.description } }),
			hints,
			savedStaticData,
		};
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
