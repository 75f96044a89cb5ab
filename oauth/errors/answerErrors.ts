import type { ClientCredentials } from '../client/clientCredentials';
import { listed, shownOf } from '../client/shownFields';
import { addressField, type AddressField } from '../providers/provider';
import { readFields, type TokenEndpointResponse } from '../server/conform';
import { clientAdvice, runLater } from './oauthErrors';
import { MAX_TITLE_PART, shower, type Show } from './serverText';
import { serverSays, TokenError } from './tokenError';

/** An address of the server: what it is called, and which field of the credential it comes from. */
export interface ServerAddress {
	name: 'token URL' | 'introspection URL' | 'revocation URL';
	field: 'Token URL' | 'Issuer URL' | 'Introspection URL' | 'Revocation URL' | AddressField;
}

/** Where the client's token requests go. */
export function tokenAddress({ issuer, provider }: ClientCredentials): ServerAddress {
	const own = issuer === '' ? 'Token URL' : 'Issuer URL';
	return { name: 'token URL', field: provider === undefined ? own : addressField(provider) };
}

export function redirected(
	{ status, location }: TokenEndpointResponse & { location?: string },
	from: string,
	client: ClientCredentials,
	{ name, field }: ServerAddress,
	show: Show = shower(client),
): TokenError {
	const target = redirectTarget(location, from, show);
	const mend =
		field === 'Issuer URL'
			? 'choose Token URL for Server Address in the credential, and enter it there'
			: client.provider && name === 'token URL'
				? `correct ${field} in the credential`
				: `enter it as ${field} in the credential`;
	return new TokenError(
		`The ${name} redirects${target && ` to ${target}`} (status ${status})`,
		`The redirect was not followed, because the client secret, or what replaces it, would have been sent along. If you trust that address, ${mend}.`,
		{ field, status },
	);
}

/** Where a redirect leads, as far as it may be shown; empty where that cannot be told. */
export function redirectTarget(location: string | undefined, from: string, show: Show): string {
	if (location === undefined || !URL.canParse(location, from)) return '';
	// Its query and fragment may hold what must not be seen.
	const { origin, pathname } = new URL(location, from);
	return show(origin + pathname, MAX_TITLE_PART);
}

/** Whether the server says nothing but that it cannot answer now. */
export function isFailing(status: number): boolean {
	return status === 429 || status >= 500;
}

/**
 * @param text what it says in words, which must be safe to show.
 * @param client whose request it was, where it authenticates.
 */
export function failing(
	answer: Pick<TokenEndpointResponse, 'status' | 'retryAtMs'>,
	text = '',
	client?: ClientCredentials,
): TokenError {
	const { status } = answer;
	const said = text === '' ? '' : `${serverSays(text)} `;
	return new TokenError(
		`The authorization server is ${status === 429 ? 'too busy' : 'failing'} (status ${status})`,
		`${said}This response usually does not point to a mistake in the credential. ${runLater(answer, client)}`,
		{ status },
	);
}

/** @param name what the request was for. */
export function refusedByProxy(name: string): TokenError {
	return new TokenError(
		`A proxy refuses the request to the ${name} (status 407)`,
		'It wants another user name and password. Ask the administrator of n8n for the variables HTTP_PROXY and HTTPS_PROXY.',
		{ status: 407 },
	);
}

/**
 * A refusal that says by its status only why.
 * @param text what the server says in words, which must be safe to show.
 */
export function refusedByStatus(
	{ status, body }: TokenEndpointResponse,
	text: string,
	client: ClientCredentials,
	{ name, field: urlField }: ServerAddress,
): TokenError {
	if (status === 407) return refusedByProxy(name);
	const said = text === '' ? '' : ` ${serverSays(text)}`;
	const { message, description, field } = clientAdvice(client);
	if (status === 401) {
		return new TokenError(
			`${message} (status 401)`,
			`${description} Check ${urlField}, too.${said}`,
			{
				field,
				status,
			},
		);
	}
	// Data, so that no firewall answers, and no other page: Sophos and Twitch refuse so.
	const isTokenEndpoint = name === 'token URL' && text !== '' && readFields(body) !== undefined;
	if (isTokenEndpoint && ![404, 405, 415].includes(status)) {
		return new TokenError(
			`The authorization server refuses the token request (status ${status})`,
			`${serverSays(text)} Check Client ID and ${field} in the credential, then ${urlField}.`,
			{ field, status },
		);
	}
	const [scope] = shownOf(['Scope'], client.provider);
	// Firewalls and proxies send a page. Glewlwyd refuses everything without a word.
	if (status === 403 && name === 'token URL' && body.length === 0) {
		return new TokenError(
			'The authorization server refuses the token request (status 403)',
			`${description} Check ${scope}, too, and that this client may use the client credentials grant. It may also be a firewall that blocks the request.`,
			{ field, status },
		);
	}
	if (status === 403 && name === 'token URL') {
		return new TokenError(
			'The authorization server refuses the token request (status 403)',
			`Usually a firewall, a proxy (the variable HTTPS_PROXY) or a list of allowed IP addresses blocks the request: ask the provider whether the machine n8n runs on may request tokens. Otherwise check ${listed([urlField, 'Client ID', field])} in the credential.${said}`,
			{ field: 'Client ID', status },
		);
	}
	if (status === 403) {
		return new TokenError(
			`This client may not use the ${name} (status 403)`,
			`Allow it for this Client ID at the provider. If it is already allowed, check Client ID and ${urlField} in the credential.${said}`,
			{ field: 'Client ID', status },
		);
	}
	const checked = listed([urlField, ...shownOf(['Client Authentication'], client.provider)]);
	return new TokenError(
		`The ${name} answered with status ${status} and no OAuth error`,
		status === 404
			? `There is nothing at this address. Check ${urlField} in the credential against the provider's documentation.${said}`
			: `Check ${checked} in the credential: the response does not come from ${ENDPOINTS[name]}.${said}`,
		{ field: urlField, status },
	);
}

const ENDPOINTS: Record<ServerAddress['name'], string> = {
	'token URL': 'a token endpoint',
	'introspection URL': 'an introspection endpoint',
	'revocation URL': 'a revocation endpoint',
};
