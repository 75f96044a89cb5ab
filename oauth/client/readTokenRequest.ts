import { isHeaderName } from '../../text/headerName';
import { TokenError } from '../errors/tokenError';
import { readProviderScope } from '../providers/applyProvider';
import type { Provider } from '../providers/provider';
import { jsonText, rows, scopeText, text } from './fields';

export type Pairs = ReadonlyArray<readonly [name: string, value: string]>;

/** What the token request holds beside the client's authentication. */
export interface TokenRequestSettings {
	/** As it is sent, in the provider's own way of separating; empty: none is sent. RFC 6749 §3.3. */
	scope: string;
	scopeSeparator: 'space' | 'comma';
	/** Empty: none is sent. */
	audience: string;
	/** Further parameters of the body, in the order given. */
	extraParameters: Pairs;
	/** `client_credentials`, unless the provider has a name of its own for it. */
	grantType: string;
	/** RFC 8707. */
	resources: readonly string[];
	/** Further headers. */
	headers: Pairs;
	/** Further parameters of the token URL. */
	query: Pairs;
}

/** What one call asks for in place of the credential's. Empty or absent: as the credential says. */
export interface TokenOverrides {
	scope?: string;
	audience?: string;
	/** Several are separated by spaces. */
	resource?: string;
}

/**
 * The client with these overrides, which are read as the credential's own fields: its token is another one.
 *
 * @throws {TokenError} where the resource is malformed.
 */
export function withOverrides<T extends TokenRequestSettings & { provider?: Provider }>(
	client: T,
	overrides: TokenOverrides,
): T {
	const scope = readScope(
		readProviderScope(client.provider, overrides.scope),
		client.scopeSeparator,
	);
	const audience = text(overrides.audience);
	const resources = words(text(overrides.resource)).map((resource) =>
		checkResource(resource, 'Options → Token in the node'),
	);
	return {
		...client,
		...(scope !== '' && { scope }),
		...(audience !== '' && { audience }),
		...(resources.length > 0 && { resources }),
	};
}

/** Set by the grant itself: a second value would contradict the credential's own fields. */
const RESERVED_PARAMETERS: Record<string, string> = {
	grant_type: 'turn on Customize Token Request, which has a field for it, Grant Type',
	client_id: 'it has its own field, Client ID',
	client_secret: 'it has its own field, Client Secret',
	client_assertion: 'the node creates it anew for each request, see Client Authentication',
	client_assertion_type: 'it is set by Client Authentication',
	scope: 'it has its own field, Scope',
	audience: 'it has its own field, Audience',
};

const RESERVED_HEADERS: Record<string, string> = {
	authorization: 'Client Authentication sets it',
	'content-length': 'it is set by the request itself',
	'content-type': 'it is always that of a form',
	dpop: 'Prove Possession (DPoP) sets it',
	host: 'it follows from the URL',
};

/**
 * Reads what to ask for, and how.
 *
 * @throws {TokenError} naming the field that is malformed.
 */
export function readTokenRequest(data: Record<string, unknown>): TokenRequestSettings {
	// Fields that are not shown do not count.
	const custom = data.customizeTokenRequest === true ? data : {};
	const scopeSeparator = text(custom.scopeSeparator) === 'comma' ? 'comma' : 'space';
	return {
		scope: readScope(scopeText(data.scope), scopeSeparator),
		scopeSeparator,
		audience: text(data.audience),
		extraParameters: readPairs(data.tokenRequestParameters, 'parameter').map(checkParameter),
		grantType: text(custom.grantType) || 'client_credentials',
		resources: words(text(custom.resource)).map((resource) =>
			checkResource(resource, 'the credential'),
		),
		headers: readPairs(custom.tokenRequestHeaders, 'header').map(checkHeader),
		query: readPairs(custom.tokenRequestQuery, 'parameter'),
	};
}

function readScope(scope: string, separator: TokenRequestSettings['scopeSeparator']): string {
	if (separator === 'space') return words(scope).join(' ');
	return scope
		.split(/[\s,]+/)
		.filter(Boolean)
		.join(',');
}

function words(value: string): string[] {
	return value.split(/\s+/).filter(Boolean);
}

function readPairs(value: unknown, group: string): Array<[string, string]> {
	return rows(value, group).flatMap((row): Array<[string, string]> => {
		const name = text(row.name);
		return name === '' ? [] : [[name, jsonText(row.value)]];
	});
}

function checkParameter(pair: [string, string]): [string, string] {
	const [name] = pair;
	if (!Object.hasOwn(RESERVED_PARAMETERS, name)) return pair;
	throw new TokenError(
		`The token request parameter "${name}" cannot be set`,
		`Remove it from Token Request Parameters in the credential: ${RESERVED_PARAMETERS[name]}.`,
		{ field: 'Token Request Parameters' },
	);
}

/** RFC 8707 §2. */
function checkResource(resource: string, where: string): string {
	if (URL.canParse(resource) && !resource.includes('#')) return resource;
	throw new TokenError(
		'The resource is not the address of an API',
		`Correct Resource in ${where}: enter a complete address such as https://api.example.com, without "#". Separate several with spaces. If you have only a name, try Audience.`,
		{ field: 'Resource' },
	);
}

/** RFC 9110 §5.1, §5.5. */
function checkHeader([name, value]: [string, string]): [string, string] {
	const trimmed = value.trim();
	const reserved = name.toLowerCase();
	if (Object.hasOwn(RESERVED_HEADERS, reserved)) {
		throw new TokenError(
			`The header "${reserved}" of the token request cannot be set`,
			`Remove it from Token Request Headers in the credential: ${RESERVED_HEADERS[reserved]}.`,
			{ field: 'Token Request Headers' },
		);
	}
	if (isHeaderName(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(trimmed)) {
		return [name, trimmed];
	}
	throw new TokenError(
		'A header of the token request has a name or value that cannot be sent',
		'Correct Token Request Headers in the credential: names must not contain spaces or colons, and values must not contain line breaks.',
		{ field: 'Token Request Headers' },
	);
}
