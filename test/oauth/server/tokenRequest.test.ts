import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readClientCredentials } from '../../../oauth/client/clientCredentials';
import { TokenError } from '../../../oauth/errors/tokenError';
import type { MetadataCache } from '../../../oauth/server/discovery';
import { requestAccessToken } from '../../../oauth/server/grant';
import type { TokenRequest, TokenRequestSender } from '../../../oauth/server/tokenRequest';
import { cacheKey } from '../../../oauth/token/cacheKey';
import {
	startAuthorizationServer,
	type AuthorizationServer,
} from '../../servers/authorizationServer';
import { CA, CLIENT } from '../../servers/certificates';
import { listenOnLoopback, type LoopbackServer } from '../../servers/loopback';
import { SECRET } from '../exampleClient';
import { sendTokenRequest } from '../sendTokenRequest';

let server: AuthorizationServer;
beforeAll(async () => {
	server = await startAuthorizationServer({
		clients: [{ client_id: 'nightly-sync', client_secret: SECRET }],
	});
});
afterEach(() => server.intercept());
afterAll(() => server.close());

const read = (fields: Record<string, unknown> = {}) =>
	readClientCredentials({
		tokenUrl: server.tokenUrl,
		clientId: 'nightly-sync',
		clientSecret: SECRET,
		scope: 'records:write records:read',
		...fields,
	});

const custom = (fields: Record<string, unknown>) => ({ customizeTokenRequest: true, ...fields });

interface Effects {
	send?: TokenRequestSender;
	metadata?: MetadataCache;
	now?: () => number;
}

const request = (
	fields: Record<string, unknown>,
	{ send = sendTokenRequest, now = () => Date.now(), ...effects }: Effects = {},
) => requestAccessToken(read(fields), { send, now, ...effects });

async function errorOf(action: () => unknown): Promise<TokenError> {
	try {
		await action();
	} catch (error) {
		expect(error).toBeInstanceOf(TokenError);
		return error as TokenError;
	}
	throw new Error('There is no error');
}

const sent = () => server.requests.at(-1);
const sentParameters = () => new URLSearchParams(sent()?.body);

/** Answers what the real server would not: a provider with ways of its own. */
function acceptAnything() {
	server.intercept((_req, res) => {
		res.end(JSON.stringify({ access_token: 'token', token_type: 'Bearer', expires_in: 60 }));
		return true;
	});
}

describe('the token request can be customized:', () => {
	it('it names a resource, and the server issues a token for it', async () => {
		expect((await request(custom({ resource: server.audience }))).type).toBe('Bearer');
		expect(sentParameters().getAll('resource')).toEqual([server.audience]);
	});

	it('it names several resources', async () => {
		acceptAnything();
		await request(custom({ resource: ' https://a.example/x\n urn:api:b ' }));
		expect(sentParameters().getAll('resource')).toEqual(['https://a.example/x', 'urn:api:b']);
	});

	it('it has further headers and a query', async () => {
		let url = '';
		const send: TokenRequestSender = (one, signal) => {
			({ url } = one);
			return sendTokenRequest({ ...one, url: server.tokenUrl }, signal);
		};
		const fields = custom({
			tokenUrl: `${server.tokenUrl}?a=1`,
			tokenRequestHeaders: { header: [{ name: 'X-Tenant', value: ' blue ' }] },
			tokenRequestQuery: { parameter: [{ name: 'tenant', value: 'a&b' }] },
		});
		await request(fields, { send });
		expect(sent()?.headers['x-tenant']).toBe('blue');
		expect(url).toBe(`${server.tokenUrl}?a=1&tenant=a%26b`);
	});

	it('it has another grant type', async () => {
		acceptAnything();
		await request(custom({ grantType: 'account_credentials' }));
		expect(sentParameters().get('grant_type')).toBe('account_credentials');
	});

	it('its scopes are separated by commas', async () => {
		acceptAnything();
		await request(custom({ scopeSeparator: 'comma', scope: 'a, b c' }));
		expect(sentParameters().get('scope')).toBe('a,b,c');
	});

	it('but not by fields that are not shown', async () => {
		await request({
			grantType: 'account_credentials',
			scopeSeparator: 'comma',
			resource: 'https://other.example',
		});
		expect(Object.fromEntries(sentParameters())).toEqual({
			grant_type: 'client_credentials',
			scope: 'records:write records:read',
			client_id: 'nightly-sync',
			client_secret: SECRET,
		});
	});

	it.each([
		{ resource: 'https://a.example' },
		{ grantType: 'account_credentials' },
		{ scopeSeparator: 'comma' },
		{ tokenRequestHeaders: { header: [{ name: 'X-Tenant', value: 'blue' }] } },
		{ tokenRequestQuery: { parameter: [{ name: 'tenant', value: 'blue' }] } },
	])('each change leads to another token: %j', (fields) => {
		expect(cacheKey(read(custom(fields)))).not.toBe(cacheKey(read()));
	});
});

describe('an issuer', () => {
	const issuerUrl = (url = server.issuer) => ({ serverAddress: 'issuerUrl', issuerUrl: url });

	/** Records what is sent. */
	function recording() {
		const urls: string[] = [];
		const send: TokenRequestSender = (one: TokenRequest, signal) => {
			urls.push(`${one.method} ${one.url.replace(server.issuer, '')}`);
			return sendTokenRequest(one, signal);
		};
		return { urls, send };
	}

	it('says where tokens are issued', async () => {
		const { urls, send } = recording();
		expect((await request(issuerUrl(), { send })).type).toBe('Bearer');
		expect(urls).toEqual(['GET /.well-known/openid-configuration', 'POST /token']);
	});

	it('is asked once in an hour', async () => {
		const { urls, send } = recording();
		const metadata: MetadataCache = new Map();
		let nowMs = Date.now();
		const now = () => nowMs;
		await request(issuerUrl(), { send, metadata, now });
		await request(issuerUrl(), { send, metadata, now });
		expect(urls.filter((url) => url.startsWith('GET'))).toHaveLength(1);
		nowMs += 3_600_000;
		await request(issuerUrl(), { send, metadata, now });
		expect(urls.filter((url) => url.startsWith('GET'))).toHaveLength(2);
	});

	it.each([
		['checks no certificates', { ignoreSSLIssues: true }],
		['trusts another authority', { customizeTls: true, caCertificate: CA }],
	])('is asked again for a credential that %s', async (_name, fields) => {
		const { urls, send } = recording();
		const metadata: MetadataCache = new Map();
		for (let time = 0; time < 2; time++) {
			await request({ ...issuerUrl(), ...fields }, { send, metadata });
			await request(issuerUrl(), { send, metadata });
		}
		expect(urls.filter((url) => url.startsWith('GET'))).toHaveLength(2);
	});

	it.each([
		'/.well-known/openid-configuration',
		'/.well-known/oauth-authorization-server',
		'/?utm=1#top',
	])('may be pasted with %s', async (path) => {
		expect((await request(issuerUrl(`${server.issuer}${path}`))).type).toBe('Bearer');
	});

	it('is part of what the token depends on', () => {
		const key = (url: string) => cacheKey(read(issuerUrl(url)));
		expect(key('https://a.example/')).not.toBe(key('https://b.example/'));
	});

	describe('of another kind', () => {
		let other: LoopbackServer;
		let answer: (req: IncomingMessage, res: ServerResponse) => void;
		beforeAll(async () => {
			other = await listenOnLoopback();
			other.server.on('request', (req, res) => answer(req, res));
		});
		afterAll(() => other.close());

		const metadataAt = (path: string, metadata: object) => {
			answer = (req, res) => {
				if (req.url === path) res.end(JSON.stringify(metadata));
				else res.writeHead(404).end();
			};
		};

		it.each([
			['by RFC 8414 only', '/.well-known/oauth-authorization-server/blue'],
			['by RFC 8414 behind its path', '/blue/.well-known/oauth-authorization-server'],
		])('has metadata %s', async (_where, path) => {
			metadataAt(path, { issuer: `${other.origin}/blue`, token_endpoint: server.tokenUrl });
			expect((await request(issuerUrl(`${other.origin}/blue`))).type).toBe('Bearer');
		});

		describe('redirects its metadata', () => {
			const PATH = '/o/.well-known/openid-configuration';
			const redirecting = (locations: Record<string, string>, issuer = `${other.origin}/o`) => {
				answer = (req, res) => {
					const location = locations[req.url ?? ''];
					if (location !== undefined) return void res.writeHead(301, { location }).end();
					if (req.url !== `${PATH}/`) return void res.writeHead(404).end();
					res.end(JSON.stringify({ issuer, token_endpoint: server.tokenUrl }));
				};
			};

			it('to the same address with a slash (Django)', async () => {
				redirecting({ [PATH]: `${PATH}/` });
				expect((await request(issuerUrl(`${other.origin}/o`))).type).toBe('Bearer');
			});

			it('to those of another issuer, which are not used', async () => {
				redirecting({ [PATH]: `${PATH}/` }, `${other.origin}/p`);
				const error = await errorOf(() => request(issuerUrl(`${other.origin}/o`)));
				expect(error.message).toContain('differs from Issuer URL');
			});

			it('to another server, which is not asked', async () => {
				const elsewhere = await listenOnLoopback();
				onTestFinished(elsewhere.close);
				let requests = 0;
				elsewhere.server.on('request', (_req, res) => {
					requests++;
					res.end();
				});
				redirecting({ [PATH]: `${elsewhere.origin}${PATH}` });
				const error = await errorOf(() => request(issuerUrl(`${other.origin}/o`)));
				expect(error.description).toContain(`It redirects to ${elsewhere.origin}${PATH}`);
				expect(requests).toBe(0);
			});

			it('in a circle, which is left at once', async () => {
				redirecting({ [PATH]: `${PATH}/`, [`${PATH}/`]: PATH });
				const error = await errorOf(() => request(issuerUrl(`${other.origin}/o`)));
				expect(error.details).toEqual({ field: 'Issuer URL', status: 301 });
			});
		});

		it('has a token URL for those with a certificate', async () => {
			metadataAt('/.well-known/openid-configuration', {
				issuer: other.origin,
				token_endpoint: `${other.origin}/token`,
				mtls_endpoint_aliases: { token_endpoint: server.tokenUrl },
			});
			const tls = {
				customizeTls: true,
				tlsCertificate: CLIENT.cert,
				tlsPrivateKey: CLIENT.key,
			};
			expect((await request({ ...issuerUrl(other.origin), ...tls })).type).toBe('Bearer');
		});

		it('has no metadata', async () => {
			answer = (_req, res) => res.writeHead(404).end('<html>');
			const error = await errorOf(() => request(issuerUrl(other.origin)));
			expect(error.message).toContain('does not say where tokens are issued');
			expect(error.details).toEqual({ field: 'Issuer URL', status: 404 });
		});

		it('refuses one of the questions', async () => {
			answer = (req, res) => res.writeHead(req.url?.includes('oauth') ? 403 : 404).end();
			const error = await errorOf(() => request(issuerUrl(other.origin)));
			expect(error.details).toEqual({ field: 'Issuer URL', status: 403 });
		});

		it('calls itself by another name', async () => {
			metadataAt('/.well-known/openid-configuration', {
				issuer: 'https://auth.example.com/tenant',
				token_endpoint: server.tokenUrl,
			});
			const error = await errorOf(() => request(issuerUrl(other.origin)));
			expect(error.description).toContain('https://auth.example.com/tenant');
			expect(error.details).toEqual({ field: 'Issuer URL' });
		});

		it('does not name a token URL', async () => {
			metadataAt('/.well-known/openid-configuration', { issuer: other.origin });
			const error = await errorOf(() => request(issuerUrl(other.origin)));
			expect(error.message).toContain('does not name a token URL');
		});

		it('names a token URL without https', async () => {
			metadataAt('/.well-known/openid-configuration', {
				issuer: other.origin,
				token_endpoint: 'http://auth.example.com/token',
			});
			const error = await errorOf(() => request(issuerUrl(other.origin)));
			expect(error.details.field).toBe('Allow Insecure HTTP');
		});

		it('names a token URL without https, to a credential that allows it and then to one that does not', async () => {
			metadataAt('/.well-known/openid-configuration', {
				issuer: other.origin,
				token_endpoint: 'http://auth.example.com/token',
			});
			const metadata: MetadataCache = new Map();
			const sentTo: string[] = [];
			const send: TokenRequestSender = async (one, signal) => {
				if (one.method === 'GET') return await sendTokenRequest(one, signal);
				sentTo.push(one.url);
				const body = Buffer.from('{"access_token":"abc","token_type":"Bearer"}');
				return { kind: 'response', response: { status: 200, body } };
			};
			const fields = issuerUrl(other.origin);
			await request({ ...fields, allowInsecureHttp: true }, { send, metadata });
			const error = await errorOf(() => request(fields, { send, metadata }));
			expect(error.details.field).toBe('Allow Insecure HTTP');
			expect(sentTo).toEqual(['http://auth.example.com/token']);
		});

		it.each([
			[503, 'failing'],
			[429, 'too busy'],
		])('does not answer for now, with status %i', async (status, text) => {
			answer = (_req, res) => res.writeHead(status).end('<html>');
			const error = await errorOf(() => request(issuerUrl(other.origin)));
			expect(error.message).toBe(`The authorization server is ${text} (status ${status})`);
			expect(error.description).toContain('Run the workflow again later');
			expect(error.details).toEqual({ status });
		});

		it('fails at one of its two addresses', async () => {
			const path = '/.well-known/oauth-authorization-server';
			answer = (req, res) => {
				const known = { issuer: other.origin, token_endpoint: server.tokenUrl };
				if (req.url === path) res.end(JSON.stringify(known));
				else res.writeHead(500).end();
			};
			expect((await request(issuerUrl(other.origin))).type).toBe('Bearer');
		});

		it('cannot be reached', async () => {
			const error = await errorOf(() => request(issuerUrl('http://127.0.0.1:1')));
			expect(error.details).toEqual({ field: 'Issuer URL' });
			expect(error.description).toContain('Check Issuer URL');
		});
	});
});
