import type { IExecuteFunctions } from 'n8n-workflow';
import {
	readAllowedDomains,
	restrictedSender,
	type AllowedDomains,
} from '../../../credentials/allowedDomains';
import type { Api } from '../../../http/call';
import { headerValue, type HttpRequest, type Outcome } from '../../../http/message';
import { createPacer, createPacerPool } from '../../../http/pacing/pacer';
import type { RetryPolicy } from '../../../http/retry';
import { sendWithRetry } from '../../../http/sendWithRetry';
import { fetchTransport } from '../../../http/transport/fetchTransport';
import { helperTransport, type HttpHelpers } from '../../../http/transport/helperTransport';
import type { Transport } from '../../../http/transport/transport';
import { bearerAuthorizer } from '../../../oauth/bearer';
import { cacheKey } from '../../../oauth/cacheKey';
import { clientKey } from '../../../oauth/clientAuthentication';
import { readClientCredentials, type ClientCredentials } from '../../../oauth/clientCredentials';
import type { MetadataCache } from '../../../oauth/discovery';
import { requestAccessToken } from '../../../oauth/grant';
import { createProofKeys } from '../../../oauth/proof';
import type { TokenRequest, TokenRequestSender } from '../../../oauth/tokenRequest';
import { serverTls } from '../../../oauth/tls';
import { createTokenSource, type TokenMemory } from '../../../oauth/tokenSource';
import { createSealedTokenStore } from '../../../oauth/tokenStore';
import { InputError } from '../request/inputError';
import { checkAllowed, checkRequest } from './checkRequest';
import { systemTiming } from './systemTiming';

export const CREDENTIAL_NAME = 'clientCredentialsOAuth2Api';

const TOKEN_TIMEOUT_MS = 30_000;
const MAX_TOKEN_RESPONSE_BYTES = 1024 * 1024;

/** Shared by all runs of this process. */
const tokenMemory: TokenMemory = new Map();
const metadata: MetadataCache = new Map();
const proofKeys = createProofKeys(systemTiming.now);
const pacerOf = createPacerPool(() => createPacer(systemTiming));

/** What the items of one run share. */
export interface Connection {
	/**
	 * The API that a request goes to.
	 * @throws {InputError} where the token must not go there, or cannot go with this request.
	 * @throws {TokenError} where the credential is incomplete or malformed.
	 */
	apiFor: (request: HttpRequest) => Api;
	/** What must not appear in any text: the client's secret and the tokens of this run. */
	secrets: () => string[];
	/** How many tokens this run has asked for. */
	tokenRequests: () => number;
	/** How long the APIs of this run have been paused since it began, in ms. */
	pausedMs: () => number;
}

export interface ConnectOptions {
	retry: RetryPolicy;
	/** For the API's calls; the token is always asked for over n8n's helper. */
	reuseConnections: boolean;
	onRetry: () => void;
	/** Ends calls on the wire: the run was cancelled. */
	signal?: AbortSignal;
}

/** Connects the node's credential with the APIs of one run. */
export async function connect(
	context: IExecuteFunctions,
	options: ConnectOptions,
): Promise<Connection> {
	const data = await context.getCredentials(CREDENTIAL_NAME);
	try {
		const client = readClientCredentials(data);
		checkReuse(options.reuseConnections, client);
		return connectClient(context, client, readAllowedDomains(data), options);
	} catch (error) {
		return unusable(error);
	}
}

/** A credential that cannot be used is an error of each item, as one that is refused. */
function unusable(error: unknown): Connection {
	return {
		apiFor() {
			throw error;
		},
		secrets: () => [],
		tokenRequests: () => 0,
		pausedMs: () => 0,
	};
}

function connectClient(
	context: IExecuteFunctions,
	client: ClientCredentials,
	allowedDomains: AllowedDomains,
	{ retry, reuseConnections, onRetry, signal }: ConnectOptions,
): Connection {
	const helper = helperTransport(context.helpers as unknown as HttpHelpers);
	const transport = reuseConnections ? fetchTransport(systemTiming) : helper;
	const key = clientKey(client.clientAuthentication);
	const secrets = new Set([key]);
	let tokenRequests = 0;

	const source = createTokenSource({
		key: cacheKey(client),
		memory: tokenMemory,
		store: createSealedTokenStore(
			context.getWorkflowStaticData('global'),
			cacheKey(client),
			key,
			systemTiming.now,
		),
		...(context.getMode() !== 'manual' && { storeOwner: context.getWorkflow().id }),
		grant: async (grantSignal) => {
			tokenRequests++;
			const send = restrictedSender(tokenRequestSender(helper, client, retry), allowedDomains);
			const { now } = systemTiming;
			return await requestAccessToken(client, { send, now, metadata, proofKeys }, grantSignal);
		},
		now: systemTiming.now,
	});
	const bearer = bearerAuthorizer(
		{
			...source,
			async get(waitSignal) {
				const token = await source.get(waitSignal);
				secrets.add(token.value);
				return token;
			},
		},
		{
			...client,
			proofOf: async ({ proofKey }) =>
				client.dpop && proofKey !== undefined
					? await proofKeys.use(cacheKey(client), proofKey, client.dpop)
					: undefined,
		},
	);
	const apis = new Map<string, { api: Api; heldBeforeMs: number }>();

	return {
		apiFor(request) {
			checkRequest(request, client, allowedDomains);
			const { origin } = new URL(request.url);
			let entry = apis.get(origin);
			if (entry === undefined) {
				const pacer = pacerOf(`${origin} ${client.clientId}`);
				const api: Api = {
					// A call on the wire goes on when another item has failed, unlike the waits between
					// calls: only cancelling the run ends it.
					transport: (request) => transport(readable(request, client), signal),
					authorizer: bearer,
					pacer,
					retry,
					timing: systemTiming,
					checkRedirect: (target) => checkAllowed(target, allowedDomains),
					onRetry,
				};
				entry = { api, heldBeforeMs: pacer.heldMs() };
				apis.set(origin, entry);
			}
			return entry.api;
		},
		secrets: () => [...secrets],
		tokenRequests: () => tokenRequests,
		pausedMs: () =>
			[...apis.values()].reduce(
				(sum, { api, heldBeforeMs }) => sum + api.pacer.heldMs() - heldBeforeMs,
				0,
			),
	};
}

/** The runtime's `fetch` takes no certificates. */
function checkReuse(reuseConnections: boolean, { tls }: ClientCredentials): void {
	if (!reuseConnections || tls === undefined || (!tls.forApi && tls.certificate === undefined)) {
		return;
	}
	throw new InputError(
		'Reuse Connections does not go with a TLS certificate',
		'These calls have no way to carry what the credential sets for the connection. Remove Options → Reuse Connections from the node.',
		'options',
	);
}

/** Sends token requests with retries: asking twice for a token is always safe. */
export function tokenRequestSender(
	transport: Transport,
	client: ClientCredentials,
	retry: RetryPolicy,
): TokenRequestSender {
	const tls = serverTls(client.tls);
	const toHttpRequest = ({ method, url, headers, body }: TokenRequest): HttpRequest => ({
		method,
		url,
		headers,
		...(body !== undefined && { body: Buffer.from(body) }),
		timeoutMs: TOKEN_TIMEOUT_MS,
		ignoreSslIssues: client.ignoreSslIssues,
		...(tls && { tls }),
		maxBodyBytes: MAX_TOKEN_RESPONSE_BYTES,
	});
	return async (request, signal) => {
		const again = async (): Promise<HttpRequest> =>
			toHttpRequest((await request.again?.()) ?? request);
		const options = { transport, retry, timing: systemTiming, again };
		return toTokenOutcome(await sendWithRetry(toHttpRequest(request), options, signal));
	};
}

function toTokenOutcome(outcome: Outcome): Awaited<ReturnType<TokenRequestSender>> {
	if (outcome.kind === 'networkError') return { kind: 'failed', ...outcome.error };
	const { status, headers, body } = outcome.response;
	const { location, date, 'dpop-nonce': dpopNonce } = headers;
	return {
		kind: 'response',
		response: {
			status,
			body,
			...(typeof location === 'string' && { location }),
			...(typeof date === 'string' && { date }),
			...(typeof dpopNonce === 'string' && { dpopNonce }),
		},
	};
}

/** An answer that may say that the token has expired must be read, though it be wanted as a file. */
function readable(request: HttpRequest, { refusal }: ClientCredentials): HttpRequest {
	const { wantsStream } = request;
	if (refusal.body === undefined || wantsStream === undefined) return request;
	return {
		...request,
		wantsStream: (head) =>
			wantsStream(head) && !/json/i.test(headerValue(head, 'content-type') ?? ''),
	};
}
