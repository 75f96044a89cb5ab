import type { INodeParameters } from 'n8n-workflow';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { TOOL_TYPE } from '../engine/nodeWorkflow';
import { listenOnLoopback } from '../servers/loopback';
import { freshProcess, records, startWorld, type World } from './world';

const operation = (name: string, more: INodeParameters = {}): INodeParameters => ({
	resource: 'token',
	tokenOperation: name,
	...more,
});

/** Lets time pass that nothing waits for. */
function pass(ms: number): void {
	vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
	onTestFinished(() => void vi.useRealTimers());
}

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

	it('says where the time is only assumed, since the server names none', async () => {
		const { run, server } = await startWorld();
		server.intercept((_req, res) => {
			res.end('{"access_token":"opaque"}');
			return true;
		});
		const { items } = await run(operation('get'));
		expect(items[0]?.json).toMatchObject({ lifetimeIsAssumed: true, source: 'new' });
	});

	it('shows the token where that is asked for', async () => {
		const { run, server } = await startWorld();
		const { items } = await run(operation('get', { includeToken: true }));
		expect(items[0]?.json.accessToken).toBe(server.issuedTokens[0]);
	});

	it('tells of a new one where that is due for renewal', async () => {
		const { run, server } = await startWorld();
		await run(operation('get'));
		pass(550_000);
		const { items } = await run(operation('get', { includeToken: true }));
		expect(items[0]?.json).toMatchObject({ source: 'new', accessToken: server.issuedTokens[1] });
		expect(items[0]?.json.expiresInSeconds).toBeGreaterThan(500);
	});

	it('tells of the old one where the renewal fails', async () => {
		const { run, server } = await startWorld();
		await run(operation('get'));
		pass(550_000);
		server.intercept((_req, res) => {
			res.writeHead(400).end('{"error":"invalid_client"}');
			return true;
		});
		const { items } = await run(operation('get', { includeToken: true }));
		expect(items[0]?.json).toMatchObject({ source: 'cache', accessToken: server.issuedTokens[0] });
		expect(items[0]?.json.expiresInSeconds).toBeLessThanOrEqual(50);
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
		expect(cleared.items[0]?.json).toMatchObject({ cleared: true });
		expect(JSON.stringify(cleared.savedStaticData)).not.toContain('sealed');
		expect((await run(operation('clearCache'))).items[0]?.json).toEqual({ cleared: false });
		await run({ url: `${api.origin}/echo` }, { staticData: first.savedStaticData });
		expect(server.tokenRequests()).toBe(2);
	});
});

describe('Clear Cache, of a token that is due for renewal', () => {
	it('says that it has forgotten one', async () => {
		const { run } = await startWorld();
		await run(operation('get'));
		pass(550_000);
		expect((await run(operation('clearCache'))).items[0]?.json).toEqual({ cleared: true });
	});
});

describe('a token that n8n has saved with the workflow', () => {
	/** A world with a saved token, whose API refuses just that one from then on. */
	async function savedWorld() {
		const world = await opaqueWorld();
		const { run, api, server } = world;
		api.intercept((req, res) => {
			const isFirst = req.headers.authorization === `Bearer ${server.issuedTokens[0]}`;
			res.status(isFirst && revoked ? 401 : 200).json({});
			return true;
		});
		let revoked = false;
		const call = { url: `${api.origin}/echo` };
		const credential = endpoints(world);
		const saved = (await run(call, { mode: 'trigger', credential })).savedStaticData;
		expect(JSON.stringify(saved)).toContain('sealed');
		revoked = true;
		return { ...world, call, credential, saved };
	}

	it.each([
		['revoke', 'revoked'],
		['clearCache', 'cleared'],
	])('stays there after a manual run: %s says so, and no run here uses it', async (name, field) => {
		const { run, server, api, call, credential, saved } = await savedWorld();
		const manual = await run(operation(name), { credential, staticData: saved, mode: 'manual' });
		expect(manual.error).toBeUndefined();
		expect(manual.items[0]?.json).toEqual({ [field]: true, savedCopyRemains: true });
		expect(manual.hints.map(({ message }) => message)).toEqual([
			expect.stringContaining('run this operation in a production run'),
		]);
		expect(JSON.stringify(manual.savedStaticData)).toContain('sealed');

		// Another token in this process must not make it forget that.
		const options = { token: { token: { scope: 'records:read' } } };
		await run(operation('get', { options }), { credential });
		const { error } = await run(call, { mode: 'trigger', credential, staticData: saved });
		expect(error).toBeUndefined();
		expect(server.issuedTokens).toHaveLength(3);
		// Nobody had to refuse the old one.
		expect(api.requests).toHaveLength(2);
	});

	it('is used once more after a restart, and replaced as soon as the API refuses it', async () => {
		const { run, server, api, call, credential, saved } = await savedWorld();
		await run(operation('revoke'), { credential, staticData: saved, mode: 'manual' });
		const before = api.requests.length;
		const after = await run(call, {
			mode: 'trigger',
			credential,
			staticData: saved,
			items: records(5),
			node: await freshProcess(),
		});
		expect(after.error).toBeUndefined();
		expect(after.items).toHaveLength(5);
		expect(server.tokenRequests()).toBe(2);
		expect(api.requests.length - before).toBeLessThanOrEqual(10);
		const later = { mode: 'trigger', credential, staticData: after.savedStaticData } as const;
		await run(call, { ...later, node: await freshProcess() });
		expect(server.tokenRequests()).toBe(2);
	});

	it.each(['revoke', 'clearCache'])('goes with a production run: %s', async (name) => {
		const { run, credential, saved } = await savedWorld();
		const { items, hints, savedStaticData } = await run(operation(name), {
			mode: 'trigger',
			credential,
			staticData: saved,
		});
		expect(items[0]?.json).not.toHaveProperty('savedCopyRemains');
		expect(hints).toEqual([]);
		expect(JSON.stringify(savedStaticData)).not.toContain('sealed');
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

	it('take back a token that is due for renewal, too', async () => {
		const world = await opaqueWorld();
		const { run, server } = world;
		const credential = endpoints(world);
		await run(operation('get'), { credential });
		pass(550_000);
		const revoked = await run(operation('revoke'), { credential });
		expect(revoked.items[0]?.json).toEqual({ revoked: true });
		const old = operation('introspect', { tokenToIntrospect: server.issuedTokens[0] ?? '' });
		expect((await run(old, { credential })).items[0]?.json).toEqual({ active: false });
		expect(server.tokenRequests()).toBe(1);
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

	it('tell a model what to change', async () => {
		const { run } = await startWorld();
		await run(operation('get'));
		const { error } = await run(operation('revoke'), { type: TOOL_TYPE });
		expect(error?.message).toContain('is missing. Fill in Revocation URL');
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
