import type { ICredentialTestFunctions, IDataObject } from 'n8n-workflow';
import { OAuth2HttpRequest } from '../../nodes/OAuth2HttpRequest/OAuth2HttpRequest.node';
import { loadEngine } from '../engine/engine';
import type { World } from './world';

/** Presses "Test" in the credential, with the helper that n8n gives to such tests. */
export async function pressTest(
	{ server, secret }: Pick<World, 'server' | 'secret'>,
	fields: IDataObject = {},
) {
	const { proxyRequestToAxios } = await loadLegacyHelper();
	const context = {
		helpers: {
			request: async (options: object) =>
				await proxyRequestToAxios(undefined, undefined, undefined, options),
		},
	} as unknown as ICredentialTestFunctions;
	const data = {
		tokenUrl: server.tokenUrl,
		clientId: 'nightly-sync',
		clientSecret: secret,
		...fields,
	};
	const { testClientCredentials } = new OAuth2HttpRequest().methods.credentialTest;
	return await testClientCredentials.call(context, { id: '1', name: 'test', type: 'test', data });
}

type LegacyHelper = (...args: unknown[]) => Promise<unknown>;

/** n8n-core does not export it; n8n takes it from the same file. */
async function loadLegacyHelper(): Promise<{ proxyRequestToAxios: LegacyHelper }> {
	await loadEngine();
	const file =
		'n8n-core/dist/execution-engine/node-execution-context/utils/request-helper-functions.js';
	return (await import(file)) as { proxyRequestToAxios: LegacyHelper };
}
