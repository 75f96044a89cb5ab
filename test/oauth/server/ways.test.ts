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
}

type Answer = [status: number, body: object | string];

const REFUSED: Answer = [401, { error: 'invalid_client' }];
const DONE: Answer = [200, { access_token: 'a-token', token_type: 'Bearer', active: true }];

/** An authorization server that answers by how the client authenticates. */
async function startServer(answerTo: (received: Received) => Answer) {
	const { origin, server, close } = await listenOnLoopback();
	onTestFinished(close);
	const received: Received[] = [];
	server.on('request', (req, res) => {
		const [, basic = ''] = req.headers.authorization?.split(' ') ?? [];
		const one = { path: req.url ?? '', basic: Buffer.from(basic, 'base64').toString() };
		received.push(one);
		const [status, body] = answerTo(one);
		req.resume();
		res.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
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
