import { describe, expect, it } from 'vitest';
import { pressTest } from './pressTest';
import { startWorld } from './world';

describe('the Test button', () => {
	it('asks the server for a token, and says how long it is valid', async () => {
		const world = await startWorld();
		expect(await pressTest(world)).toEqual({
			status: 'OK',
			message: 'The server issued a token, valid for 600 seconds',
		});
		expect(world.server.tokenRequests()).toBe(1);
	});

	it('says so where nobody knows how long it is valid', async () => {
		const world = await startWorld();
		world.server.intercept((_req, res) => {
			res.end('{"access_token":"opaque"}');
			return true;
		});
		expect(await pressTest(world)).toEqual({
			status: 'OK',
			message:
				'The server issued a token. It does not say how long it is valid: 300 seconds are assumed',
		});
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
