import type { INodeParameters } from 'n8n-workflow';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listenOnLoopback } from '../servers/loopback';
import { records, startWorld, type World } from './world';

const operation = (name: string, more: INodeParameters = {}): INodeParameters => ({
	resource: 'token',
	tokenOperation: name,
	...more,
});

const opaqueWorld = () => startWorld({ server: { opaqueTokens: true } });

const endpoints = ({ server }: World) => ({
	introspectionUrl: `${server.tokenUrl}/introspection`,
	revocationUrl: `${server.tokenUrl}/revocation`,
});

describe('Get', () => {
	it('tells of a new token, then of the same one, without showing it', async () => {
		const { run, server } = await startWorld();
		const { items, error } = await run(operation('get'), { items: records(2) });
		expect(error).toBeUndefined();
		expect(items[0]?.json).toEqual({
			expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
			expiresInSeconds: expect.any(Number),
			scope: 'records:write records:read',
			tokenType: 'Bearer',
			source: 'new',
		});
		expect(items[0]?.json.expiresInSeconds).toBeGreaterThan(500);
		expect(items.map(({ json }) => json.source)).toEqual(['new', 'cache']);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		expect(server.tokenRequests()).toBe(1);
	});

	it('shows the token where that is asked for', async () => {
		const { run, server } = await startWorld();
		const { items } = await run(operation('get', { includeToken: true }));
		expect(items[0]?.json.accessToken).toBe(server.issuedTokens[0]);
	});

	it('is for each scope, and an error is that of its item', async () => {
		const { run } = await startWorld();
		const token = { scope: "={{ ['records:read', 'records:admin'][$json.id] }}" };
		const { items } = await run(operation('get', { options: { token: { token } } }), {
			items: records(2),
			onError: 'continueRegularOutput',
		});
		expect(items[0]?.json.scope).toBe('records:read');
		expect(items[1]?.json.error).toMatchObject({ message: expect.stringContaining('scope') });
	});
});

describe('Clear Cache', () => {
	it('lets the next call ask for a new token, a saved copy of the old one notwithstanding', async () => {
		const { run, server, api } = await startWorld();
		const first = await run({ url: `${api.origin}/echo` });
		const cleared = await run(operation('clearCache'), { staticData: first.savedStaticData });
		expect(cleared.items[0]?.json).toEqual({ cleared: true });
		expect(JSON.stringify(cleared.savedStaticData)).not.toContain('sealed');
		expect((await run(operation('clearCache'))).items[0]?.json).toEqual({ cleared: false });
		await run({ url: `${api.origin}/echo` }, { staticData: first.savedStaticData });
		expect(server.tokenRequests()).toBe(2);
	});
});

describe('Introspect and Revoke', () => {
	it('ask the server about the token, take it back, and forget it', async () => {
		const world = await opaqueWorld();
		const { run, server } = world;
		const credential = endpoints(world);
		const before = await run(operation('introspect'), { credential });
		expect(before.error).toBeUndefined();
		expect(before.items[0]?.json).toMatchObject({
			active: true,
			client_id: 'nightly-sync',
			scope: 'records:write records:read',
		});
		const revoked = await run(operation('revoke'), { credential });
		expect(revoked.items[0]?.json).toEqual({ revoked: true });
		const old = operation('introspect', { tokenToIntrospect: server.issuedTokens[0] ?? '' });
		expect((await run(old, { credential })).items[0]?.json).toEqual({ active: false });
		expect(server.tokenRequests()).toBe(1);
		expect((await run(operation('revoke'), { credential })).items[0]?.json).toEqual({
			revoked: false,
		});
		await run(operation('get'), { credential });
		expect(server.tokenRequests()).toBe(2);
	});

	it('find their addresses by the issuer', async () => {
		const { run, server } = await opaqueWorld();
		const credential = { serverAddress: 'issuerUrl', issuerUrl: server.issuer };
		const { items, error } = await run(operation('introspect'), { credential });
		expect(error).toBeUndefined();
		expect(items[0]?.json.active).toBe(true);
	});

	it.each([
		['introspect', 'Introspection URL'],
		['revoke', 'Revocation URL'],
	])('say which field is missing: %s', async (name, field) => {
		const { run } = await startWorld();
		await run(operation('get'));
		const { error } = await run(operation(name));
		expect(error?.message).toBe(`The ${field.replace(/^./, (c) => c.toLowerCase())} is missing`);
		expect(error?.description).toContain(`Fill in ${field}`);
	});

	it.each<[string, number, string, string]>([
		['an error', 401, '{"error":"invalid_client","error_description":"no TOKEN"}', 'does not accept'], // prettier-ignore
		['a page', 404, '<html>TOKEN</html>', 'answered with status 404'],
		['a redirect', 302, 'TOKEN', 'redirects (status 302)'],
		['a refusal', 403, 'no TOKEN', 'may not use the introspection URL'],
		['what it is not allowed', 400, '{"error":"access_denied"}', 'refuses to introspect the token'],
		['nothing', 200, '', 'does not say whether'],
		['something else', 200, '{"active":"TOKEN"}', 'does not say whether'],
	])('explain %s, and show no token', async (_name, status, body, text) => {
		const { run } = await startWorld();
		const odd = await listenOnLoopback();
		onTestFinished(odd.close);
		odd.server.on('request', (_req, res) => {
			res.writeHead(status).end(body.replace('TOKEN', 'opaque-token-of-mine'));
		});
		const { error } = await run(
			operation('introspect', { tokenToIntrospect: '={{ $json.token }}' }),
			{
				items: [{ json: { token: 'opaque-token-of-mine' } }],
				credential: { introspectionUrl: odd.origin },
			},
		);
		expect(error?.message).toContain(text);
		expect(JSON.stringify([error, error?.description])).not.toContain('opaque-token-of-mine');
	});
});
