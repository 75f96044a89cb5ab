import { createHash, randomBytes, type JsonWebKey } from 'node:crypto';
import { oauthProvider } from '@better-auth/oauth-provider';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { toNodeHandler } from 'better-auth/node';
import { jwt } from 'better-auth/plugins';
import { listenOnLoopback, recordRequest, type ReceivedRequest } from './loopback';

export interface OtherClient {
	id: string;
	method: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';
	secret?: string;
	/** With `alg` and `kid`. */
	publicKeys?: JsonWebKey[];
}

export interface OtherAuthorizationServer {
	issuer: string;
	tokenUrl: string;
	introspectionUrl: string;
	revocationUrl: string;
	/** Every POST, oldest first. */
	requests: readonly ReceivedRequest[];
	close: () => Promise<void>;
}

/**
 * An authorization server that shares nothing with `authorizationServer.ts`: `better-auth`. Of the client
 * authentications it knows those of `OtherClient`, and it takes each assertion only once.
 */
export async function startOtherAuthorizationServer(
	clients: readonly OtherClient[],
): Promise<OtherAuthorizationServer> {
	const { origin, server, close } = await listenOnLoopback();
	const auth = betterAuth({
		baseURL: origin,
		basePath: '/auth',
		secret: randomBytes(32).toString('hex'),
		database: memoryAdapter(emptyTables()),
		rateLimit: { enabled: false },
		telemetry: { enabled: false },
		logger: { disabled: true },
		plugins: [
			jwt(),
			oauthProvider({
				loginPage: '/login',
				consentPage: '/consent',
				scopes: ['records:write', 'records:read'],
				silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true },
			}),
		],
	});
	const { adapter } = await auth.$context;
	for (const { id, method, secret, publicKeys } of clients) {
		await adapter.create({
			model: 'oauthClient',
			data: {
				clientId: id,
				// As its registration would keep it; that wants a person who has logged in.
				...(secret && { clientSecret: createHash('sha256').update(secret).digest('base64url') }),
				...(publicKeys && { jwks: JSON.stringify({ keys: publicKeys }) }),
				tokenEndpointAuthMethod: method,
				grantTypes: ['client_credentials'],
				clientCredentialsScopes: ['records:write'],
				redirectUris: [],
				createdAt: new Date(),
				updatedAt: new Date(),
			},
		});
	}
	const requests: ReceivedRequest[] = [];
	const answer = toNodeHandler(auth);
	server.on('request', (req, res) => {
		if (req.method === 'POST') requests.push(recordRequest(req, res));
		answer(req, res).catch((error: Error) => req.destroy(error));
	});
	const issuer = `${origin}/auth`;
	return {
		issuer,
		tokenUrl: `${issuer}/oauth2/token`,
		introspectionUrl: `${issuer}/oauth2/introspect`,
		revocationUrl: `${issuer}/oauth2/revoke`,
		requests,
		close,
	};
}

/** A database that has every table, with nothing in it. */
function emptyTables(): Record<string, unknown[]> {
	return new Proxy<Record<string, unknown[]>>(
		{},
		{ get: (tables, name: string) => (tables[name] ??= []) },
	);
}
