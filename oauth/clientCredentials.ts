import type { ClientAuthentication } from './clientAuthentication';
import { TokenError } from './errors';
import { rows, text } from './fields';
import { readClientAuthentication } from './readClientAuthentication';

/** All that a token request depends on. Checked: the rest of the code trusts it. */
export interface ClientCredentials {
	/** Absolute; https, or http where that was allowed. */
	tokenUrl: string;
	clientId: string;
	clientAuthentication: ClientAuthentication;
	/** Space separated; empty: none is sent. RFC 6749 §3.3. */
	scope: string;
	/** Empty: none is sent. */
	audience: string;
	/** Further parameters of the token request, in the order given. */
	extraParameters: ReadonlyArray<readonly [name: string, value: string]>;
	allowInsecureHttp: boolean;
	ignoreSslIssues: boolean;
}

/** Set by the grant itself: a second value would contradict the credential's own fields. */
const RESERVED: Record<string, string> = {
	grant_type: 'it is always client_credentials here',
	client_id: 'it has its own field, Client ID',
	client_secret: 'it has its own field, Client Secret',
	client_assertion: 'it is made anew for each request, see Client Authentication',
	client_assertion_type: 'it is set by Client Authentication',
	scope: 'it has its own field, Scope',
	audience: 'it has its own field, Audience',
};

/**
 * Reads the credential as the editor stores it.
 *
 * @throws {TokenError} naming the field that is missing or malformed.
 */
export function readClientCredentials(data: Record<string, unknown>): ClientCredentials {
	const allowInsecureHttp = data.allowInsecureHttp === true;
	return {
		tokenUrl: readTokenUrl(text(data.tokenUrl), allowInsecureHttp),
		clientId: readClientId(text(data.clientId)),
		clientAuthentication: readClientAuthentication(data),
		scope: text(data.scope).split(/\s+/).filter(Boolean).join(' '),
		audience: text(data.audience),
		extraParameters: readExtraParameters(data.tokenRequestParameters),
		allowInsecureHttp,
		ignoreSslIssues: data.ignoreSSLIssues === true,
	};
}

/** Whether a token or secret may travel to this URL. RFC 6749 §3.2, RFC 8252 §8.3 for loopback. */
export function isSecureUrl(url: URL): boolean {
	if (url.protocol === 'https:') return true;
	const host = url.hostname;
	return (
		url.protocol === 'http:' &&
		(host === 'localhost' ||
			host.endsWith('.localhost') ||
			host === '[::1]' ||
			/^127(\.\d{1,3}){3}$/.test(host))
	);
}

function readTokenUrl(value: string, allowInsecureHttp: boolean): string {
	const field = { field: 'Token URL' } as const;
	if (value === '') {
		throw new TokenError(
			'The token URL is missing',
			'Fill in Token URL in the credential. The provider\'s documentation calls it "token endpoint", for example https://auth.example.com/oauth2/token.',
			field,
		);
	}
	const url = URL.canParse(value) ? new URL(value) : undefined;
	if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
		throw new TokenError(
			'The token URL is not a web address',
			'Correct Token URL in the credential. It starts with https:// and has no spaces, for example https://auth.example.com/oauth2/token.',
			field,
		);
	}
	if (url.username !== '' || url.password !== '') {
		throw new TokenError(
			'The token URL contains a user name or password',
			'Remove the part before "@" from Token URL in the credential, and put it into Client ID and Client Secret.',
			field,
		);
	}
	if (!allowInsecureHttp && !isSecureUrl(url)) {
		throw new TokenError(
			'The token URL does not use https',
			'Secret and token would be readable on the network. Change Token URL in the credential to https://, or turn on Allow Insecure HTTP there if you trust every machine in between.',
			field,
		);
	}
	// RFC 6749 §3.2: the endpoint has no fragment.
	url.hash = '';
	return url.href;
}

function readClientId(value: string): string {
	if (value !== '') return value;
	throw new TokenError(
		'The client ID is missing',
		'Fill in Client ID in the credential. The provider shows it where you registered the application.',
		{ field: 'Client ID' },
	);
}

function readExtraParameters(value: unknown): Array<[string, string]> {
	return rows(value, 'parameter').flatMap((row): Array<[string, string]> => {
		const name = text(row.name);
		if (name === '') return [];
		if (Object.hasOwn(RESERVED, name)) {
			throw new TokenError(
				`The token request parameter "${name}" cannot be set`,
				`Remove it from Token Request Parameters in the credential: ${RESERVED[name]}.`,
				{ field: 'Token Request Parameters' },
			);
		}
		return [[name, typeof row.value === 'string' ? row.value : '']];
	});
}
