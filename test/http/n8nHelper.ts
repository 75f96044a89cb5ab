import type { IHttpRequestOptions } from 'n8n-workflow';
import { helperTransport, type HelperResponse } from '../../http/transport/helperTransport';
import type { Transport } from '../../http/transport/transport';
import { loadEngine } from '../engine/engine';

/** The transport over `helpers.httpRequest` as n8n hands it to a node. */
export async function n8nTransport(): Promise<Transport> {
	await loadEngine();
	const { httpRequest } =
		await import('n8n-core/dist/execution-engine/node-execution-context/utils/request-helper-functions.js');
	return helperTransport(
		async (options) => (await httpRequest(options as IHttpRequestOptions)) as HelperResponse,
	);
}
