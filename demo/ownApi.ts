import { readFile } from 'node:fs/promises';
import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import { NODE_NAME, nodeWorkflow } from '../test/engine/nodeWorkflow';
import { runInNewProcess } from './engineProcess';

export interface OwnApiOptions {
	credential: ICredentialDataDecryptedObject;
	method: string;
	url: string;
	/** Path of a JSON file with a list of objects. */
	itemsFile: string;
}

/** Sends each item to the user's API. `true` where all were delivered. */
export async function ownApi(options: OwnApiOptions): Promise<boolean> {
	const items = await readItems(options.itemsFile);
	const parameters = {
		method: options.method,
		url: options.url,
		...(options.method !== 'GET' && {
			sendBody: true,
			contentType: 'json',
			specifyBody: 'json',
			jsonBody: '={{ JSON.stringify($json) }}',
		}),
	};
	const startedAt = Date.now();
	const result = await runInNewProcess(
		{
			workflow: nodeWorkflow(parameters, {
				items: items.map((json) => ({ json })),
				onError: 'continueErrorOutput',
			}),
			outputOf: NODE_NAME,
			credential: options.credential,
			staticData: {},
			mode: 'manual',
		},
		(message) => console.log(`  ${String(message)}`),
	);
	const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
	for (const { error } of result.errorItems.slice(0, 3)) {
		const { message, description } = error as { message: string; description?: string };
		console.error(`\n✗ ${message}\n  ${description ?? ''}`);
	}
	if (result.error)
		console.error(`\n✗ ${result.error.message}\n  ${result.error.description ?? ''}`);
	const failed = result.error ? items.length : result.errorItems.length;
	const delivered = items.length - failed;
	console.log(`\n${delivered} of ${items.length} items delivered in ${seconds} s`);
	for (const { message } of result.hints) console.log(message);
	return failed === 0;
}

async function readItems(file: string): Promise<IDataObject[]> {
	const text = await readFile(file, 'utf8');
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (error) {
		throw new Error(`${file} is not valid JSON: ${(error as Error).message}`);
	}
	const isList =
		Array.isArray(json) && json.every((item) => typeof item === 'object' && item !== null);
	if (!isList) throw new Error(`${file} does not contain a JSON list of objects`);
	return json as IDataObject[];
}
