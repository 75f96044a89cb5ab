import { createPrivateKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSecureUrl, readClientCredentials } from '../../../oauth/client/clientCredentials';
import { withOverrides } from '../../../oauth/client/readTokenRequest';
import { NO_OTHER_SIGNS } from '../../../oauth/client/refusalSigns';
import { STANDARD_FORMAT } from '../../../oauth/client/tokenResponseFormat';
import { TokenError } from '../../../oauth/errors/tokenError';
import { CLIENT } from '../../servers/certificates';

const SECRET = 'correct-horse-battery-staple';

/** The credential as the editor stores it. */
const STORED: Record<string, unknown> = {
	tokenUrl: 'https://auth.example.com/oauth2/token',
	clientId: 'nightly-sync',
	clientSecret: SECRET,
	scope: 'records:write',
	clientAuthentication: 'client_secret_post',
	audience: '',
	tokenRequestParameters: {},
	allowInsecureHttp: false,
	ignoreSSLIssues: false,
};

const read = (fields: Record<string, unknown> = {}) =>
	readClientCredentials({ ...STORED, ...fields });

const parameters = (...rows: unknown[]) => ({ tokenRequestParameters: { parameter: rows } });

function errorOf(fields: Record<string, unknown>): TokenError {
	try {
		read(fields);
	} catch (error) {
		if (error instanceof TokenError) return error;
		throw error;
	}
	throw new Error('It was accepted');
}

describe('a complete credential', () => {
	it('may have numbers where an expression gives them', () => {
		const { clientId, clientAuthentication, extraParameters, refusal } = read({
			clientId: 12_345,
			clientSecret: 987_654,
			...parameters({ name: 'account', value: 42 }, { name: 'test', value: false }),
			otherRefusal: true,
			refusalStatuses: 403,
		});
		expect(clientId).toBe('12345');
		expect(clientAuthentication).toMatchObject({ clientSecret: '987654' });
		expect(extraParameters).toEqual([
			['account', '42'],
			['test', 'false'],
		]);
		expect(refusal.statuses).toEqual([403]);
	});

	it('may have objects and lists where an expression gives them', () => {
		const jwk = { ...createPrivateKey(CLIENT.key).export({ format: 'jwk' }), kid: 'k' };
		const { scope, extraParameters, clientAuthentication, refusal } = read({
			scope: ['records:read', 'records:write'],
			...parameters({ name: 'authorization_details', value: [{ type: 'records' }] }),
			clientAuthentication: 'private_key_jwt',
			privateKey: jwk,
			otherRefusal: true,
			refusalStatuses: [403, 498],
		});
		expect(scope).toBe('records:read records:write');
		expect(extraParameters).toEqual([['authorization_details', '[{"type":"records"}]']]);
		expect(clientAuthentication).toMatchObject({ algorithm: 'ES256', header: { kid: 'k' } });
		expect(refusal.statuses).toEqual([403, 498]);
	});

	it('may hold what is invisible and came along when it was copied', () => {
		const { clientId, clientAuthentication, tokenUrl, scope } = read({
			clientId: '\u200bnightly\u200d-sync\ufeff',
			clientSecret: `\u200b${SECRET}\u200b\n`,
			tokenUrl: `${STORED.tokenUrl as string}\u200b`,
			scope: 'a\u200b b',
		});
		expect(clientId).toBe('nightly-sync');
		expect(clientAuthentication).toMatchObject({ clientSecret: SECRET });
		expect(tokenUrl).toBe(STORED.tokenUrl);
		expect(scope).toBe('a b');
		const { tokenResponse, sending, refusal } = read({
			customTokenResponse: true,
			tokenPath: 'data.token\u200b',
			sendTokenAs: 'header',
			tokenHeaderName: '\ufeffX-Token',
			otherRefusal: true,
			refusalPath: 'error.code\u200b',
			refusalValues: '602\u200b',
		});
		expect(tokenResponse.tokenPath).toBe('data.token');
		expect(sending).toMatchObject({ name: 'X-Token' });
		expect(refusal.body).toEqual({ path: 'error.code', values: ['602'] });
	});

	it('may have a text for the lifetime where an expression gives it', () => {
		const client = read({ clientAuthentication: 'client_secret_jwt', assertionLifetime: '90' });
		expect(client.clientAuthentication).toMatchObject({ lifetimeSeconds: 90 });
	});

	it('is read', () => {
		expect(read()).toEqual({
			tokenUrl: 'https://auth.example.com/oauth2/token',
			issuer: '',
			clientId: 'nightly-sync',
			clientAuthentication: { method: 'client_secret_post', clientSecret: SECRET },
			scope: 'records:write',
			scopeSeparator: 'space',
			audience: '',
			extraParameters: [],
			grantType: 'client_credentials',
			resources: [],
			headers: [],
			query: [],
			tokenResponse: STANDARD_FORMAT,
			introspectionUrl: '',
			revocationUrl: '',
			sending: { kind: 'authorization' },
			refusal: NO_OTHER_SIGNS,
			allowInsecureHttp: false,
			ignoreSslIssues: false,
		});
	});

	it('needs URL, ID and secret only', () => {
		const { tokenUrl, clientId, clientSecret } = STORED;
		expect(readClientCredentials({ tokenUrl, clientId, clientSecret })).toMatchObject({
			clientAuthentication: { method: 'client_secret_post' },
			scope: '',
			audience: '',
			extraParameters: [],
			tokenResponse: STANDARD_FORMAT,
			sending: { kind: 'authorization' },
			refusal: NO_OTHER_SIGNS,
			allowInsecureHttp: false,
			ignoreSslIssues: false,
		});
	});

	it('loses the white space around pasted values', () => {
		expect(
			read({ tokenUrl: ' https://a.example/t\n', clientId: '\tid ', audience: ' api\r\n' }),
		).toMatchObject({ tokenUrl: 'https://a.example/t', clientId: 'id', audience: 'api' });
	});

	it('loses the line end of a pasted secret, and keeps its spaces', () => {
		expect(read({ clientSecret: ' se cret \r\n' }).clientAuthentication).toMatchObject({
			clientSecret: ' se cret ',
		});
	});

	it.each<[name: string, fields: Record<string, unknown>, scope: string]>([
		['with spaces', {}, '  a\n b\u200b  c '],
		['with commas', { customizeTokenRequest: true, scopeSeparator: 'comma' }, 'a b, c'],
		['for Adobe', { provider: 'adobe' }, 'openid, AdobeID'],
		['for Entra', { provider: 'entra', entraTenant: 'acme' }, 'https://graph.microsoft.com'],
	])('reads the scope of one call as its own: %s', (_name, fields, scope) => {
		const client = read({ ...fields, scope });
		const other = withOverrides(read({ ...fields, scope: 'other' }), { scope });
		expect(other).toEqual(client);
	});

	it('has its scopes separated by one space', () => {
		expect(read({ scope: '  a\n b\t\tc ' }).scope).toBe('a b c');
	});

	it('loses the fragment of its token URL', () => {
		expect(read({ tokenUrl: 'https://a.example/t?x=1#top' }).tokenUrl).toBe(
			'https://a.example/t?x=1',
		);
	});

	it.each([
		['client_secret_post', 'client_secret_post'],
		['client_secret_basic', 'client_secret_basic'],
		['', 'client_secret_post'],
		[undefined, 'client_secret_post'],
	])('has the client authentication %j → %s', (clientAuthentication, method) => {
		expect(read({ clientAuthentication }).clientAuthentication.method).toBe(method);
	});

	it('keeps its further parameters in order, repeated ones too', () => {
		const rows = [
			{ name: 'resource', value: 'https://b.example' },
			{ name: ' resource ', value: ' https://a.example ' },
			{ name: 'flag' },
		];
		expect(read(parameters(...rows)).extraParameters).toEqual([
			['resource', 'https://b.example'],
			['resource', ' https://a.example '],
			['flag', ''],
		]);
	});

	it('ignores rows that were added and not filled in', () => {
		expect(read(parameters({ name: '', value: 'x' }, {}, null, 'x')).extraParameters).toEqual([]);
	});

	it.each([[undefined], [null], [''], [[]], [{ parameter: 'x' }]])(
		'has no further parameters where they are %j',
		(tokenRequestParameters) => {
			expect(read({ tokenRequestParameters }).extraParameters).toEqual([]);
		},
	);

	it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
		'may have a further parameter by any name: %s',
		(name) => {
			expect(read(parameters({ name, value: 'x' })).extraParameters).toEqual([[name, 'x']]);
		},
	);

	it('turns a safeguard off only by an explicit yes', () => {
		for (const notYes of ['true', 1, {}, undefined]) {
			expect(read({ allowInsecureHttp: notYes, ignoreSSLIssues: notYes })).toMatchObject({
				allowInsecureHttp: false,
				ignoreSslIssues: false,
			});
		}
		expect(read({ allowInsecureHttp: true, ignoreSSLIssues: true })).toMatchObject({
			allowInsecureHttp: true,
			ignoreSslIssues: true,
		});
	});
});

describe('a credential that cannot be used', () => {
	const cases: Array<
		[name: string, fields: Record<string, unknown>, field: string, change: RegExp]
	> = [
		['no token URL', { tokenUrl: ' ' }, 'Token URL', /^Fill in Token URL/],
		['a token URL that is no text', { tokenUrl: {} }, 'Token URL', /^Fill in Token URL/],
		['no scheme', { tokenUrl: 'auth.example.com/token' }, 'Token URL', /^Correct Token URL/],
		['a host with a space', { tokenUrl: 'https://a b/' }, 'Token URL', /^Correct Token URL/],
		['another scheme', { tokenUrl: 'ftp://a.example/' }, 'Token URL', /^Correct Token URL/],
		['a file', { tokenUrl: 'file:///etc/passwd' }, 'Token URL', /^Correct Token URL/],
		['a user name', { tokenUrl: 'https://u@a.example/' }, 'Token URL', /^Remove the part before/],
		['a password', { tokenUrl: 'https://:p@a.example/' }, 'Token URL', /^Remove the part before/],
		['http', { tokenUrl: 'http://a.example/' }, 'Token URL', /https:\/\/, or turn on Allow Insec/],
		['no client ID', { clientId: '' }, 'Client ID', /^Fill in Client ID/],
		['a blank client ID', { clientId: ' \n' }, 'Client ID', /^Fill in Client ID/],
		['a client ID that is no text', { clientId: {} }, 'Client ID', /^Fill in Client ID/],
		[
			'a key of OpenSSH',
			{
				clientAuthentication: 'private_key_jwt',
				privateKey: '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----',
			},
			'Private Key',
			/ssh-keygen -p -m PKCS8/,
		],
		['no client secret', { clientSecret: '' }, 'Client Secret', /^Fill in Client Secret/],
		['a blank secret', { clientSecret: ' \r\n' }, 'Client Secret', /^Fill in Client Secret/],
		['a secret that is no text', { clientSecret: {} }, 'Client Secret', /^Fill in Client Secret/],
		[
			'an unknown client authentication',
			{ clientAuthentication: 'magic' },
			'Client Authentication',
			/^Choose one of the offered values/,
		],
		...['grant_type', 'client_id', 'client_secret', 'scope', ' audience '].map(
			(name): [string, Record<string, unknown>, string, RegExp] => [
				`the reserved parameter ${name.trim()}`,
				parameters({ name, value: SECRET }),
				'Token Request Parameters',
				/^Remove it from Token Request Parameters/,
			],
		),
	];

	it.each(cases)('names the field and what to change: %s', (_name, fields, field, change) => {
		const error = errorOf(fields);
		expect(error.details).toEqual({ field });
		expect(error.description).toMatch(change);
		expect(error.message).not.toBe('');
	});

	it.each(cases)('shows no secret: %s', (_name, fields) => {
		const error = errorOf(fields);
		expect(JSON.stringify([error.message, error.description, error.details])).not.toContain(SECRET);
	});

	it('shows neither the password nor the query of a token URL', () => {
		for (const tokenUrl of [`https://user:${SECRET}@a.example/`, `http://a.example/?s=${SECRET}`]) {
			const { message, description } = errorOf({ tokenUrl });
			expect(`${message} ${description}`).not.toContain(SECRET);
		}
	});

	it('is told by a TokenError and nothing else, whatever is stored', () => {
		const fields = Object.fromEntries(Object.keys(STORED).map((name) => [name, fc.jsonValue()]));
		const stored = fc.record(fields, { requiredKeys: [] });
		fc.assert(
			fc.property(stored, fc.boolean(), (data, complete) => {
				try {
					readClientCredentials(complete ? { ...STORED, ...data } : data);
				} catch (error) {
					expect(error).toBeInstanceOf(TokenError);
				}
			}),
		);
	});
});

describe('a token or secret may travel to', () => {
	it.each([
		'https://auth.example.com/',
		'http://localhost:8080/',
		'http://auth.localhost/',
		'http://127.0.0.1/',
		'http://127.255.0.9:1/',
		'http://[::1]:8080/',
		'HTTP://LOCALHOST/',
	])('%s', (url) => {
		expect(isSecureUrl(new URL(url))).toBe(true);
		expect(read({ tokenUrl: url }).tokenUrl).toBe(new URL(url).href);
	});
});

describe('a token or secret may not travel to', () => {
	it.each([
		'http://auth.example.com/',
		'http://localhost.example.com/',
		'http://notlocalhost/',
		'http://127.0.0.1.example.com/',
		'http://128.0.0.1/',
		'http://10.0.0.1/',
		'http://0.0.0.0/',
		'http://[::2]/',
		'ftp://localhost/',
		'ws://127.0.0.1/',
	])('%s', (url) => {
		expect(isSecureUrl(new URL(url))).toBe(false);
	});

	it.each(['http://auth.example.com/', 'http://10.0.0.1/token'])(
		'%s, unless that was allowed',
		(tokenUrl) => {
			expect(read({ tokenUrl, allowInsecureHttp: true }).tokenUrl).toBe(tokenUrl);
		},
	);
});

describe('a token response of its own form', () => {
	const format = {
		tokenPath: ' data.token ',
		lifetimePath: 'data.ttl',
		lifetimeUnit: 'minutes',
	};

	it('is read where it is turned on', () => {
		expect(read({ customTokenResponse: true, ...format }).tokenResponse).toEqual({
			...format,
			tokenPath: 'data.token',
		});
	});

	it('counts for nothing where it is not', () => {
		expect(read(format).tokenResponse).toEqual(STANDARD_FORMAT);
	});

	it('falls back to the standard where a field was never set', () => {
		expect(read({ customTokenResponse: true }).tokenResponse).toEqual(STANDARD_FORMAT);
		expect(read({ customTokenResponse: true, lifetimeUnit: 'days' }).tokenResponse).toEqual(
			STANDARD_FORMAT,
		);
	});
});

describe('how the token is sent', () => {
	const sending = (fields: Record<string, unknown>) => read(fields).sending;

	it.each<[Record<string, unknown>, unknown]>([
		[{ sendTokenAs: 'authorization' }, { kind: 'authorization' }],
		[{ sendTokenAs: 'header' }, { kind: 'header', name: 'Authorization', prefix: '' }],
		[
			{ sendTokenAs: 'header', tokenHeaderName: ' X-Token ', tokenHeaderPrefix: 'Token ' },
			{ kind: 'header', name: 'X-Token', prefix: 'Token' },
		],
		[{ sendTokenAs: 'query' }, { kind: 'query', name: 'access_token' }],
		[
			{ sendTokenAs: 'form', tokenParameterName: 'auth' },
			{ kind: 'form', name: 'auth' },
		],
	])('%j is %j', (fields, expected) => {
		expect(sending(fields)).toEqual(expected);
	});

	it.each<[Record<string, unknown>, string]>([
		[{ sendTokenAs: 'header', tokenHeaderName: '' }, 'Header Name'],
		[{ sendTokenAs: 'header', tokenHeaderName: 'X Token' }, 'Header Name'],
		[{ sendTokenAs: 'header', tokenHeaderName: 'X-Token:' }, 'Header Name'],
		[{ sendTokenAs: 'header', tokenHeaderPrefix: 'a\nb' }, 'Header Prefix'],
		[{ sendTokenAs: 'query', tokenParameterName: ' ' }, 'Parameter Name'],
	])('%j is refused', (fields, field) => {
		expect(errorOf(fields).details).toEqual({ field });
	});
});

describe('other signs of an expired token', () => {
	const on = (fields: Record<string, unknown>) => ({ otherRefusal: true, ...fields });

	it('are lists, separated by commas', () => {
		const fields = { refusalStatuses: ' 403,498 , ', refusalPath: 'a.b', refusalValues: '1, x y' };
		expect(read(on(fields)).refusal).toEqual({
			statuses: [403, 498],
			body: { path: 'a.b', values: ['1', 'x y'] },
		});
		expect(read(on({})).refusal).toEqual(NO_OTHER_SIGNS);
		expect(read(fields).refusal).toEqual(NO_OTHER_SIGNS);
	});

	it.each<[Record<string, unknown>, string]>([
		[{ refusalStatuses: '40x' }, 'Status Codes'],
		[{ refusalStatuses: '200' }, 'Status Codes'],
		[{ refusalStatuses: '403 498' }, 'Status Codes'],
		[{ refusalPath: 'a' }, 'Values in the Body'],
		[{ refusalValues: '1' }, 'Path in the Body'],
	])('%j is refused', (fields, field) => {
		expect(errorOf(on(fields)).details).toEqual({ field });
	});
});
