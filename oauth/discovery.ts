import {
	allowInsecureRequests,
	customFetch,
	discoveryRequest,
	OperationProcessingError,
	processDiscoveryResponse,
	type AuthorizationServer,
} from 'oauth4webapi';
import { failing, isFailing } from './answerErrors';
import { isSecureUrl, type ClientCredentials } from './clientCredentials';
import type { TokenEndpointResponse } from './conform';
import { TokenError } from './errors';
import { isObject, parseJson } from './json';
import type { TokenRequestSender } from './tokenRequest';
import { unreachable } from './unreachable';

/**
 * What issuers have said about themselves, for the whole process: by issuer, and by who was trusted to
 * speak for it. What may be done with it is up to each credential.
 */
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
	const key = JSON.stringify([client.issuer, client.ignoreSslIssues, client.tls?.authorities]);
	const known = cache.get(key);
	if (known !== undefined && now() < known.untilMs) {
		checkEndpoints(known.metadata, client);
		return known.metadata;
	}
	const failed: TokenEndpointResponse[] = [];
	for (const algorithm of ALGORITHMS) {
		const answer = await requestMetadata(client.issuer, algorithm, send, signal);
		if (isFailing(answer.status)) failed.push(answer);
		const json = answer.status === 200 ? readMetadata(answer.body) : undefined;
		if (json === undefined) continue;
		const metadata = await checkIssuer(json, client.issuer);
		checkEndpoints(metadata, client);
		cache.set(key, { metadata, untilMs: now() + CACHED_FOR_MS });
		return metadata;
	}
	if (failed[0] !== undefined) throw failing(failed[0]);
	throw new TokenError(
		`${new URL(client.issuer).host} does not say where tokens are issued`,
		'Check Issuer URL in the credential: ".well-known/openid-configuration" or ".well-known/oauth-authorization-server" must exist there. If the server has neither, choose Token URL for Server Address.',
		FIELD,
	);
}

async function requestMetadata(
	issuer: string,
	algorithm: (typeof ALGORITHMS)[number],
	send: TokenRequestSender,
	signal?: AbortSignal,
): Promise<TokenEndpointResponse> {
	let answer: TokenEndpointResponse = { status: 0, body: Buffer.alloc(0) };
	await discoveryRequest(new URL(issuer), {
		algorithm,
		// Whether plain http is allowed was decided when the credential was read.
		[allowInsecureRequests]: true,
		[customFetch]: async (url, { headers }) => {
			const outcome = await send({ method: 'GET', url, headers }, signal);
			if (outcome.kind === 'failed') throw unreachable(outcome, url, FIELD.field);
			answer = outcome.response;
			return new Response();
		},
	});
	return answer;
}

function readMetadata(body: Buffer): Record<string, unknown> | undefined {
	const json = parseJson(body.toString('utf8'));
	return isObject(json) && typeof json.issuer === 'string' ? json : undefined;
}

/** RFC 8414 §3.3: metadata of another issuer must not be used. */
async function checkIssuer(
	metadata: Record<string, unknown>,
	issuer: string,
): Promise<AuthorizationServer> {
	const response = new Response(JSON.stringify(metadata), {
		headers: { 'content-type': 'application/json' },
	});
	return await processDiscoveryResponse(new URL(issuer), response).catch((error: unknown) => {
		throw error instanceof OperationProcessingError ? otherIssuer(metadata) : error;
	});
}

/** Whether this credential may send its secret to where the issuer says. */
function checkEndpoints(
	{ token_endpoint: endpoint = '', mtls_endpoint_aliases: aliases }: AuthorizationServer,
	{ allowInsecureHttp }: ClientCredentials,
): void {
	if (!URL.canParse(endpoint)) {
		throw new TokenError(
			'The issuer does not name a token URL',
			"Check Issuer URL in the credential. If it is right, choose Token URL for Server Address, and enter the token URL from the provider's documentation.",
			FIELD,
		);
	}
	// RFC 8705 §5: where a client with a certificate goes instead.
	const endpoints = [endpoint, aliases?.token_endpoint ?? endpoint];
	const areSecure = endpoints.every((url) => URL.canParse(url) && isSecureUrl(new URL(url)));
	if (!allowInsecureHttp && !areSecure) {
		throw new TokenError(
			'The token URL that the issuer names does not use https',
			'Others on the network could read the secret and the token. Tell the provider, or turn on Allow Insecure HTTP in the credential if you trust every machine in between.',
			{ field: 'Allow Insecure HTTP' },
		);
	}
}

function otherIssuer({ issuer }: Record<string, unknown>): TokenError {
	const isUrl = typeof issuer === 'string' && URL.canParse(issuer);
	const name = isUrl ? new URL(issuer).origin + new URL(issuer).pathname : 'in another way';
	return new TokenError(
		'The name of the server differs from Issuer URL',
		`It calls itself ${name}. If that is the right server, enter exactly that as Issuer URL in the credential.`,
		FIELD,
	);
}
