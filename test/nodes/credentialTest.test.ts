import type { ICredentialTestFunctions, IDataObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { OAuth2HttpRequest } from '../../nodes/OAuth2HttpRequest/OAuth2HttpRequest.node';
import { loadEngine } from '../engine/engine';
import { startWorld, type World } from './world';

/** Presses "Test" in the credential, with the helper that n8n gives to such tests. */
async function pressTest({ server, secret }: World, fields: IDataObject = {}) {
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

describe('the Test button', () => {
	it('asks the server for a token, and says how long it is valid', async () => {
		const world = await startWorld();
		expect(await pressTest(world)).toEqual({
			status: 'OK',
			message: 'The server issued a token, valid for 600 seconds',
		});
		expect(world.server.tokenRequests()).toBe(1);
	});

	it('says what is wrong, and which field to change', async () => {
		const world = await startWorld();
		const result = await pressTest(world, { clientSecret: 'a-wrong-secret' });
		expect(result.status).toBe('Error');
		expect(result.message).toMatch(/does not accept this client \(invalid_client\).*Client Secret/);
		expect(result.message).not.toContain('a-wrong-secret');
	});

	it('says so where the server is not there', async () => {
		const world = await startWorld();
		const result = await pressTest(world, { tokenUrl: 'http://127.0.0.1:1/token' });
		expect(result).toMatchObject({
			status: 'Error',
			message: expect.stringContaining('could not be reached'),
		});
	});

	it('follows no redirect', async () => {
		const world = await startWorld();
		world.server.intercept((_req, res) => {
			res.writeHead(307, { Location: `${world.api.origin}/steal` }).end();
			return true;
		});
		const result = await pressTest(world);
		expect(result.message).toContain('was not followed');
		expect(world.api.requests).toHaveLength(0);
	});
});
