import {
	allowInsecureRequests,
	customFetch,
	discoveryRequest,
	OperationProcessingError,
	processDiscoveryResponse,
	type AuthorizationServer,
} from 'oauth4webapi';
import { isSecureUrl, type ClientCredentials } from './clientCredentials';
import { TokenError } from './errors';
import { isObject } from './json';
import type { TokenRequestOutcome, TokenRequestSender } from './tokenRequest';
import { unreachable } from './unreachable';

/** What issuers have said about themselves, by issuer: for the whole process. */
export type MetadataCache = Map<string, { metadata: AuthorizationServer; untilMs: number }>;

/** Endpoints seldom move. */
const CACHED_FOR_MS = 3_600_000;

/** OpenID Connect Discovery §4, which nearly every server has; then RFC 8414 §3. */
const ALGORITHMS = ['oidc', 'oauth2'] as const;

const FIELD = { field: 'Issuer URL' } as const;

/**
 * What the issuer says about itself, its token endpoint at least.
 *
 * @throws {TokenError} where it says nothing, or nothing that can be trusted.
 */
export async function discover(
	client: ClientCredentials,
	{ send, now, cache }: { send: TokenRequestSender; now: () => number; cache: MetadataCache },
	signal?: AbortSignal,
): Promise<AuthorizationServer> {
	const known = cache.get(client.issuer);
	if (known !== undefined && now() < known.untilMs) return known.metadata;
	for (const algorithm of ALGORITHMS) {
		const outcome = await requestMetadata(client.issuer, algorithm, send, signal);
		const metadata = readMetadata(outcome);
		if (metadata === undefined) continue;
		const checked = await checkMetadata(metadata, client);
		cache.set(client.issuer, { metadata: checked, untilMs: now() + CACHED_FOR_MS });
		return checked;
	}
	throw new TokenError(
		`${new URL(client.issuer).host} does not say where tokens are issued`,
		'Check Issuer URL in the credential: ".well-known/openid-configuration" or ".well-known/oauth-authorization-server" must be found there. If the server has neither, choose Token URL for Server Address.',
		FIELD,
	);
}

async function requestMetadata(
	issuer: string,
	algorithm: (typeof ALGORITHMS)[number],
	send: TokenRequestSender,
	signal?: AbortSignal,
): Promise<TokenRequestOutcome> {
	let outcome: TokenRequestOutcome | undefined;
	await discoveryRequest(new URL(issuer), {
		algorithm,
		// Whether plain http is allowed was decided when the credential was read.
		[allowInsecureRequests]: true,
		[customFetch]: async (url, { headers }) => {
			outcome = await send({ method: 'GET', url, headers }, signal);
			if (outcome.kind === 'failed') throw unreachable(outcome, url, FIELD.field);
			return new Response();
		},
	});
	return outcome as unknown as TokenRequestOutcome;
}

function readMetadata(outcome: TokenRequestOutcome): Record<string, unknown> | undefined {
	if (outcome.kind === 'failed' || outcome.response.status !== 200) return undefined;
	try {
		const json: unknown = JSON.parse(outcome.response.body.toString('utf8'));
		return isObject(json) && typeof json.issuer === 'string' ? json : undefined;
	} catch {
		return undefined;
	}
}

/** RFC 8414 §3.3: metadata of another issuer must not be used. */
async function checkMetadata(
	metadata: Record<string, unknown>,
	{ issuer, allowInsecureHttp }: ClientCredentials,
): Promise<AuthorizationServer> {
	const response = new Response(JSON.stringify(metadata), {
		headers: { 'content-type': 'application/json' },
	});
	const server = await processDiscoveryResponse(new URL(issuer), response).catch(
		(error: unknown) => {
			throw error instanceof OperationProcessingError ? otherIssuer(metadata) : error;
		},
	);
	const { token_endpoint: endpoint = '', mtls_endpoint_aliases: aliases } = server;
	if (!URL.canParse(endpoint)) {
		throw new TokenError(
			'The issuer names no token URL',
			'Check Issuer URL in the credential. If it is right, choose Token URL for Server Address, and take it from the documentation of the provider.',
			FIELD,
		);
	}
	// RFC 8705 §5: where a client with a certificate goes instead.
	const endpoints = [endpoint, aliases?.token_endpoint ?? endpoint];
	const areSecure = endpoints.every((url) => URL.canParse(url) && isSecureUrl(new URL(url)));
	if (!allowInsecureHttp && !areSecure) {
		throw new TokenError(
			'The token URL that the issuer names does not use https',
			'Secret and token would be readable on the network. Tell the provider, or turn on Allow Insecure HTTP in the credential if you trust every machine in between.',
			{ field: 'Allow Insecure HTTP' },
		);
	}
	return server;
}

function otherIssuer({ issuer }: Record<string, unknown>): TokenError {
	const isUrl = typeof issuer === 'string' && URL.canParse(issuer);
	const name = isUrl ? new URL(issuer).origin + new URL(issuer).pathname : 'in another way';
	return new TokenError(
		'The server has another name than Issuer URL',
		`It calls itself ${name}. If that is the server you mean, put exactly that into Issuer URL in the credential.`,
		FIELD,
	);
}
