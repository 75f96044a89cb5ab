import type { IHttpRequestHelper, IHttpRequestOptions } from 'n8n-workflow';
import { helperTransport, type HelperResponse } from '../../http/transport/helperTransport';
import type { Transport } from '../../http/transport/transport';
import { loadEngine } from '../engine/engine';

/** n8n's own helpers, as it hands them to a node or a credential. */
export async function n8nHelpers(): Promise<IHttpRequestHelper['helpers']> {
	await loadEngine();
	const { httpRequest } =
		await import('n8n-core/dist/execution-engine/node-execution-context/utils/request-helper-functions.js');
	return { httpRequest };
}

/** The transport over `helpers.httpRequest`. */
export async function n8nTransport(): Promise<Transport> {
	const { httpRequest } = await n8nHelpers();
	return helperTransport(
		async (options) => (await httpRequest(options as IHttpRequestOptions)) as HelperResponse,
	);
}
