import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { startWorld, type World } from './world';

/** A world whose authorization server answers every token request with this, and whose API tells what it got. */
async function oddWorld(answer: (request: number) => string): Promise<World> {
	const world = await startWorld();
	world.server.intercept((_req, res) => {
		res.writeHead(200).end(answer(world.server.tokenRequests()));
		return true;
	});
	world.api.intercept((req, res) => {
		res.json({ authorization: req.headers.authorization });
		return true;
	});
	return world;
}

const CUSTOM: IDataObject = { customTokenResponse: true };

describe('a token response of another form is understood:', () => {
	it.each<[string, string, IDataObject]>([
		['a form', 'access_token=odd-token&token_type=bearer', {}],
		[
			'fields of its own',
			JSON.stringify({ data: { jwt: 'odd-token', ttl: 60_000 } }),
			{
				...CUSTOM,
				tokenPath: 'data.jwt',
				lifetimePath: 'data.ttl',
				lifetimeUnit: 'milliseconds',
			},
		],
		['nothing but the token', 'odd-token\n', { ...CUSTOM, tokenPath: '' }],
	])('%s', async (_name, body, credential) => {
		const { api, server, run } = await oddWorld(() => body);
		const { items, error } = await run({ url: `${api.origin}/records/1` }, { credential });
		expect(error).toBeUndefined();
		expect(items[0]?.json).toEqual({ authorization: 'Bearer odd-token' });
		expect(server.tokenRequests()).toBe(1);
	});

	it('and a token elsewhere than the credential says is an error that names the fields', async () => {
		const { api, run } = await oddWorld(() => JSON.stringify({ data: { jwt: 'odd-token' } }));
		const { error } = await run({ url: api.origin });
		expect(error?.description).toContain('it has: data.jwt.');
		expect(JSON.stringify(error)).not.toContain('odd-token');
	});
});
