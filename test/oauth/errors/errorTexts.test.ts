import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { readClientCredentials } from '../../../oauth/client/clientCredentials';
import { TokenError } from '../../../oauth/errors/tokenError';
import { requestAccessToken } from '../../../oauth/server/grant';
import { createProofKeys } from '../../../oauth/server/proof';
import { introspect, revoke } from '../../../oauth/server/tokenOperations';
import type { TokenRequestOutcome } from '../../../oauth/server/tokenRequest';
import { CLIENT, SELF_SIGNED_CLIENT } from '../../servers/certificates';
import { clientWith } from '../exampleClient';

type Case = [name: string, cause: () => unknown];

const stored = (fields: Record<string, unknown>) => () =>
	readClientCredentials({
		tokenUrl: 'https://auth.example.com/oauth2/token',
		clientId: 'nightly-sync',
		clientSecret: 'correct-horse-battery-staple',
		...fields,
	});

const customized = (fields: Record<string, unknown>) =>
	stored({ customizeTokenRequest: true, ...fields });

const header = (name: string, value: string) =>
	customized({ tokenRequestHeaders: { header: [{ name, value }] } });

/** The issuer answers so. */
const issuer =
	(metadata: object | string | undefined, status = 200, issuerUrl = 'https://auth.example.com') =>
	async () => {
		const client = readClientCredentials({
			serverAddress: 'issuerUrl',
			issuerUrl,
			clientId: 'nightly-sync',
			clientSecret: 'correct-horse-battery-staple',
		});
		const body = Buffer.from(
			typeof metadata === 'string' ? metadata : JSON.stringify(metadata ?? ''),
		);
		const location = status === 302 ? 'https://login.example.com/sign-in?session=1' : undefined;
		const response = { status, body, ...(location && { location }) };
		const send = async () => ({ kind: 'response' as const, response });
		return await requestAccessToken(client, { send, now: () => 0 });
	};

const signed = (fields: Record<string, unknown>) =>
	stored({ clientAuthentication: 'private_key_jwt', privateKey: CLIENT.key, ...fields });

const encrypted = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
	type: 'pkcs8',
	format: 'pem',
	cipher: 'aes-256-cbc',
	passphrase: 'open sesame',
});

const koblitz = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey.export({
	type: 'pkcs8',
	format: 'pem',
});

const shortKey = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({
	type: 'pkcs8',
	format: 'pem',
});

/** The server does not accept a client that authenticates in this way. */
const refusedClient =
	(
		fields: Record<string, unknown>,
		{ status, body } = { status: 401, body: '{"error":"invalid_client"}' },
	) =>
	async () => {
		const client = readClientCredentials({
			tokenUrl: 'https://auth.example.com/oauth2/token',
			clientId: 'nightly-sync',
			clientSecret: 'correct-horse-battery-staple',
			privateKey: CLIENT.key,
			tlsCertificate: CLIENT.cert,
			tlsPrivateKey: CLIENT.key,
			...fields,
		});
		const response = { status, body: Buffer.from(body) };
		const send = async () => ({ kind: 'response' as const, response });
		return await requestAccessToken(client, { send, now: () => 0 });
	};

const outcome = (result: TokenRequestOutcome) => () =>
	requestAccessToken(clientWith(), { send: async () => result, now: () => 0 });

const answer = (status: number, body: string | object, location?: string) =>
	outcome({
		kind: 'response',
		response: {
			status,
			body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
			...(location !== undefined && { location }),
		},
	});

/** The credential is for this provider, and its server answers so. */
const provided =
	(fields: Record<string, unknown>, error: string, status = 400) =>
	async () => {
		const client = readClientCredentials({
			clientId: 'nightly-sync',
			clientSecret: 'correct-horse-battery-staple',
			...fields,
		});
		const body = Buffer.from(JSON.stringify({ error }));
		const send = async () => ({ kind: 'response' as const, response: { status, body } });
		return await requestAccessToken(client, { send, now: () => 0 });
	};

const box = { provider: 'box', boxSubjectId: '123456789' };
const spotify = { provider: 'spotify' };
const okta = {
	provider: 'okta',
	oktaDomain: 'acme.okta.com',
	scope: 'records.read',
	clientAuthentication: 'client_secret_basic',
};

const failure = (code: string, message = '') => outcome({ kind: 'failed', code, message });

const oauthError = (error: string, status = 400): Case => [
	`${error} (${status})`,
	answer(status, { error }),
];

const parameter = (name: string) =>
	stored({ tokenRequestParameters: { parameter: [{ name, value: 'x' }] } });

const plainToken = () => {
	const body = Buffer.from(JSON.stringify({ access_token: 'a', token_type: 'Bearer' }));
	const send = async () => ({ kind: 'response' as const, response: { status: 200, body } });
	return requestAccessToken(clientWith({ dpop: 'ES256' }), { send, now: () => 0 });
};

const tls = (fields: Record<string, unknown>) =>
	stored({
		clientAuthentication: 'tls_client_auth',
		tlsCertificate: CLIENT.cert,
		tlsPrivateKey: CLIENT.key,
		...fields,
	});

/** What an introspection or revocation meets. */
const operation =
	(ask: typeof introspect | typeof revoke, result: TokenRequestOutcome) =>
	(fields: Record<string, unknown> = {}) =>
	async () => {
		const client = readClientCredentials({
			tokenUrl: 'https://auth.example.com/oauth2/token',
			clientId: 'nightly-sync',
			clientSecret: 'correct-horse-battery-staple',
			introspectionUrl: 'https://auth.example.com/oauth2/introspect',
			revocationUrl: 'https://auth.example.com/oauth2/revoke',
			...fields,
		});
		const now = () => 0;
		await ask(client, 'the-token', {
			send: async () => result,
			now,
			metadata: new Map(),
			proofKeys: createProofKeys(now),
		});
	};

const answered = (ask: typeof introspect | typeof revoke, status: number, body: string | object) =>
	operation(ask, {
		kind: 'response',
		response: {
			status,
			body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
			location: 'https://login.example.com/sign-in?session=1',
		},
	})();

const missing = (ask: typeof introspect | typeof revoke, fields: Record<string, unknown> = {}) =>
	operation(ask, { kind: 'failed', code: '', message: '' })({
		introspectionUrl: '',
		revocationUrl: '',
		...fields,
	});

const SECTIONS: Array<[title: string, cases: Case[]]> = [
	[
		'The credential is incomplete or malformed',
		[
			['no token URL', stored({ tokenUrl: '' })],
			['a malformed token URL', stored({ tokenUrl: 'auth.example.com/token' })],
			['a password in the token URL', stored({ tokenUrl: 'https://a:b@auth.example.com/token' })],
			['an http token URL', stored({ tokenUrl: 'http://auth.example.com/token' })],
			['no issuer URL', stored({ serverAddress: 'issuerUrl' })],
			['an http issuer URL', stored({ serverAddress: 'issuerUrl', issuerUrl: 'http://a.example' })],
			['a resource that is a name', customized({ resource: 'records-api' })],
			['a reserved header', header('Authorization', 'x')],
			['a header name with a space', header('X Tenant', 'x')],
			['a header value with a line break', header('X-Tenant', 'a\nb')],
			['no client ID', stored({ clientId: '' })],
			['no client secret', stored({ clientSecret: '' })],
			['an unknown client authentication', stored({ clientAuthentication: 'magic' })],
			['no header name', stored({ sendTokenAs: 'header', tokenHeaderName: ' ' })],
			['a line break in the prefix', stored({ sendTokenAs: 'header', tokenHeaderPrefix: 'a\nb' })],
			['no parameter name', stored({ sendTokenAs: 'query', tokenParameterName: '' })],
			['no status code', stored({ otherRefusal: true, refusalStatuses: '40x' })],
			['a path without values', stored({ otherRefusal: true, refusalPath: 'errors.code' })],
			['values without a path', stored({ otherRefusal: true, refusalValues: '601' })],
			...['grant_type', 'client_id', 'client_secret', 'scope', 'audience', 'client_assertion'].map(
				(name): Case => [`the reserved parameter ${name}`, parameter(name)],
			),
		],
	],
	[
		'The key or certificate cannot be used',
		[
			['no private key', signed({ privateKey: '' })],
			['text that is no key', signed({ privateKey: 'not a key' })],
			['half a key', signed({ privateKey: CLIENT.key.replace(/[\w+/]{20}\n/, '\n') })],
			['a certificate as private key', signed({ privateKey: CLIENT.cert })],
			['a public key', signed({ privateKey: CLIENT.key.replaceAll('PRIVATE', 'PUBLIC') })],
			['a JWK without its private part', signed({ privateKey: '{"kty":"EC","crv":"P-256"}' })],
			['an encrypted key without passphrase', signed({ privateKey: encrypted })],
			[
				'a wrong passphrase',
				signed({ privateKey: encrypted, privateKeyPassphrase: 'close sesame' }),
			],
			['an algorithm for another key', signed({ signatureAlgorithm: 'RS256' })],
			['a key that cannot sign', signed({ privateKey: koblitz })],
			['a key that is too short', signed({ privateKey: shortKey })],
			['a certificate that is none', signed({ certificate: 'MIIC' })],
			['the certificate of another key', signed({ certificate: SELF_SIGNED_CLIENT.cert })],
			['an endless assertion', signed({ assertionLifetime: 86_400 })],
			[
				'an unknown algorithm for the secret',
				stored({ clientAuthentication: 'client_secret_jwt', secretAlgorithm: 'none' }),
			],
		],
	],
	[
		'The certificate of the connection cannot be used',
		[
			['no certificate', tls({ tlsCertificate: '' })],
			['no key', tls({ tlsPrivateKey: '' })],
			['an encrypted key without passphrase', tls({ tlsPrivateKey: encrypted })],
			['a wrong passphrase', tls({ tlsPrivateKey: encrypted, tlsPassphrase: 'x' })],
			['a certificate that is none', tls({ tlsCertificate: 'MIIC' })],
			['the certificate of another key', tls({ tlsCertificate: SELF_SIGNED_CLIENT.cert })],
			['an authority that is none', tls({ caCertificate: 'MIIC' })],
			['an alert of the server', failure('EPROTO', 'tlsv13 alert certificate required')],
		],
	],
	[
		'The issuer does not say where tokens are issued',
		[
			['no metadata', issuer(undefined, 404)],
			['a refusal', issuer('Forbidden', 403)],
			['a redirect', issuer('', 302)],
			['a proxy that wants a password', issuer('', 407)],
			['something else', issuer('{}')],
			[
				'the address of a console',
				issuer('<!doctype html>', 200, 'https://auth.example.com/ui/console'),
			],
			['an answer that says nothing but that it fails', issuer(undefined, 503)],
			['metadata of another issuer', issuer({ issuer: 'https://login.example.com/tenant' })],
			['metadata without a token URL', issuer({ issuer: 'https://auth.example.com' })],
			[
				'a token URL without https',
				issuer({ issuer: 'https://auth.example.com', token_endpoint: 'http://a.example/token' }),
			],
		],
	],
	[
		'The server does not accept the client, by client authentication',
		['client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'tls_client_auth'].map(
			(clientAuthentication) => [clientAuthentication, refusedClient({ clientAuthentication })],
		),
	],
	[
		'The server answers with an OAuth error',
		[
			oauthError('invalid_client', 401),
			oauthError('invalid_scope'),
			oauthError('unauthorized_client'),
			oauthError('unsupported_grant_type'),
			oauthError('invalid_request'),
			oauthError('invalid_grant'),
			oauthError('invalid_target'),
			oauthError('access_denied', 403),
			oauthError('invalid_dpop_proof'),
			oauthError('use_dpop_nonce'),
			oauthError('access_denied', 429),
			oauthError('server_error', 200),
			oauthError('server_error'),
			oauthError('tenant_closed'),
			oauthError('scope_invalid'),
			oauthError('server_error', 500),
			['the words of a framework', answer(422, { status: 422, error: 'Unprocessable Entity' })],
			['server_error of ServiceNow', answer(401, { error: 'server_error' })],
			['unauthorized of XSUAA', answer(401, { error: 'unauthorized' })],
			[
				'words under another name (Zoom)',
				answer(400, { error: 'invalid_client', reason: 'Invalid client_id or client_secret' }),
			],
			[
				'a proof that is not accepted',
				() => {
					const body = Buffer.from('{"error":"invalid_dpop_proof"}');
					const send = async () => ({ kind: 'response' as const, response: { status: 400, body } });
					return requestAccessToken(clientWith({ dpop: 'ES256' }), { send, now: () => 0 });
				},
			],
			[
				'an error with what the server says',
				answer(401, {
					error: 'invalid_client',
					error_description:
						'AADSTS7000215: Invalid client secret provided. Ensure the secret being sent is the value.',
				}),
			],
		],
	],
	[
		'The server answers with something else',
		[
			['a redirect', answer(302, '', 'https://login.example.com/sign-in?session=1')],
			['a redirect to nowhere', answer(302, '')],
			['too many requests', answer(429, 'slow down')],
			[
				'too many requests, with Retry-After',
				outcome({
					kind: 'response',
					response: {
						status: 429,
						body: Buffer.alloc(0),
						retryAtMs: Date.UTC(2030, 0, 1, 12, 30, 1),
					},
				}),
			],
			['a failure', answer(502, '<html>Bad Gateway</html>')],
			['401 without an OAuth error', answer(401, 'Unauthorized')],
			['403 without a word', answer(403, '')],
			[
				'403 without a word, signed with a private key',
				refusedClient({ clientAuthentication: 'private_key_jwt' }, { status: 403, body: '' }),
			],
			['403 of a firewall', answer(403, '<html><title>Forbidden</title></html>')],
			['404', answer(404, '<!doctype html><title>Not Found</title>')],
			['a refusal of Sophos', answer(400, { errorCode: 'oauth', message: 'Invalid secret' })],
			['a refusal of Twitch', answer(403, { status: 403, message: 'invalid client secret' })],
			[
				'a refusal of UPS',
				answer(401, { response: { errors: [{ code: '1', message: 'ClientId is Invalid' }] } }),
			],
			['a failure with words (OneLogin)', answer(500, { message: 'The user was deleted' })],
			['a proxy that wants a password', answer(407, '')],
			['405', answer(405, { message: 'Method Not Allowed' })],
			['nothing', answer(200, '')],
			['a web page', answer(200, '<!doctype html><title>Sign in</title>')],
			['text', answer(200, 'Welcome to the records service')],
			['JSON without a token', answer(200, { status: 'ok' })],
			['an empty object', answer(200, {})],
			[
				'a token under another name',
				answer(200, { code: 0, data: { token: 'a', expires: 3600, user: { id: 5 } } }),
			],
			['a token that is an object', answer(200, { access_token: { value: 'a' } })],
			['an error in its own form', answer(200, { errcode: 40013, errmsg: 'invalid appid' })],
			['a plain token where it shall be bound', plainToken],
			['a token with a line break', answer(200, { access_token: 'a\nb' })],
			['an unusable kind of token', answer(200, { access_token: 'a', token_type: 'mac' })],
		],
	],
	[
		'The server does not answer',
		[
			['an unknown name', failure('ENOTFOUND', 'getaddrinfo ENOTFOUND auth.example.com')],
			['no name service', failure('EAI_AGAIN', 'getaddrinfo EAI_AGAIN auth.example.com')],
			['a refused connection', failure('ECONNREFUSED', 'connect ECONNREFUSED 203.0.113.7:443')],
			['a reset connection', failure('ECONNRESET', 'socket hang up')],
			['an answer that is no HTTP', failure('HPE_INVALID_CONSTANT', 'Parse Error: Expected HTTP/')],
			['an answer that cannot be unpacked', failure('Z_DATA_ERROR', 'incorrect header check')],
			['https at a port for http', failure('EPROTO', 'ssl3_get_record:wrong version number')],
			['no answer in time', failure('TIMEOUT', 'Nothing was received for 30000 ms')],
			['an answer over the limit', failure('BODY_TOO_LARGE', 'larger than 1048576 bytes')],
			['an expired certificate', failure('CERT_HAS_EXPIRED', 'certificate has expired')],
			['a self-signed certificate', failure('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed')],
			['another name on it', failure('ERR_TLS_CERT_ALTNAME_INVALID', 'Hostname does not match')],
			['an unknown issuer', failure('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify')],
		],
	],
	[
		'What a provider hides is not named',
		[
			[
				'a domain that is misspelt',
				() => {
					const client = readClientCredentials({
						provider: 'okta',
						oktaDomain: 'acmee.okta.com',
						clientId: 'nightly-sync',
						clientSecret: 'correct-horse-battery-staple',
						clientAuthentication: 'client_secret_basic',
					});
					const send = async () => ({ kind: 'failed' as const, code: 'ENOTFOUND', message: '' });
					return requestAccessToken(client, { send, now: () => 0 });
				},
			],
			[
				'a certificate of a private authority',
				() => {
					const client = readClientCredentials({
						...{ provider: 'keycloak', keycloakUrl: 'https://kc.internal', keycloakRealm: 'a' },
						...{ clientId: 'nightly-sync', clientSecret: 'correct-horse-battery-staple' },
					});
					const code = 'SELF_SIGNED_CERT_IN_CHAIN';
					const send = async () => ({ kind: 'failed' as const, code, message: '' });
					return requestAccessToken(client, { send, now: () => 0 });
				},
			],
			['invalid_client, one way to authenticate', provided(spotify, 'invalid_client', 401)],
			['invalid_client, several ways', provided(okta, 'invalid_client', 401)],
			['invalid_scope, no field for it', provided(spotify, 'invalid_scope')],
			['invalid_scope', provided(okta, 'invalid_scope')],
			['invalid_request', provided(okta, 'invalid_request')],
			['invalid_grant', provided(box, 'invalid_grant')],
			['unsupported_grant_type', provided(okta, 'unsupported_grant_type')],
			['unsupported_grant_type, no address', provided(spotify, 'unsupported_grant_type')],
			['invalid_target', provided(okta, 'invalid_target')],
			['access_denied', provided(okta, 'access_denied', 403)],
			['access_denied, no field for what', provided(spotify, 'access_denied', 403)],
			['invalid_dpop_proof', provided(okta, 'invalid_dpop_proof')],
			['server_error', provided(okta, 'server_error')],
			['not found', provided(okta, 'no_such_server', 404)],
			['no token', provided(okta, '', 200)],
			[
				'a server without https',
				stored({ provider: 'keycloak', keycloakUrl: 'http://kc.internal', keycloakRealm: 'a' }),
			],
		],
	],
	[
		'A token cannot be introspected or revoked',
		[
			['no introspection URL', missing(introspect)],
			['no revocation URL', missing(revoke)],
			['no field for it with a provider', missing(revoke, { provider: 'spotify' })],
			[
				'an address of the issuer without https',
				async () => {
					const metadata = {
						issuer: 'https://auth.example.com',
						token_endpoint: 'https://auth.example.com/token',
						introspection_endpoint: 'http://auth.example.com/introspect',
					};
					const fields = {
						serverAddress: 'issuerUrl',
						issuerUrl: 'https://auth.example.com',
						introspectionUrl: '',
					};
					const body = Buffer.from(JSON.stringify(metadata));
					await operation(introspect, { kind: 'response', response: { status: 200, body } })(
						fields,
					)();
				},
			],
			['an http introspection URL', stored({ introspectionUrl: 'http://auth.example.com/' })],
			['invalid_client', answered(introspect, 401, { error: 'invalid_client' })],
			['401 without an OAuth error', answered(introspect, 401, '')],
			['403', answered(introspect, 403, 'Forbidden')],
			['403 of a revocation', answered(revoke, 403, '')],
			[
				'unsupported_token_type of an introspection',
				answered(introspect, 400, { error: 'unsupported_token_type' }),
			],
			['unsupported_token_type', answered(revoke, 400, { error: 'unsupported_token_type' })],
			['unauthorized_client', answered(revoke, 400, { error: 'unauthorized_client' })],
			['invalid_request', answered(introspect, 400, { error: 'invalid_request' })],
			['server_error', answered(introspect, 500, { error: 'server_error' })],
			['an error with status 200', answered(revoke, 200, { error: 'invalid_client' })],
			['a web page in place of a revocation', answered(revoke, 200, '<!doctype html>')],
			['404', answered(introspect, 404, '<!doctype html><title>Not Found</title>')],
			['405', answered(revoke, 405, '')],
			['a redirect', answered(introspect, 302, '')],
			['too many requests', answered(revoke, 429, '')],
			['nothing', answered(introspect, 200, '')],
			[
				'no answer in time',
				operation(revoke, { kind: 'failed', code: 'TIMEOUT', message: 'No complete response' })(),
			],
		],
	],
];

async function textOf([name, cause]: Case): Promise<string> {
	try {
		await cause();
	} catch (error) {
		if (!(error instanceof TokenError)) throw error;
		const { field, status } = error.details;
		const about = [status && `status ${status}`, field && `field ${field}`].filter(Boolean);
		return [
			`${name}  [${about.join(', ')}]`,
			`    ${error.message}`,
			`    ${error.description}`,
		].join('\n');
	}
	throw new Error(`There is no error: ${name}`);
}

it('says what happened, why, and what to change: see errorTexts.txt for all texts', async () => {
	const sections: string[] = [];
	for (const [title, cases] of SECTIONS) {
		const texts = await Promise.all(cases.map(textOf));
		sections.push([title, '='.repeat(title.length), '', texts.join('\n\n'), ''].join('\n'));
	}
	await expect(sections.join('\n')).toMatchFileSnapshot('errorTexts.txt');
});

it('is short enough to be read at a glance', async () => {
	for (const one of SECTIONS.flatMap(([, cases]) => cases)) {
		const [, message = '', description = ''] = (await textOf(one)).split('\n');
		expect(message.trim().length, message).toBeLessThanOrEqual(90);
		// Nobody reads a link.
		const read = description.trim().replace(/https:\/\/github\.com\/\S+/, '');
		expect(read.length, description).toBeLessThanOrEqual(320);
	}
});
