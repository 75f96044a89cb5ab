import type { IHttpRequestHelper } from 'n8n-workflow';
import { helperTransport, type HttpHelpers } from '../../../http/transport/helperTransport';
import type { Transport } from '../../../http/transport/transport';
import { loadEngine } from '../../engine/engine';

interface RequestFunctions {
	httpRequest: IHttpRequestHelper['helpers']['httpRequest'];
	proxyRequestToAxios: (...args: unknown[]) => Promise<unknown>;
}

/** n8n-core does not export them; n8n takes them from the same file. */
async function loadRequestFunctions(): Promise<RequestFunctions> {
	await loadEngine();
	const file =
		'n8n-core/dist/execution-engine/node-execution-context/utils/request-helper-functions.js';
	return (await import(file)) as RequestFunctions;
}

/** n8n's own helpers, as it hands them to a node or a credential. */
export async function n8nHelpers(): Promise<IHttpRequestHelper['helpers']> {
	const { httpRequest } = await loadRequestFunctions();
	return { httpRequest };
}

/** The transport over `helpers.httpRequest`. */
export async function n8nTransport(): Promise<Transport> {
	return helperTransport((await n8nHelpers()) as unknown as HttpHelpers);
}

/** The same over `helpers.request`, which is all that n8n hands to a credential test. */
export async function olderN8nTransport(): Promise<Transport> {
	const { proxyRequestToAxios } = await loadRequestFunctions();
	return helperTransport({
		request: async (options) => await proxyRequestToAxios(undefined, undefined, undefined, options),
	});
}
