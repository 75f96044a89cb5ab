import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';
import type { Api } from '../../../http/call/api';
import { createSilence, type Silence } from '../../../http/call/silence';
import { headerValue, type HttpRequest } from '../../../http/message';
import type { RetryPolicy } from '../../../http/retry/decideRetry';
import { fetchTransport } from '../../../http/transport/fetchTransport';
import { helperTransport, type HttpHelpers } from '../../../http/transport/helperTransport';
import {
	readAllowedDomains,
	restrictedSender,
	type AllowedDomains,
} from '../../../n8n/allowedDomains';
import { systemTiming } from '../../../n8n/systemTiming';
import { tokenRequestSender } from '../../../n8n/tokenRequestSender';
import {
	readClientCredentials,
	type ClientCredentials,
} from '../../../oauth/client/clientCredentials';
import type { TokenOverrides } from '../../../oauth/client/readTokenRequest';
import { InputError } from '../inputError';
import { checkAllowed, checkForm, checkOrigin } from './checkRequest';
import { createRunPacers, type RunPacers } from './runPacers';
import { CREDENTIAL_NAME, sharedCredential } from './sharedCredential';
import { createTokens, type ClientToken } from './tokens';

/** The connections of one run: one, unless expressions in the credential give the items different ones. */
export interface Connections {
	/**
	 * The connection of an item.
	 * @throws what n8n says where it cannot give the credential.
	 */
	of: (itemIndex: number) => Promise<Connection>;
	/** How many tokens were issued to this run. */
	newTokens: () => number;
	/** How long the APIs of this run have been paused since it began, in ms. */
	pausedMs: () => number;
}

/** What items with the same credential share. */
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
	/** How many tokens were issued. */
	newTokens: () => number;
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
): Promise<Connections> {
	const pacers = createRunPacers();
	const open = (data: ICredentialDataDecryptedObject): Connection => {
		try {
			const credential = readClientCredentials(data);
			const client = options.providesCertificate ? withCertificate(credential) : credential;
			checkReuse(options.reuseConnections, client);
			return connectClient(context, client, readAllowedDomains(data), pacers, options);
		} catch (error) {
			return unusable(error);
		}
	};
	const shared = await sharedCredential(context);
	const only = shared && open(shared);
	const opened = new Map<string, Connection>();

	async function openFor(itemIndex: number): Promise<Connection> {
		const data = await context.getCredentials(CREDENTIAL_NAME, itemIndex);
		const key = JSON.stringify(data);
		const connection = opened.get(key) ?? open(data);
		opened.set(key, connection);
		return connection;
	}

	return {
		of: async (itemIndex) => only ?? (await openFor(itemIndex)),
		newTokens: () =>
			[...(only ? [only] : opened.values())].reduce((sum, one) => sum + one.newTokens(), 0),
		pausedMs: pacers.pausedMs,
	};
}

/** A credential that cannot be used is an error of each item, as one that is refused. */
function unusable(error: unknown): Connection {
	return {
		apiFor() {
			throw error;
		},
		tokenFor() {
			throw error;
		},
		newTokens: () => 0,
	};
}

function connectClient(
	context: IExecuteFunctions,
	client: ClientCredentials,
	allowedDomains: AllowedDomains,
	runPacers: RunPacers,
	{ retry, reuseConnections, onRetry, signal }: ConnectOptions,
): Connection {
	const helper = helperTransport(context.helpers as unknown as HttpHelpers);
	const transport = reuseConnections ? fetchTransport(systemTiming) : helper;
	const unrestricted = tokenRequestSender(helper, client, retry, systemTiming);
	const send = restrictedSender(unrestricted, allowedDomains);
	const tokens = createTokens(context, client, send);
	const silences = new Map<string, Silence>();
	const shared: Omit<Api, 'origin' | 'authorizer' | 'pacer' | 'silence'> = {
		// A call on the wire goes on when another item has failed, unlike the waits between
		// calls: only cancelling the run ends it.
		transport: (authorized) => transport(readable(authorized, client), signal),
		retry,
		timing: systemTiming,
		...(signal && { cancelSignal: signal }),
		checkRedirect: (target) => checkAllowed(target, allowedDomains),
		onRetry,
	};

	/** An origin is checked when it is met first. */
	function meet(origin: string): Silence {
		checkOrigin(origin, client, allowedDomains);
		const silence = createSilence();
		silences.set(origin, silence);
		return silence;
	}

	return {
		apiFor(request, overrides) {
			const { origin } = new URL(request.url);
			const silence = silences.get(origin) ?? meet(origin);
			checkForm(request, client);
			const pacer = runPacers.of(origin, client.clientId);
			const { authorizer } = tokens.for(overrides);
			return { ...shared, origin, pacer, silence, authorizer };
		},
		tokenFor: tokens.for,
		newTokens: tokens.newTokens,
	};
}

/** As if Use for API Calls were on in the credential. */
function withCertificate(client: ClientCredentials): ClientCredentials {
	const { tls } = client;
	if (tls?.certificate === undefined && tls?.authorities === undefined) {
		throw new InputError(
			'The credential has no TLS certificate',
			'"SSL Certificates" is on in the settings of this node. Turn on Advanced Settings and Customize TLS in the credential, and fill in TLS Certificate and TLS Private Key, or CA Certificate. If the API needs none, turn off SSL Certificates.',
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
		'Reuse Connections does not work with a TLS certificate',
		'With it, calls cannot use the TLS settings of the credential. Remove Options → Reuse Connections from the node.',
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
