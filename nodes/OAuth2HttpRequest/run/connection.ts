import type { IExecuteFunctions } from 'n8n-workflow';
import {
	readAllowedDomains,
	restrictedSender,
	type AllowedDomains,
} from '../../../credentials/allowedDomains';
import type { Api } from '../../../http/call';
import { headerValue, type HttpRequest } from '../../../http/message';
import { createPacer, createPacerPool, type Pacer } from '../../../http/pacing/pacer';
import type { RetryPolicy } from '../../../http/retry';
import { fetchTransport } from '../../../http/transport/fetchTransport';
import { helperTransport, type HttpHelpers } from '../../../http/transport/helperTransport';
import { readClientCredentials, type ClientCredentials } from '../../../oauth/clientCredentials';
import type { TokenOverrides } from '../../../oauth/readTokenRequest';
import { InputError } from '../request/inputError';
import { checkAllowed, checkForm, checkOrigin } from './checkRequest';
import { systemTiming } from './systemTiming';
import { tokenRequestSender } from './tokenRequestSender';
import { createTokens, type ClientToken } from './tokens';

export const CREDENTIAL_NAME = 'clientCredentialsOAuth2Api';

/** Shared by all runs of this process. */
const pacerOf = createPacerPool(() => createPacer(systemTiming));

/** What the items of one run share. */
export interface Connection {
	/**
	 * The API that a request goes to, with the token that these overrides ask for.
	 * @throws {InputError} where the token must not go there, or cannot go with this request.
	 * @throws {TokenError} where the credential is incomplete or malformed.
	 */
	apiFor: (request: HttpRequest, overrides: TokenOverrides) => Api;
	/**
	 * The token that these overrides ask for.
	 * @throws {TokenError} where the credential, or an override, is incomplete or malformed.
	 */
	tokenFor: (overrides: TokenOverrides) => ClientToken;
	/** How many tokens this run has asked for. */
	tokenRequests: () => number;
	/** How long the APIs of this run have been paused since it began, in ms. */
	pausedMs: () => number;
}

export interface ConnectOptions {
	retry: RetryPolicy;
	/** For the API's calls; the token is always asked for over n8n's helper. */
	reuseConnections: boolean;
	/** The certificate in the credential goes with each of the API's calls, whatever the credential says. */
	providesCertificate: boolean;
	onRetry: () => void;
	/** Ends calls on the wire: the run was cancelled. */
	signal?: AbortSignal;
}

/** Connects the node's credential with the APIs of one run. */
export async function connect(
	context: IExecuteFunctions,
	options: ConnectOptions,
): Promise<Connection> {
	try {
		const data = await context.getCredentials(CREDENTIAL_NAME);
		const credential = readClientCredentials(data);
		const client = options.providesCertificate ? withCertificate(credential) : credential;
		checkReuse(options.reuseConnections, client);
		return connectClient(context, client, readAllowedDomains(data), options);
	} catch (error) {
		return unusable(error);
	}
}

/**
 * A credential that cannot be had or used is an error of each item, as one that is refused. From a node that
 * fails as a whole, "On Error" would make n8n hand on all items as if they had been delivered.
 */
function unusable(error: unknown): Connection {
	return {
		apiFor() {
			throw error;
		},
		tokenFor() {
			throw error;
		},
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
	const send = restrictedSender(tokenRequestSender(helper, client, retry), allowedDomains);
	const tokens = createTokens(context, client, send);
	const pacers = new Map<string, { pacer: Pacer; heldBeforeMs: number }>();
	const shared: Omit<Api, 'origin' | 'authorizer' | 'pacer'> = {
		// A call on the wire goes on when another item has failed, unlike the waits between
		// calls: only cancelling the run ends it.
		transport: (authorized) => transport(readable(authorized, client), signal),
		retry,
		timing: systemTiming,
		...(signal && { cancelSignal: signal }),
		checkRedirect: (target) => checkAllowed(target, allowedDomains),
		onRetry,
	};

	/** Checks an origin when it is met first. */
	function pacerFor(origin: string): Pacer {
		let entry = pacers.get(origin);
		if (entry === undefined) {
			checkOrigin(origin, client, allowedDomains);
			const pacer = pacerOf(`${origin} ${client.clientId}`);
			entry = { pacer, heldBeforeMs: pacer.heldMs() };
			pacers.set(origin, entry);
		}
		return entry.pacer;
	}

	return {
		apiFor(request, overrides) {
			const { origin } = new URL(request.url);
			const pacer = pacerFor(origin);
			checkForm(request, client);
			return { ...shared, origin, pacer, authorizer: tokens.for(overrides).authorizer };
		},
		tokenFor: tokens.for,
		tokenRequests: tokens.requests,
		pausedMs: () =>
			[...pacers.values()].reduce(
				(sum, { pacer, heldBeforeMs }) => sum + pacer.heldMs() - heldBeforeMs,
				0,
			),
	};
}

/** As if Use for API Calls were on in the credential. */
function withCertificate(client: ClientCredentials): ClientCredentials {
	const { tls } = client;
	if (tls?.certificate === undefined && tls?.authorities === undefined) {
		throw new InputError(
			'The credential has no TLS certificate',
			'"SSL Certificates" is on in the settings of this node. Turn on Advanced Settings and Customize TLS in the credential, and fill in TLS Certificate and TLS Private Key, or CA Certificate. Where the API needs none, turn SSL Certificates off.',
			'provideSslCertificates',
		);
	}
	return { ...client, tls: { ...tls, forApi: true } };
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
