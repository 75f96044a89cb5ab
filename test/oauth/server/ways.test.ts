import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readClientCredentials } from '../../../oauth/client/clientCredentials';
import type { TokenError } from '../../../oauth/errors/tokenError';
import { requestAccessToken } from '../../../oauth/server/grant';
import { createProofKeys } from '../../../oauth/server/proof';
import { introspect, revoke } from '../../../oauth/server/tokenOperations';
import { listenOnLoopback } from '../../servers/loopback';
import { sendTokenRequest } from '../sendTokenRequest';

interface Received {
	path: string;
	basic: string;
	/** Of the assertion. */
	audience: unknown;
}

type Answer = [status: number, body: object | string];

const REFUSED: Answer = [401, { error: 'invalid_client' }];
const DONE: Answer = [200, { access_token: 'a-token', token_type: 'Bearer', active: true }];

/** An authorization server that answers by how the client authenticates. */
async function startServer(answerTo: (received: Received) => Answer, metadata: object = {}) {
	const { origin, server, close } = await listenOnLoopback();
	onTestFinished(close);
	const received: Received[] = [];
	server.on('request', (req, res) => {
		void req.toArray().then((chunks: Buffer[]) => {
			const path = req.url ?? '';
			if (path.startsWith('/.well-known/')) {
				return res.end(
					JSON.stringify({
						issuer: origin,
						token_endpoint: `${origin}/token`,
						introspection_endpoint: `${origin}/introspect`,
						revocation_endpoint: `${origin}/revoke`,
						...metadata,
					}),
				);
			}
			const [, basic = ''] = req.headers.authorization?.split(' ') ?? [];
			const body = new URLSearchParams(Buffer.concat(chunks).toString());
			const assertion = body.get('client_assertion');
			const one = {
				path,
				basic: Buffer.from(basic, 'base64').toString(),
				audience: assertion === null ? undefined : decodeJwt(assertion).aud,
			};
			received.push(one);
			const [status, answer] = answerTo(one);
			return res
				.writeHead(status)
				.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
		});
	});
	return { origin, received };
}

/** What the node does with what the editor stores. */
function clientOf(fields: Record<string, unknown>) {
	const client = readClientCredentials(fields);
	const now = () => Date.now();
	const effects = {
		send: sendTokenRequest,
		now,
		metadata: new Map(),
		proofKeys: createProofKeys(now),
	};
	return {
		token: () => requestAccessToken(client, effects),
		introspect: () => introspect(client, 'a-token', effects),
		revoke: () => revoke(client, 'a-token', effects),
	};
}

async function errorOf(asking: Promise<unknown>): Promise<TokenError> {
	return await asking.then(
		() => expect.fail('There is no error'),
		(error: TokenError) => error,
	);
}

describe('ID and secret in a header', () => {
	const SECRET = 'a+b/c==';
	const ENCODED = 'nightly-sync:a%2Bb%2Fc%3D%3D';
	const PLAIN = `nightly-sync:${SECRET}`;

	const client = (origin: string, fields: Record<string, unknown> = {}) =>
		clientOf({
			tokenUrl: `${origin}/token`,
			introspectionUrl: `${origin}/introspect`,
			revocationUrl: `${origin}/revoke`,
			clientId: 'nightly-sync',
			clientSecret: SECRET,
			clientAuthentication: 'client_secret_basic',
			...fields,
		});

	it.each<[name: string, refusal: Answer]>([
		['invalid_client', REFUSED],
		['invalid_client with status 400', [400, { error: 'invalid_client' }]],
		['a 403 without a word (Glewlwyd)', [403, '']],
		['a failure (jmondi/oauth2-server)', [500, { error: 'server_error' }]],
	])('are sent as they are after %s', async (_name, refusal) => {
		const { origin, received } = await startServer(({ basic }) =>
			basic === PLAIN ? DONE : refusal,
		);
		expect((await client(origin).token()).value).toBe('a-token');
		expect(received.map(({ basic }) => basic)).toEqual([ENCODED, PLAIN]);
	});

	it('are sent from then on as they were accepted, to introspect and revoke, too', async () => {
		const { origin, received } = await startServer(({ basic }) =>
			basic === PLAIN ? DONE : REFUSED,
		);
		await client(origin).token();
		received.length = 0;
		const again = client(origin, { scope: 'records:write' });
		await again.token();
		await again.introspect();
		await again.revoke();
		expect(received.map(({ path, basic }) => [path, basic])).toEqual([
			['/token', PLAIN],
			['/introspect', PLAIN],
			['/revoke', PLAIN],
		]);
	});

	it.each(['introspect', 'revoke'] as const)('are sent as they are to %s', async (operation) => {
		const { origin, received } = await startServer(({ basic }) =>
			basic === PLAIN ? DONE : REFUSED,
		);
		await client(origin)[operation]();
		expect(received.map(({ basic }) => basic)).toEqual([ENCODED, PLAIN]);
	});

	it('are encoded again where the server has begun to decode them', async () => {
		let right = PLAIN;
		const { origin } = await startServer(({ basic }) => (basic === right ? DONE : REFUSED));
		await client(origin).token();
		right = ENCODED;
		expect((await client(origin).token()).value).toBe('a-token');
	});

	it('are sent twice and no third time where both forms are refused, and the first error is told', async () => {
		const { origin, received } = await startServer(({ basic }) =>
			basic === ENCODED
				? [401, { error: 'invalid_client', error_description: 'first' }]
				: [403, ''],
		);
		const error = await errorOf(client(origin).token());
		expect(error.message).toContain('invalid_client');
		expect(error.description).toContain('first');
		expect(received).toHaveLength(2);
	});

	it('are sent once where encoding changes nothing', async () => {
		const { origin, received } = await startServer(() => REFUSED);
		await errorOf(client(origin, { clientSecret: 'a-b_c.d~e' }).token());
		expect(received).toHaveLength(1);
	});

	it.each<[name: string, refusal: Answer]>([
		['another error', [400, { error: 'invalid_scope' }]],
		['a server that is down', [503, '']],
		['too many requests', [429, '']],
		['a wrong address', [404, '']],
	])('are sent once to %s', async (_name, refusal) => {
		const { origin, received } = await startServer(() => refusal);
		await errorOf(client(origin).token());
		expect(received).toHaveLength(1);
	});

	it('that are accepted as they are, but with a wrong scope, tell of the scope', async () => {
		const { origin } = await startServer(({ basic }) =>
			basic === PLAIN ? [400, { error: 'invalid_scope' }] : REFUSED,
		);
		expect((await errorOf(client(origin).token())).details.oauthError).toBe('invalid_scope');
	});
});

describe('the audience of an assertion', () => {
	const privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
		type: 'pkcs8',
		format: 'pem',
	});

	const client = (fields: Record<string, unknown>) =>
		clientOf({
			clientId: 'signed',
			clientAuthentication: 'private_key_jwt',
			privateKey,
			...fields,
		});

	const byIssuer = (origin: string, fields: Record<string, unknown> = {}) =>
		client({ serverAddress: 'issuerUrl', issuerUrl: origin, ...fields });

	const byTokenUrl = (origin: string) =>
		client({
			tokenUrl: `${origin}/token`,
			introspectionUrl: `${origin}/introspect`,
			revocationUrl: `${origin}/revoke`,
		});

	it.each<[name: string, refusal: Answer]>([
		['invalid_client', REFUSED],
		['invalid_grant', [400, { error: 'invalid_grant' }]],
		['a 403 without a word (Glewlwyd)', [403, '']],
	])('is the issuer, and after %s the token URL', async (_name, refusal) => {
		const { origin, received } = await startServer(({ path, audience }) =>
			String(audience).endsWith(path) ? DONE : refusal,
		);
		expect((await byIssuer(origin).token()).value).toBe('a-token');
		await byIssuer(origin).token();
		expect(received.map(({ audience }) => audience)).toEqual([
			origin,
			`${origin}/token`,
			`${origin}/token`,
		]);
	});

	it('is signed with the secret in the same ways', async () => {
		const { origin, received } = await startServer(({ path, audience }) =>
			String(audience).endsWith(path) ? DONE : REFUSED,
		);
		const clientSecret = 'a-secret-that-is-long-enough-for-sha256';
		await byIssuer(origin, { clientAuthentication: 'client_secret_jwt', clientSecret }).token();
		expect(received.map(({ audience }) => audience)).toEqual([origin, `${origin}/token`]);
	});

	it.each(['introspect', 'revoke'] as const)(
		'to %s is the address of the request, and if that is refused, the token URL (Authlib)',
		async (operation) => {
			const { origin, received } = await startServer(({ audience }) =>
				String(audience).endsWith('/token') ? DONE : REFUSED,
			);
			await byTokenUrl(origin)[operation]();
			await byTokenUrl(origin)[operation]();
			expect(received.map(({ audience }) => audience)).toEqual([
				`${origin}/${operation}`,
				`${origin}/token`,
				`${origin}/token`,
			]);
		},
	);

	it('is remembered for each address: to introspect, a server may take another one', async () => {
		const { origin, received } = await startServer(({ path, audience }) =>
			String(audience).endsWith(path) ? DONE : REFUSED,
		);
		for (let time = 0; time < 2; time++) {
			await byIssuer(origin).token();
			await byIssuer(origin).introspect();
		}
		expect(received.map(({ path, audience }) => [path, audience]).slice(-2)).toEqual([
			['/token', `${origin}/token`],
			['/introspect', `${origin}/introspect`],
		]);
	});

	it('is each of them once where all are refused, and the first error is told', async () => {
		const { origin, received } = await startServer(({ audience }) =>
			audience === origin
				? [401, { error: 'invalid_client', error_description: 'first' }]
				: REFUSED,
		);
		const error = await errorOf(byIssuer(origin).introspect());
		expect(error.description).toContain('first');
		expect(received.map(({ audience }) => audience)).toEqual([
			origin,
			`${origin}/introspect`,
			`${origin}/token`,
		]);
	});

	it('is Assertion Audience only, where that is filled in', async () => {
		const { origin, received } = await startServer(() => REFUSED);
		await errorOf(byIssuer(origin, { assertionAudience: 'urn:the-server' }).token());
		expect(received.map(({ audience }) => audience)).toEqual(['urn:the-server']);
	});

	it('is no other after another error', async () => {
		const { origin, received } = await startServer(() => [400, { error: 'invalid_scope' }]);
		await errorOf(byIssuer(origin).token());
		expect(received).toHaveLength(1);
	});

	it('is never the token URL of another server, which could be asked with it for a token', async () => {
		const other = await startServer(() => REFUSED, {
			token_endpoint: 'https://auth.example.com/token',
		});
		await errorOf(byIssuer(other.origin).introspect());
		expect(other.received.map(({ audience }) => audience)).toEqual([
			other.origin,
			`${other.origin}/introspect`,
		]);
	});
});
