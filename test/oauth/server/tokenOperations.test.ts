import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DEFAULT_RETRY_POLICY } from '../../../http/retry/decideRetry';
import { systemTiming } from '../../../n8n/systemTiming';
import { tokenRequestSender } from '../../../n8n/tokenRequestSender';
import { readClientCredentials } from '../../../oauth/client/clientCredentials';
import type { TokenError } from '../../../oauth/errors/tokenError';
import { requestAccessToken, type GrantEffects } from '../../../oauth/server/grant';
import { createProofKeys } from '../../../oauth/server/proof';
import { introspect, revoke } from '../../../oauth/server/tokenOperations';
import { olderN8nTransport } from '../../http/transport/n8nHelper';
import {
	startAuthorizationServer,
	type AuthorizationServerOptions,
} from '../../servers/authorizationServer';
import { CA, CLIENT, SERVER } from '../../servers/certificates';
import { listenOnLoopback } from '../../servers/loopback';

const QUICK = { ...DEFAULT_RETRY_POLICY, baseMs: 10, capMs: 20 };

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const SIGNED = {
	clientId: 'signed',
	clientAuthentication: 'private_key_jwt',
	privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
};

async function startServer(options: AuthorizationServerOptions = {}) {
	const server = await startAuthorizationServer({
		opaqueTokens: true,
		clients: [
			{
				client_id: 'signed',
				token_endpoint_auth_method: 'private_key_jwt',
				jwks: { keys: [publicKey.export({ format: 'jwk' })] },
			},
			{
				client_id: 'certified',
				token_endpoint_auth_method: 'tls_client_auth',
				tls_client_auth_subject_dn: 'CN=nightly-sync',
			},
		],
		...options,
	});
	onTestFinished(() => server.close());
	const endpoints = {
		introspectionUrl: `${server.tokenUrl}/introspection`,
		revocationUrl: `${server.tokenUrl}/revocation`,
	};
	return { server, endpoints };
}

/** What the node does with this credential, with a clock that is wrong by so much. */
async function startClient(fields: Record<string, unknown>, skewMs = 0) {
	const client = readClientCredentials({ scope: 'records:write', ...fields });
	const now = () => Date.now() + skewMs;
	const effects: Required<GrantEffects> = {
		send: tokenRequestSender(await olderN8nTransport(), client, QUICK, systemTiming),
		now,
		metadata: new Map(),
		proofKeys: createProofKeys(now),
	};
	return {
		token: async () => (await requestAccessToken(client, effects)).value,
		introspect: (token: string) => introspect(client, token, effects),
		revoke: (token: string) => revoke(client, token, effects),
	};
}

/** In front of an endpoint: cannot answer at first, and takes no assertion twice, as servers do. */
async function startStrictFront(target: string) {
	const { origin, server, close } = await listenOnLoopback();
	onTestFinished(close);
	const assertions: string[] = [];
	server.on('request', (req, res) => {
		void (async () => {
			const chunks: Buffer[] = [];
			for await (const chunk of req) chunks.push(chunk as Buffer);
			const body = Buffer.concat(chunks).toString();
			const assertion = new URLSearchParams(body).get('client_assertion') ?? '';
			const isUsed = assertions.includes(assertion);
			assertions.push(assertion);
			if (isUsed) return void res.writeHead(401).end('{"error":"invalid_client"}');
			if (assertions.length === 1) return void res.writeHead(503).end();
			const headers = { 'content-type': String(req.headers['content-type']) };
			const answer = await fetch(target, { method: 'POST', headers, body });
			res.writeHead(answer.status, { 'content-type': 'application/json' });
			res.end(await answer.text());
		})();
	});
	return { url: `${origin}/`, assertions };
}

describe.each(['introspect', 'revoke'] as const)('a request to %s a token', (name) => {
	it('is signed anew when it is sent again: servers take an assertion only once', async () => {
		const { server, endpoints } = await startServer();
		const field = name === 'introspect' ? 'introspectionUrl' : 'revocationUrl';
		const front = await startStrictFront(endpoints[field]);
		const client = await startClient({
			...SIGNED,
			tokenUrl: server.tokenUrl,
			assertionAudience: server.issuer,
			[field]: front.url,
		});
		await client[name](await client.token());
		expect(new Set(front.assertions).size).toBe(2);
	});

	it.each([
		['ahead', 3_600_000],
		['behind', -3_600_000],
	])('is signed by the clock of the server where ours is an hour %s', async (_name, skewMs) => {
		const { server, endpoints } = await startServer();
		const credential = { ...SIGNED, tokenUrl: server.tokenUrl, ...endpoints };
		const client = await startClient(credential, skewMs);
		await client[name](await client.token());
	});

	it('is refused with the key of another client, and the error names Private Key', async () => {
		const { server, endpoints } = await startServer();
		const right = await startClient({ ...SIGNED, tokenUrl: server.tokenUrl });
		const wrong = await startClient({
			...SIGNED,
			tokenUrl: server.tokenUrl,
			...endpoints,
			privateKey: CLIENT.key,
		});
		await expect(wrong[name](await right.token())).rejects.toMatchObject({
			message: 'The authorization server does not accept this client (invalid_client)',
			details: { field: 'Private Key', oauthError: 'invalid_client' },
		});
	});
});

describe('what the server says of a token', () => {
	it('is shown without the token and the secret, though the server repeats both', async () => {
		const { server } = await startServer();
		const { origin, server: echo, close } = await listenOnLoopback();
		onTestFinished(close);
		echo.on('request', (req, res) => {
			void req.toArray().then((chunks: Buffer[]) => {
				const request = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
				res.setHeader('content-type', 'application/json');
				res.end(JSON.stringify({ active: true, request }));
			});
		});
		const [registered] = server.clients;
		const client = await startClient({
			tokenUrl: server.tokenUrl,
			clientId: registered?.client_id,
			clientSecret: registered?.client_secret,
			introspectionUrl: origin,
		});
		const text = JSON.stringify(await client.introspect('the-opaque-token'));
		expect(text).toContain(registered?.client_id);
		expect(text).not.toContain('the-opaque-token');
		expect(text).not.toContain(registered?.client_secret);
	});
});

describe('a refusal', () => {
	async function refusedWith(body: object) {
		const { origin, server, close } = await listenOnLoopback();
		onTestFinished(close);
		server.on('request', (_req, res) => {
			res.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify(body));
		});
		const client = await startClient({
			tokenUrl: origin,
			clientId: 'nightly-sync',
			clientSecret: 'the-secret-of-the-client',
			introspectionUrl: origin,
		});
		return await client.introspect(TOKEN).then(
			() => '',
			({ message, description }: TokenError) => `${message} ${description}`,
		);
	}
	const TOKEN = 'k9Zt7Qw2mmAbCdE';

	it('is quoted, however much else the server says before', async () => {
		const told = await refusedWith({ trace: 'x'.repeat(400), message: 'Ask for a role' });
		expect(told).toContain('The server says: "Ask for a role"');
	});

	it('shows no part of the token, wherever it is cut', async () => {
		for (let length = 280; length < 300; length++) {
			const told = await refusedWith({ message: `${'no '.repeat(100).slice(0, length)}${TOKEN}` });
			expect(told).toContain('no no no');
			expect(told).not.toContain(TOKEN.slice(0, 4));
		}
	});
});

describe('a client with a certificate', () => {
	const CERTIFIED = {
		clientId: 'certified',
		clientAuthentication: 'tls_client_auth',
		tlsCertificate: CLIENT.cert,
		tlsPrivateKey: CLIENT.key,
		caCertificate: CA,
		serverAddress: 'issuerUrl',
	};

	/** An issuer whose ordinary addresses lead nowhere: those for certificates are others. RFC 8705 §5. */
	async function startIssuer(addresses: (endpoints: Record<string, string>) => object) {
		const https = { ...SERVER, ca: CA, requestCert: true, rejectUnauthorized: false };
		const { server, endpoints } = await startServer({ https });
		const issuer = await listenOnLoopback({ https });
		onTestFinished(issuer.close);
		const real = {
			token_endpoint: server.tokenUrl,
			introspection_endpoint: endpoints.introspectionUrl,
			revocation_endpoint: endpoints.revocationUrl,
		};
		issuer.server.on('request', (_req, res) => {
			res.writeHead(200, { 'content-type': 'application/json' });
			res.end(JSON.stringify({ issuer: issuer.origin, ...addresses(real) }));
		});
		return { issuerUrl: issuer.origin, endpoints };
	}

	const elsewhere = (endpoints: Record<string, string>) =>
		Object.fromEntries(Object.keys(endpoints).map((name) => [name, 'https://127.0.0.1:1/']));

	it('gets, introspects and revokes its token where the issuer wants certificates', async () => {
		const { issuerUrl } = await startIssuer((real) => ({
			...elsewhere(real),
			mtls_endpoint_aliases: real,
		}));
		const client = await startClient({ ...CERTIFIED, issuerUrl });
		const token = await client.token();
		expect(await client.introspect(token)).toMatchObject({ active: true, client_id: 'certified' });
		await client.revoke(token);
		expect(await client.introspect(token)).toEqual({ active: false });
	});

	it('goes where the credential says, whatever the issuer says of certificates', async () => {
		const { issuerUrl, endpoints } = await startIssuer((real) => ({
			token_endpoint: real.token_endpoint,
			mtls_endpoint_aliases: { ...elsewhere(real), token_endpoint: real.token_endpoint },
		}));
		const client = await startClient({ ...CERTIFIED, issuerUrl, ...endpoints });
		const token = await client.token();
		expect(await client.introspect(token)).toMatchObject({ active: true });
		await client.revoke(token);
		expect(await client.introspect(token)).toEqual({ active: false });
	});

	it.each(['token_endpoint', 'introspection_endpoint'])(
		'goes to no %s for certificates that lacks https',
		async (name) => {
			const { issuerUrl } = await startIssuer((real) => ({
				...real,
				mtls_endpoint_aliases: { ...real, [name]: 'http://auth.example.com/oauth2' },
			}));
			const client = await startClient({ ...CERTIFIED, issuerUrl });
			await expect(client.token().then(client.introspect)).rejects.toThrow('does not use https');
		},
	);
});
