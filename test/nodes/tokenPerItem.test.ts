import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { freshProcess, records, startWorld, type World } from './world';

const withToken = (token: Record<string, string>, more = {}) => ({
	options: { token: { token }, ...more },
});

/** What the token requests asked for, by this parameter. */
const asked = ({ server }: World, name: string) =>
	server.requests.map(({ body }) => new URLSearchParams(body).get(name));

describe('the token of an item', () => {
	const BY_ITEM = { scope: "={{ $json.id % 2 ? 'records:read' : 'records:write' }}" };

	it('is the one of its scope, which is asked for once for all items of it', async () => {
		const world = await startWorld();
		const { server, api, run } = world;
		const seen = new Map<string, string>();
		api.intercept((req, res) => {
			seen.set(req.originalUrl, req.headers.authorization ?? '');
			res.json({});
			return true;
		});
		const url = `=${api.origin}/{{ $json.id }}`;
		const { error } = await run({ url, ...withToken(BY_ITEM) }, { items: records(20) });
		expect(error).toBeUndefined();
		expect(asked(world, 'scope').sort()).toEqual(['records:read', 'records:write']);
		expect(new Set(server.issuedTokens).size).toBe(2);
		const tokens = [...seen].sort(([a], [b]) => Number(a.slice(1)) - Number(b.slice(1)));
		const scopeOf = (header: string) => decodeJwt<{ scope: string }>(header.slice(7)).scope;
		expect(tokens.map(([, header]) => scopeOf(header))).toEqual(
			records(20).map((_, id) => (id % 2 ? 'records:read' : 'records:write')),
		);
	});

	it('is kept for each combination, over runs and restarts', async () => {
		const world = await startWorld();
		const parameters = { url: `${world.api.origin}/echo`, ...withToken(BY_ITEM) };
		const first = await world.run(parameters, { items: records(4) });
		await world.run(parameters, { items: records(4) });
		const again = await world.run(parameters, {
			items: records(4),
			node: await freshProcess(),
			staticData: first.savedStaticData,
		});
		expect(again.error).toBeUndefined();
		expect(world.server.tokenRequests()).toBe(2);
	});

	it('is asked for with audience and resource in place of those of the credential', async () => {
		const world = await startWorld();
		const { server, api } = world;
		await world.run(
			{ url: api.origin, ...withToken({ audience: ' b ', resource: server.audience }) },
			{ credential: { audience: 'a', scope: 'records:read' } },
		);
		expect(asked(world, 'audience')).toEqual(['b']);
		expect(asked(world, 'resource')).toEqual([server.audience]);
		expect(asked(world, 'scope')).toEqual(['records:read']);
	});

	it('may have its scopes as a list', async () => {
		const world = await startWorld();
		const scope = "={{ ['records:read', 'records:write'] }}";
		await world.run({ url: world.api.origin, ...withToken({ scope }) });
		expect(asked(world, 'scope')).toEqual(['records:read records:write']);
	});

	it('is that of the credential where the item names nothing', async () => {
		const world = await startWorld();
		const token = { scope: '={{ $json.none }}', audience: '', resource: ' ' };
		await world.run({ url: world.api.origin, ...withToken(token) });
		await world.run({ url: world.api.origin });
		expect(world.server.tokenRequests()).toBe(1);
	});

	it('that is not to be had is an error of the items that want it; the others go on', async () => {
		const world = await startWorld();
		const { api, run, server } = world;
		const { items } = await run(
			{
				url: `${api.origin}/echo`,
				...withToken({
					resource: `={{ ['', 'https://other.example', 'not a url#'][$json.id % 3] }}`,
				}),
			},
			{ items: records(9), onError: 'continueRegularOutput' },
		);
		const messages = items.map(({ json }) => (json.error as { message?: string })?.message);
		expect(messages.filter((message) => message === undefined)).toHaveLength(3);
		expect(messages[1]).toContain('invalid_target');
		expect(messages[2]).toBe('The resource is not the address of an API');
		expect(server.tokenRequests()).toBe(2);
	});

	it('is hidden in its errors, as is the one that took its place', async () => {
		const world = await startWorld({ server: { opaqueTokens: true } });
		const { api, run, server } = world;
		const sent = new Map<string, string[]>();
		api.intercept((req, res) => {
			const { authorization = '' } = req.headers;
			const all = [...(sent.get(req.originalUrl) ?? []), authorization.replace('Bearer ', '')];
			sent.set(req.originalUrl, all);
			res.status(401).json({ message: `${all.join(' and ')} is not welcome` });
			return true;
		});
		const { items } = await run(
			{ url: `=${api.origin}/{{ $json.id }}`, ...withToken({ audience: '={{ $json.id }}' }) },
			{ items: records(20), onError: 'continueRegularOutput' },
		);
		expect(server.issuedTokens).toHaveLength(40);
		const output = JSON.stringify(items);
		expect(output.match(/\[hidden\] and \[hidden\] is not welcome/g)).toHaveLength(40);
		for (const token of server.issuedTokens) expect(output).not.toContain(token);
	});

	it('that is refused is renewed alone', async () => {
		const world = await startWorld();
		const { api, run, server } = world;
		const parameters = {
			url: `${api.origin}/echo`,
			...withToken(BY_ITEM, { concurrency: 1 }),
		};
		await run(parameters, { items: records(2) });
		api.revoke(server.issuedTokens[0] ?? '');
		const { error } = await run(parameters, { items: records(6) });
		expect(error).toBeUndefined();
		expect(asked(world, 'scope')).toEqual(['records:write', 'records:read', 'records:write']);
	});
});
