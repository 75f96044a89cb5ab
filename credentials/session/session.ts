import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IHttpRequestHelper,
	IHttpRequestOptions,
} from 'n8n-workflow';
import { DEFAULT_RETRY_POLICY } from '../../http/retry/decideRetry';
import type { Timing } from '../../http/timing';
import { helperTransport, type HttpHelpers } from '../../http/transport/helperTransport';
import {
	readAllowedDomains,
	restrictedSender,
	type AllowedDomains,
} from '../../n8n/allowedDomains';
import { tokenRequestSender } from '../../n8n/tokenRequestSender';
import {
	isSecureUrl,
	readClientCredentials,
	type ClientCredentials,
} from '../../oauth/client/clientCredentials';
import { TokenError } from '../../oauth/errors/tokenError';
import type { MetadataCache } from '../../oauth/server/discovery';
import { requestAccessToken } from '../../oauth/server/grant';
import type { TokenRequestSender } from '../../oauth/server/tokenRequest';
import type { AccessToken } from '../../oauth/token/accessToken';
import { cacheKey } from '../../oauth/token/cacheKey';
import { apiTls } from '../../oauth/token/tls';
import {
	createTokenSource,
	REPLACEMENT_STAYS_MS,
	type TokenMemory,
} from '../../oauth/token/tokenSource';
import { putToken, type NodeRequest } from './putToken';
import { fromFields, toFields } from './savedToken';

/** What n8n's own nodes need of a credential: n8n runs the first before the second, for each request. */
export interface Session {
	/**
	 * Sees to it that there is a token.
	 * @returns fields for n8n to save in the credential; none where nothing has changed.
	 * @throws {TokenError}
	 */
	preAuthentication(
		helpers: IHttpRequestHelper['helpers'],
		credentials: ICredentialDataDecryptedObject,
	): Promise<IDataObject>;
	/** @throws {TokenError} where the token must not go to this URL. */
	authenticate(
		credentials: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions,
	): IHttpRequestOptions;
}

/** For so long, a failed grant is not tried again: n8n does not tell where a run begins, and asks twice. */
const FAILURE_HOLDS_MS = 10_000;

interface Authorized {
	client: ClientCredentials;
	token: AccessToken;
	/** Whether the request went out with it. */
	sent: boolean;
}

/** One for each process: its tokens are shared by all requests of n8n's own nodes. */
export function createSession(timing: Timing): Session {
	const { now, awakeMs } = timing;
	const memory: TokenMemory = new Map();
	const metadata: MetadataCache = new Map();
	/** By all that a token request depends on, unlike tokens: what was refused may be allowed now. */
	const failures = new Map<string, { error: unknown; untilMs: number }>();
	/** By the object that n8n makes of the credential for each request, and hands to all calls here. */
	const requests = new WeakMap<object, Authorized>();
	const saved = new WeakSet<AccessToken>();
	/** By `awakeMs()`, as all that lasts for a while: a clock that is set back must not make it longer. */
	const replacedAtMs = new WeakMap<AccessToken, number>();

	/** Whether n8n's second call for a request, after an error of whatever kind, is worth a new token. */
	function mayMend({ token, sent }: Authorized): boolean {
		return sent && awakeMs() - (replacedAtMs.get(token) ?? -Infinity) > REPLACEMENT_STAYS_MS;
	}

	async function grant(
		client: ClientCredentials,
		allowedDomains: AllowedDomains,
		send: TokenRequestSender,
	): Promise<AccessToken> {
		const key = JSON.stringify([cacheKey(client), client.ignoreSslIssues, allowedDomains]);
		const failure = failures.get(key);
		if (failure !== undefined && awakeMs() < failure.untilMs) throw failure.error;
		failures.delete(key);
		const token = requestAccessToken(client, { send, now, metadata });
		token.catch((error: unknown) => {
			for (const [other, { untilMs }] of failures) if (awakeMs() >= untilMs) failures.delete(other);
			failures.set(key, { error, untilMs: awakeMs() + FAILURE_HOLDS_MS });
		});
		return await token;
	}

	return {
		async preAuthentication(helpers, credentials) {
			const client = readClientCredentials(credentials);
			checkProof(client);
			const transport = helperTransport(helpers as unknown as HttpHelpers);
			const allowedDomains = readAllowedDomains(credentials);
			const send = restrictedSender(
				tokenRequestSender(transport, client, DEFAULT_RETRY_POLICY, timing),
				allowedDomains,
			);
			const key = cacheKey(client);
			const failed = requests.get(credentials);
			if (failed !== undefined && !mayMend(failed)) return {};

			let unsaved: AccessToken | undefined;
			const stored = fromFields(credentials, key, now());
			const source = createTokenSource({
				key,
				memory,
				store: {
					load: () => stored,
					has: () => stored !== undefined,
					save(token) {
						unsaved = token;
					},
					remove: () => undefined,
				},
				grant: () => grant(client, allowedDomains, send),
				now,
				awakeMs,
			});
			if (failed !== undefined) source.refused(failed.token);
			const token = await source.get();
			requests.set(credentials, { client, token, sent: false });
			if (failed !== undefined) {
				if (!replacedAtMs.has(token)) replacedAtMs.set(token, awakeMs());
				// Only then does n8n send the request again.
				return toFields(token, key);
			}
			// Each is a write to n8n's database: one for all who have waited for this token.
			if (unsaved === undefined || saved.has(unsaved)) return {};
			saved.add(unsaved);
			return toFields(unsaved, key);
		},

		authenticate(credentials, request) {
			const authorized = requests.get(credentials);
			const client = authorized?.client ?? readClientCredentials(credentials);
			checkSecure(request, client);
			const token = authorized?.token ?? fromFields(credentials, cacheKey(client), now());
			if (token === undefined) {
				throw new TokenError(
					'There is no access token for this request',
					'n8n has not asked the credential for one. Update n8n, or use the node OAuth2 HTTP Request.',
				);
			}
			putToken(request, token, client.sending);
			if (authorized !== undefined) authorized.sent = true;
			const tls = apiTls(client.tls, token.value);
			if (tls !== undefined) Object.assign(request, { agentOptions: tls });
			return request;
		},
	};
}

/** n8n runs nothing of a credential on responses, where the nonces for proofs come from. */
function checkProof({ dpop }: ClientCredentials): void {
	if (dpop === undefined) return;
	throw new TokenError(
		'A credential with DPoP works only in the node OAuth2 HTTP Request',
		'Use that node, or turn off Prove Possession (DPoP) in the credential.',
		{ field: 'Prove Possession (DPoP)' },
	);
}

/** n8n's older nodes name the address `uri`. */
function checkSecure(request: NodeRequest, client: ClientCredentials): void {
	const url = request.uri ?? request.url;
	// Empty, it is none, to n8n's helpers as well.
	const baseUrl = request.baseURL || undefined;
	if (client.allowInsecureHttp || !URL.canParse(url, baseUrl)) return;
	if (isSecureUrl(new URL(url, baseUrl))) return;
	throw new TokenError(
		'The URL does not use https',
		'Others on the network could read the access token. Change URL to https://, or turn on Allow Insecure HTTP in the credential if you trust every machine in between.',
	);
}
