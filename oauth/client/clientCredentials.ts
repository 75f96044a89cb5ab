import type { ServerAddress } from '../errors/answerErrors';
import { TokenError } from '../errors/tokenError';
import { applyProvider, findProvider } from '../providers/applyProvider';
import { addressField, type Provider } from '../providers/provider';
import type { ClientAuthentication } from '../server/clientAuthentication';
import type { ProofAlgorithm } from '../server/proof';
import { IF_EXPRESSION, text } from './fields';
import { readClientAuthentication } from './readClientAuthentication';
import { readTls, type TlsSettings } from './readTls';
import { readTokenRequest, type TokenRequestSettings } from './readTokenRequest';
import { readRefusalSigns, type RefusalSigns } from './refusalSigns';
import { readSending, type Sending } from './sending';
import { readTokenResponseFormat, type TokenResponseFormat } from './tokenResponseFormat';

/** All that a token request depends on. Checked: the rest of the code trusts it. */
export interface ClientCredentials extends TokenRequestSettings {
	/** Absolute; https, or http where that was allowed. Empty where the issuer names it. */
	tokenUrl: string;
	/** The same, of the issuer; empty where the token URL is given. RFC 8414 §2. */
	issuer: string;
	clientId: string;
	clientAuthentication: ClientAuthentication;
	/** How the server writes its token response. */
	tokenResponse: TokenResponseFormat;
	/** RFC 7662 and RFC 7009. Empty: what the issuer says, if it is known. */
	introspectionUrl: string;
	revocationUrl: string;
	/** How the token is sent to the API. */
	sending: Sending;
	/** How the API says that it does not accept the token, besides status 401. */
	refusal: RefusalSigns;
	/** Absent: what the machine trusts, and no certificate. */
	tls?: TlsSettings;
	/** Binds tokens to a key, which proofs of this algorithm are made with. RFC 9449. */
	dpop?: ProofAlgorithm;
	allowInsecureHttp: boolean;
	ignoreSslIssues: boolean;
	/** Whose address and ways of its own these are; absent under "Custom". */
	provider?: Provider;
}

/**
 * Reads the credential as the editor stores it.
 *
 * @throws {TokenError} naming the field that is missing or malformed.
 */
export function readClientCredentials(data: Record<string, unknown>): ClientCredentials {
	const provider = findProvider(data);
	if (provider === undefined) return readCustom(data);
	return { ...readCustom(applyProvider(provider, data), addressField(provider)), provider };
}

/** @param tokenUrlField the field that the token URL comes from. */
function readCustom(
	data: Record<string, unknown>,
	tokenUrlField: ServerAddress['field'] = 'Token URL',
): ClientCredentials {
	const allowInsecureHttp = data.allowInsecureHttp === true;
	const tls = readTls(data);
	const byIssuer = data.serverAddress === 'issuerUrl';
	return {
		tokenUrl: byIssuer ? '' : readTokenUrl(text(data.tokenUrl), allowInsecureHttp, tokenUrlField),
		issuer: byIssuer ? readIssuerUrl(text(data.issuerUrl), allowInsecureHttp) : '',
		clientId: readClientId(text(data.clientId)),
		clientAuthentication: readClientAuthentication(data, tls),
		...(tls && { tls }),
		...readTokenRequest(data),
		tokenResponse: readTokenResponseFormat(data),
		introspectionUrl: readEndpoint(data.introspectionUrl, 'Introspection URL', allowInsecureHttp),
		revocationUrl: readEndpoint(data.revocationUrl, 'Revocation URL', allowInsecureHttp),
		sending: readSending(data),
		refusal: readRefusalSigns(data),
		...(data.dpop === true && { dpop: data.dpopAlgorithm === 'EdDSA' ? 'EdDSA' : 'ES256' }),
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

function readTokenUrl(
	value: string,
	allowInsecureHttp: boolean,
	field: ServerAddress['field'],
): string {
	const url = readUrl(value, allowInsecureHttp, {
		field,
		example: 'https://auth.example.com/oauth2/token',
		alias: '"token endpoint"',
	});
	// RFC 6749 §3.2: the endpoint has no fragment.
	url.hash = '';
	return url.href;
}

/** Taken as well with the path of its metadata, as it is found in documentation. */
function readIssuerUrl(value: string, allowInsecureHttp: boolean): string {
	const url = readUrl(value, allowInsecureHttp, {
		field: 'Issuer URL',
		example: 'https://auth.example.com',
		alias: '"issuer" or "authority"',
	});
	// RFC 8414 §2: the issuer has neither.
	url.hash = '';
	url.search = '';
	url.pathname = url.pathname
		.replace(/\/\.well-known\/(openid-configuration|oauth-authorization-server)\/?$/, '')
		.replace(/^\/\.well-known\/oauth-authorization-server(?=\/|$)/, '');
	return url.href;
}

/** An address beside the token URL, which most providers have and few need. */
function readEndpoint(
	value: unknown,
	field: 'Introspection URL' | 'Revocation URL',
	allowInsecureHttp: boolean,
): string {
	if (text(value) === '') return '';
	const example = 'https://auth.example.com/oauth2/…';
	return readUrl(text(value), allowInsecureHttp, { field, example, alias: '' }).href;
}

function readUrl(
	value: string,
	allowInsecureHttp: boolean,
	is: {
		field: ServerAddress['field'];
		example: string;
		alias: string;
	},
): URL {
	const { field, example } = is;
	const name = field.replace(/^\w(?=[a-z])/, (letter) => letter.toLowerCase());
	if (value === '') {
		throw new TokenError(
			`The ${name} is missing`,
			`Fill in ${field} in the credential. The provider's documentation calls it ${is.alias}, for example ${example}. ${IF_EXPRESSION}`,
			{ field },
		);
	}
	const url = URL.canParse(value) ? new URL(value) : undefined;
	if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
		throw new TokenError(
			`The ${name} is not a web address`,
			`Correct ${field} in the credential. It starts with https:// and has no spaces, for example ${example}.`,
			{ field },
		);
	}
	if (url.username !== '' || url.password !== '') {
		throw new TokenError(
			`The ${name} contains a user name or password`,
			`Remove the part before "@" from ${field} in the credential, and put it into Client ID and Client Secret.`,
			{ field },
		);
	}
	if (!allowInsecureHttp && !isSecureUrl(url)) {
		throw new TokenError(
			`The ${name} does not use https`,
			`Others on the network could read the secret and the token. Change ${field} in the credential to https://, or turn on Allow Insecure HTTP there if you trust every machine in between.`,
			{ field },
		);
	}
	return url;
}

function readClientId(value: string): string {
	if (value !== '') return value;
	throw new TokenError(
		'The client ID is missing',
		`Fill in Client ID in the credential. The provider shows it where you registered the application. ${IF_EXPRESSION}`,
		{ field: 'Client ID' },
	);
}
