import { randomBytes, type X509Certificate } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import {
	listenOnLoopback,
	recordRequest,
	type LoopbackOptions,
	type ReceivedRequest,
} from './loopback';

/** Client metadata under its RFC 7591 names. */
export interface RegisteredClient {
	client_id: string;
	/** Random when left out, 43 characters. */
	client_secret?: string;
	/** Space separated scopes the client may ask for. */
	scope?: string;
	/** `client_secret_post`, the default, and `client_secret_basic` accept each other's form. */
	token_endpoint_auth_method?: (typeof AUTHENTICATION_METHODS)[number];
	token_endpoint_auth_signing_alg?: string;
	/** Public keys of a `private_key_jwt` client; certificates (`x5c`) of a `self_signed_tls_client_auth` one. */
	jwks?: { keys: JWK[] };
	/** Of a `tls_client_auth` client, as Node writes it: `CN=nightly-sync`. */
	tls_client_auth_subject_dn?: string;
	/** Binds its tokens to the certificate of the connection. */
	tls_client_certificate_bound_access_tokens?: boolean;
	/** Binds its tokens to the key of a proof. RFC 9449. */
	dpop_bound_access_tokens?: boolean;
}

const AUTHENTICATION_METHODS = [
	'client_secret_post',
	'client_secret_basic',
	'client_secret_jwt',
	'private_key_jwt',
	'tls_client_auth',
	'self_signed_tls_client_auth',
] as const;

export interface AuthorizationServerOptions extends LoopbackOptions {
	/** By default one: `nightly-sync`, which may ask for `records:write records:read`. */
	clients?: RegisteredClient[];
	/** Whether proofs need a nonce of the server. RFC 9449 §8. */
	dpopNonces?: boolean;
	/** 600 by default; a function is asked for every token. */
	tokenLifetimeSeconds?: number | (() => number);
	/** Tokens that only the server can read, and take back; else they are JWTs. */
	opaqueTokens?: boolean;
}

export interface AuthorizationServer {
	issuer: string;
	tokenUrl: string;
	jwksUri: string;
	/** Audience of the tokens, and the only resource indicator (RFC 8707) it knows. */
	audience: string;
	clients: ReadonlyArray<RegisteredClient & { client_secret: string }>;
	/** Every POST to the token endpoint, intercepted ones included. */
	requests: readonly ReceivedRequest[];
	tokenRequests(): number;
	/** Access tokens in the order of issue; give them to `ProtectedApi.revoke`. */
	issuedTokens: readonly string[];
	/** Lets `handler` see token requests first, until the next call; without one it stops. */
	intercept(handler?: TokenRequestInterceptor): void;
	close(): Promise<void>;
}

/** `true` when it took care of the answer, `false` to let the provider answer. */
export type TokenRequestInterceptor = (
	req: IncomingMessage,
	res: ServerResponse,
) => boolean | Promise<boolean>;

const AUDIENCE = 'https://records.example/api';
const DEFAULT_SCOPE = 'records:write records:read';
/** Known, but given to no client: asking for it is an `invalid_scope`. Unknown ones are ignored. */
const UNGRANTED_SCOPE = 'records:admin';

/** Shared by the servers of a process: a new RSA key takes longer than most tests. */
let signingKey: Promise<JWK> | undefined;

/** A certified authorization server on loopback that knows the client credentials grant only. */
export async function startAuthorizationServer(
	options: AuthorizationServerOptions = {},
): Promise<AuthorizationServer> {
	const { origin: issuer, server, close } = await listenOnLoopback(options);
	const clients = (options.clients ?? [{ client_id: 'nightly-sync' }]).map((client) => ({
		client_secret: randomBytes(32).toString('base64url'),
		scope: DEFAULT_SCOPE,
		...client,
	}));
	const provider = await createProvider(issuer, clients, options);

	const requests: ReceivedRequest[] = [];
	const issuedTokens: string[] = [];
	let interceptor: TokenRequestInterceptor | undefined;
	provider.on('grant.success', ({ body }) => issuedTokens.push(body.access_token));
	const answer = provider.callback();

	const handle = async (req: IncomingMessage, res: ServerResponse) => {
		if (req.method === 'POST' && req.url === '/token') {
			requests.push(recordRequest(req, res));
			if (await interceptor?.(req, res)) return;
		}
		answer(req, res);
	};
	server.on('request', (req, res) => {
		handle(req, res).catch((error: Error) => req.destroy(error));
	});

	return {
		issuer,
		tokenUrl: `${issuer}/token`,
		jwksUri: `${issuer}/jwks`,
		audience: AUDIENCE,
		clients,
		requests,
		tokenRequests: () => requests.length,
		issuedTokens,
		intercept: (handler) => (interceptor = handler),
		close,
	};
}

async function createProvider(
	issuer: string,
	clients: RegisteredClient[],
	{
		tokenLifetimeSeconds = 600,
		dpopNonces = false,
		opaqueTokens = false,
	}: AuthorizationServerOptions,
) {
	const { default: Provider, errors } = await importQuietly(() => import('oidc-provider'));
	const scopes = new Set(clients.flatMap(({ scope = '' }) => scope.split(' ')));
	return new Provider(issuer, {
		adapter: createMemoryAdapter(),
		jwks: { keys: [await (signingKey ??= createSigningKey())] },
		scopes: [...scopes, UNGRANTED_SCOPE],
		clients: clients.map((client) => ({
			token_endpoint_auth_method: 'client_secret_post',
			...client,
			// A client that has its own key has no secret.
			...((client.jwks ?? client.tls_client_auth_subject_dn) && { client_secret: undefined }),
			grant_types: ['client_credentials'],
			response_types: [],
			redirect_uris: [],
		})),
		clientAuthMethods: AUTHENTICATION_METHODS,
		enabledJWA: {
			clientAuthSigningAlgValues: [
				...['HS256', 'HS384', 'HS512'],
				...['RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'],
			],
		},
		ttl: {
			ClientCredentials: () =>
				typeof tokenLifetimeSeconds === 'function' ? tokenLifetimeSeconds() : tokenLifetimeSeconds,
		},
		features: {
			devInteractions: { enabled: false },
			clientCredentials: { enabled: true },
			mTLS: {
				enabled: true,
				certificateBoundAccessTokens: true,
				selfSignedTlsClientAuth: true,
				tlsClientAuth: true,
				getCertificate: (ctx: Context) => peerCertificate(ctx)?.toString(),
				certificateAuthorized: ({ socket }: Context) =>
					socket instanceof TLSSocket && socket.authorized,
				certificateSubjectMatches: (ctx: Context, _property: string, expected: string) =>
					peerCertificate(ctx)?.subject === expected,
			},
			dPoP: {
				enabled: true,
				...(dpopNonces && { nonceSecret: randomBytes(32), requireNonce: () => true }),
			},
			introspection: { enabled: true },
			revocation: { enabled: true },
			resourceIndicators: {
				enabled: true,
				defaultResource: () => AUDIENCE,
				getResourceServerInfo: (_ctx: unknown, resource: string) => {
					if (resource !== AUDIENCE) throw new errors.InvalidTarget();
					return {
						audience: AUDIENCE,
						scope: [...scopes].join(' '),
						...(opaqueTokens
							? { accessTokenFormat: 'opaque' }
							: { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } }),
					};
				},
			},
		},
	});
}

type Context = { socket: Socket };

function peerCertificate({ socket }: Context): X509Certificate | undefined {
	return socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
}

async function createSigningKey(): Promise<JWK> {
	const { privateKey } = await generateKeyPair('RS256', { extractable: true });
	return { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig' };
}

/** `oidc-provider` greets every Node version below the newest LTS with a warning. */
async function importQuietly<T>(load: () => Promise<T>): Promise<T> {
	const { warn } = console;
	console.warn = () => {};
	try {
		return await load();
	} finally {
		console.warn = warn;
	}
}

/** Storage of one server: its tokens are self-contained, so this holds used JWT IDs only. */
function createMemoryAdapter() {
	const records = new Map<string, unknown>();
	return class MemoryAdapter {
		constructor(private readonly model: string) {}

		async upsert(id: string, payload: unknown) {
			records.set(`${this.model}:${id}`, payload);
		}

		async find(id: string) {
			return records.get(`${this.model}:${id}`);
		}

		async destroy(id: string) {
			records.delete(`${this.model}:${id}`);
		}
	};
}
