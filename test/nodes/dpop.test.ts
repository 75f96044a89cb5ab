import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import type { RegisteredClient } from '../servers/authorizationServer';
import { pressTest } from './pressTest';
import { freshProcess, postRecords, QUICK_RETRY, records, startWorld, type World } from './world';

const BOUND: RegisteredClient = { client_id: 'nightly-sync', dpop_bound_access_tokens: true };
const CREDENTIAL = { dpop: true };

const startDpopWorld = (options: { dpopNonces?: boolean; client?: RegisteredClient } = {}) =>
	startWorld({
		server: { clients: [options.client ?? BOUND], dpopNonces: options.dpopNonces ?? false },
		api: { dpop: 'required' },
	});

const proofsAt = (server: World['server'] | World['api']) =>
	server.requests.map(({ headers }) => String(headers.dpop));

const deliverOne = (world: World, options?: Parameters<typeof postRecords>[1]) =>
	world.run(postRecords(world.api, options), { items: records(1), credential: CREDENTIAL });

describe('a token that is bound to a key', () => {
	it.each(['ES256', 'EdDSA'])('goes with a new proof by %s to each call', async (dpopAlgorithm) => {
		const world = await startDpopWorld();
		const { items, error } = await world.run(postRecords(world.api), {
			items: records(10),
			credential: { ...CREDENTIAL, dpopAlgorithm },
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(10);
		expect(world.server.tokenRequests()).toBe(1);
		const proofs = proofsAt(world.api);
		expect(new Set(proofs.map((proof) => decodeJwt(proof).jti)).size).toBe(10);
		expect(decodeProtectedHeader(proofs[0] ?? '')).toMatchObject({ alg: dpopAlgorithm });
		expect(decodeJwt(proofs[0] ?? '')).toMatchObject({
			htm: 'POST',
			htu: `${world.api.origin}/records`,
		});
	});

	it('is used after a restart, with the key that was sealed with it', async () => {
		const world = await startDpopWorld();
		const first = await world.run(postRecords(world.api), {
			items: records(2),
			credential: CREDENTIAL,
		});
		expect(JSON.stringify(first.savedStaticData)).not.toContain('PRIVATE KEY');
		const { error } = await world.run(postRecords(world.api), {
			items: records(2),
			credential: CREDENTIAL,
			staticData: first.savedStaticData,
			node: await freshProcess(),
		});
		expect(error).toBeUndefined();
		expect(world.server.tokenRequests()).toBe(1);
		expect(world.api.unauthorized()).toBe(0);
	});

	it('is requested with the nonce that the server wants', async () => {
		const world = await startDpopWorld({ dpopNonces: true });
		const { error } = await deliverOne(world);
		expect(error).toBeUndefined();
		expect(world.server.tokenRequests()).toBe(2);
	});

	it('is sent with the nonce that the API wants, at the price of no retry', async () => {
		const world = await startDpopWorld();
		world.api.intercept((req, res) => {
			const { nonce } = decodeJwt(String(req.headers.dpop));
			if (nonce === 'fresh') return false;
			res
				.status(401)
				.set('WWW-Authenticate', 'DPoP error="use_dpop_nonce"')
				.set('DPoP-Nonce', 'fresh')
				.end();
			return true;
		});
		const { items, error } = await world.run(
			postRecords(world.api, { concurrency: 1, retry: { retry: { maxRetries: 0 } } }),
			{ items: records(5), credential: CREDENTIAL },
		);
		expect(error).toBeUndefined();
		expect(items).toHaveLength(5);
		expect(world.api.requests).toHaveLength(6);
		expect(world.server.tokenRequests()).toBe(1);
	});

	it('is sent again as often as the API changes its nonce meanwhile', async () => {
		const world = await startDpopWorld();
		let accepted = 0;
		const nonce = () => `nonce-${Math.floor(accepted / 3)}`;
		world.api.intercept((req, res) => {
			const { nonce: sent } = decodeJwt(String(req.headers.dpop));
			const isCurrent = sent === nonce();
			if (isCurrent) accepted++;
			res.set('DPoP-Nonce', nonce());
			if (isCurrent) return false;
			res.status(401).set('WWW-Authenticate', 'DPoP error="use_dpop_nonce"').end();
			return true;
		});
		const { items, error } = await world.run(postRecords(world.api, { concurrency: 10 }), {
			items: records(60),
			credential: CREDENTIAL,
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(60);
		expect([...world.api.delivered().values()].every((times) => times === 1)).toBe(true);
		expect(world.server.tokenRequests()).toBe(1);
	});

	it('is not sent for ever to an API that wants another nonce each time', async () => {
		const world = await startDpopWorld();
		world.api.intercept((_req, res) => {
			res
				.status(401)
				.set('WWW-Authenticate', 'DPoP error="use_dpop_nonce"')
				.set('DPoP-Nonce', String(world.api.requests.length))
				.end();
			return true;
		});
		const { error } = await deliverOne(world);
		expect(error?.message).toContain('does not accept the token');
		expect(world.api.requests.length).toBeLessThan(30);
	});

	it.each([-300_000, 300_000])(
		'is proved by the clock of the API where that alone checks it (%i ms)',
		async (skewMs) => {
			const world = await startDpopWorld();
			let refusals = 0;
			world.api.intercept((req, res) => {
				const nowMs = Date.now() + skewMs;
				const { iat = 0 } = decodeJwt(String(req.headers.dpop));
				if (Math.abs(iat * 1000 - nowMs) < 10_000) {
					// The test's own API checks it by its own clock.
					res.status(200).json({});
				} else {
					refusals++;
					res
						.status(401)
						.set('Date', new Date(nowMs).toUTCString())
						.set('WWW-Authenticate', 'DPoP error="invalid_dpop_proof"')
						.end();
				}
				return true;
			});
			const { items, error } = await world.run(postRecords(world.api, { concurrency: 1 }), {
				items: records(5),
				credential: CREDENTIAL,
			});
			expect(error).toBeUndefined();
			expect(items).toHaveLength(5);
			expect(refusals).toBe(1);
			expect(world.server.tokenRequests()).toBe(1);
		},
	);

	it('is renewed when it is refused, also where the API has wanted a nonce before', async () => {
		const world = await startDpopWorld();
		await world.run(postRecords(world.api), { items: records(1), credential: CREDENTIAL });
		world.api.revoke(...world.server.issuedTokens);
		let challenges = 1;
		world.api.intercept((_req, res) => {
			if (challenges-- <= 0) return false;
			res
				.status(401)
				.set('WWW-Authenticate', 'DPoP error="use_dpop_nonce"')
				.set('DPoP-Nonce', 'fresh')
				.end();
			return true;
		});
		const { error } = await deliverOne(world);
		expect(error).toBeUndefined();
		expect(world.server.tokenRequests()).toBe(2);
	});

	it('goes with a new proof when a call is sent again', async () => {
		const world = await startDpopWorld();
		let failures = 2;
		world.api.intercept((_req, res) => {
			if (failures-- <= 0) return false;
			res.status(503).end();
			return true;
		});
		const { error } = await deliverOne(world, QUICK_RETRY);
		expect(error).toBeUndefined();
		expect(new Set(proofsAt(world.api)).size).toBe(3);
	});

	it('is requested with a new proof when the token request is sent again', async () => {
		const world = await startDpopWorld();
		let failures = 1;
		world.server.intercept((_req, res) => {
			if (failures-- <= 0) return false;
			res.writeHead(503).end();
			return true;
		});
		const { error } = await deliverOne(world, QUICK_RETRY);
		expect(error).toBeUndefined();
		expect(new Set(proofsAt(world.server)).size).toBe(2);
	});

	it('is named where an API accepts no token: perhaps it does not know the algorithm', async () => {
		const world = await startDpopWorld();
		world.api.intercept((_req, res) => Boolean(res.status(401).end()));
		const { error } = await deliverOne(world, QUICK_RETRY);
		expect(error?.description).toContain('compare DPoP Algorithm in the credential');
	});

	it('is tested by the Test button', async () => {
		const world = await startDpopWorld({ dpopNonces: true });
		expect((await pressTest(world, CREDENTIAL)).status).toBe('OK');
	});

	it('is one also where it is sent in another header', async () => {
		const world = await startDpopWorld();
		const credential = {
			sendTokenAs: 'header',
			tokenHeaderName: 'Authorization',
			tokenHeaderPrefix: 'DPoP',
		};
		const { error } = await world.run(postRecords(world.api), {
			credential: { ...CREDENTIAL, ...credential },
			items: records(1),
		});
		expect(error).toBeUndefined();
		expect(world.api.delivered()).toHaveLength(1);
	});

	it('is missed where the server issues a plain one', async () => {
		const world = await startDpopWorld();
		world.server.intercept((_req, res) => {
			res.end(JSON.stringify({ access_token: 'plain', token_type: 'Bearer', expires_in: 60 }));
			return true;
		});
		const { error } = await deliverOne(world);
		expect(error?.message).toContain('does not bind tokens to a key');
	});

	it('is what the error asks for where the switch is off and the server wants one', async () => {
		const world = await startDpopWorld();
		world.server.intercept((_req, res) => {
			res.writeHead(400).end(JSON.stringify({ error: 'invalid_dpop_proof' }));
			return true;
		});
		const { error } = await world.run(postRecords(world.api), { credential: { dpop: false } });
		expect(error?.message).toContain('requires a proof of possession');
		expect(error?.description).toContain('Prove Possession (DPoP)');
	});
});
