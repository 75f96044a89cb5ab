import {
	OperationProcessingError,
	processDiscoveryResponse,
	type AuthorizationServer,
} from 'oauth4webapi';
import { isObject, parseJson } from '../../text/json';
import { isSecureUrl, type ClientCredentials } from '../client/clientCredentials';
import { failing, isFailing, redirectTarget, refusedByProxy } from '../errors/answerErrors';
import { isPage, shower } from '../errors/serverText';
import { TokenError } from '../errors/tokenError';
import { unreachable } from '../errors/unreachable';
import type { TokenRequestOutcome, TokenRequestSender } from './tokenRequest';

/**
 * What issuers have said about themselves, for the whole process: by issuer, and by which authorities were trusted to
 * speak for it. What may be done with it is up to each credential.
 */
export type MetadataCache = Map<string, { metadata: AuthorizationServer; untilMs: number }>;

/** Endpoints seldom move. */
const CACHED_FOR_MS = 3_600_000;

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
	const answers: Answer[] = [];
	for (const url of metadataUrls(client.issuer)) {
		const answer = await requestMetadata(url, client, send, signal);
		const json = answer.status === 200 ? readMetadata(answer.body) : undefined;
		answers.push(answer);
		if (json === undefined) continue;
		const metadata = await checkIssuer(json, client.issuer);
		checkEndpoints(metadata, client);
		cache.set(key, { metadata, untilMs: now() + CACHED_FOR_MS });
		return metadata;
	}
	throw withoutMetadata(answers, client);
}

type Answer = Extract<TokenRequestOutcome, { kind: 'response' }>['response'];

/**
 * OpenID Connect Discovery §4, which nearly every server has; RFC 8414 §3; and the latter's file where
 * the former's would be, as with Okta and Databricks.
 */
function metadataUrls(issuer: string): Set<string> {
	const { origin, pathname } = new URL(issuer);
	const path = pathname.replace(/\/$/, '');
	return new Set([
		`${origin}${path}/.well-known/openid-configuration`,
		`${origin}/.well-known/oauth-authorization-server${path}`,
		`${origin}${path}/.well-known/oauth-authorization-server`,
	]);
}

/** Follows one redirect on the same server, as to the same address with a slash: nothing secret goes there. */
async function requestMetadata(
	url: string,
	client: ClientCredentials,
	send: TokenRequestSender,
	signal?: AbortSignal,
): Promise<Answer> {
	const request = async (from: string): Promise<Answer> => {
		const outcome = await send(
			{ method: 'GET', url: from, headers: { accept: 'application/json' } },
			signal,
		);
		if (outcome.kind === 'failed') throw unreachable(outcome, from, FIELD.field, client);
		return outcome.response;
	};
	const answer = await request(url);
	const { status, location } = answer;
	if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return answer;
	const target = URL.canParse(location, url) ? new URL(location, url) : undefined;
	return target?.origin === new URL(url).origin ? await request(target.href) : answer;
}

/** The first answer that says more than that nothing is there tells what is wrong. */
function withoutMetadata(answers: Answer[], client: ClientCredentials): TokenError {
	const { host, origin, pathname } = new URL(client.issuer);
	const answer =
		answers.find(({ status }) => isFailing(status)) ?? answers.find(({ status }) => status !== 404);
	if (answer !== undefined && isFailing(answer.status)) return failing(answer);
	if (answer?.status === 407) return refusedByProxy('issuer URL');
	const { status = 404 } = answer ?? {};
	const reason = answer === undefined ? '' : `${reasonOf(answer, client)} `;
	const instead = pathname === '/' ? '' : ` (perhaps it is only ${origin})`;
	return new TokenError(
		`${host} does not say where tokens are issued (status ${status})`,
		`${reason}Check Issuer URL in the credential${instead}: ".well-known/openid-configuration" or ".well-known/oauth-authorization-server" must exist there. Otherwise choose Token URL for Server Address.`,
		{ ...FIELD, status },
	);
}

function reasonOf({ status, body, location }: Answer, client: ClientCredentials): string {
	if (status === 401 || status === 403) {
		return 'It refuses to answer: perhaps a firewall or a login is in the way.';
	}
	if (status >= 300 && status < 400) {
		const target = redirectTarget(location, client.issuer, shower(client)) || 'another address';
		return `It redirects to ${target}: if that is the right server, enter its address.`;
	}
	return isPage(body)
		? 'It answers with a web page, such as that of a console or a login.'
		: 'It answers with something else.';
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
