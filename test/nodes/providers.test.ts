import { describe, expect, it, onTestFinished } from 'vitest';
import { startRelay } from '../servers/relay';
import { pressTest } from './pressTest';
import { postRecords, records, startWorld, type World } from './world';

/** The authorization server, at the address that Keycloak has for a realm. */
async function asKeycloak({ server }: World) {
	const relay = await startRelay('/realms/acme/protocol/openid-connect/token', server.tokenUrl);
	onTestFinished(() => relay.close());
	return {
		provider: 'keycloak',
		keycloakUrl: `${relay.origin}/`,
		keycloakRealm: 'acme',
		tokenUrl: 'http://127.0.0.1:1/left-over',
	};
}

describe('a provider in the credential', () => {
	it('gets the node its token from the address of the provider', async () => {
		const world = await startWorld();
		const { items } = await world.run(postRecords(world.api), {
			credential: await asKeycloak(world),
			items: records(20),
		});
		expect(items).toHaveLength(20);
		expect(world.server.tokenRequests()).toBe(1);
	});

	it('is tested by the Test button', async () => {
		const world = await startWorld();
		const credential = await asKeycloak(world);
		expect(await pressTest(world, credential)).toMatchObject({ status: 'OK' });
		expect(await pressTest(world, { ...credential, keycloakRealm: '' })).toEqual({
			status: 'Error',
			message:
				'Realm is missing. Fill in Realm in the credential, for example acme. If it is an expression, it returned nothing.',
		});
	});

	it('leads to its recipe when the server refuses, without the secret', async () => {
		const world = await startWorld();
		const credential = await asKeycloak(world);
		const { status, message } = await pressTest(world, {
			...credential,
			clientSecret: 'a-wrong-secret',
		});
		expect(status).toBe('Error');
		expect(message).toContain('comes from Provider (Keycloak)');
		expect(message).toMatch(/docs\/providers\/keycloak\.md$/);
		expect(message).not.toContain('a-wrong-secret');
	});

	it.each([401, 403])(
		'leads to its recipe when the API refuses with %i, and names no field that it hides',
		async (status) => {
			const world = await startWorld();
			world.api.intercept((_req, res) => Boolean(res.status(status).json({})));
			const credential = await asKeycloak(world);
			const { error } = await world.run(postRecords(world.api), { credential });
			expect(error?.description).toContain('heck Scope in the credential');
			expect(error?.description).not.toContain('Audience');
			expect(error?.description).toMatch(/docs\/providers\/keycloak\.md$/);
		},
	);
});
