import { createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_RETRY_POLICY } from '../../../http/retry/decideRetry';
import type { Transport } from '../../../http/transport/transport';
import { systemTiming } from '../../../n8n/systemTiming';
import { tokenRequestSender } from '../../../n8n/tokenRequestSender';
import { readClientCredentials } from '../../../oauth/client/clientCredentials';
import { providers } from '../../../oauth/providers';
import type { Provider } from '../../../oauth/providers/provider';
import { requestAccessToken } from '../../../oauth/server/grant';
import { olderN8nTransport } from '../../http/transport/n8nHelper';
import { CA, CLIENT, SERVER } from '../../servers/certificates';
import { listenOnLoopback, recordRequest, type LoopbackServer } from '../../servers/loopback';

const ROOT = join(import.meta.dirname, '../../..');
const SECRET = 's3cr/t+with~all (kinds):of*signs&=ü%';

/** What the editor stores for each client authentication. */
const METHODS = {
	client_secret_basic: { clientSecret: SECRET },
	client_secret_post: { clientSecret: SECRET },
	client_secret_jwt: { clientSecret: SECRET, secretAlgorithm: 'HS256' },
	private_key_jwt: { privateKey: CLIENT.key, certificate: CLIENT.cert },
	tls_client_auth: { tlsCertificate: CLIENT.cert, tlsPrivateKey: CLIENT.key, caCertificate: CA },
	self_signed_tls_client_auth: {
		tlsCertificate: CLIENT.cert,
		tlsPrivateKey: CLIENT.key,
		caCertificate: CA,
	},
};
type Method = keyof typeof METHODS;

const CASES = providers.flatMap((provider) => {
	const { clientAuthentication } = provider;
	const methods =
		clientAuthentication === 'chosen' ? (Object.keys(METHODS) as Method[]) : [clientAuthentication];
	return methods.map((method) => [provider.name, method, provider] as const);
});

/** What has come: as servers read it. */
interface Received {
	/** Where it was sent to, before it was led to loopback. */
	url: string;
	contentType: string | undefined;
	form: Record<string, string>;
	basic: string[] | undefined;
	certificate: string | undefined;
}

let server: LoopbackServer;
let transport: Transport;
let received: Received | undefined;

beforeAll(async () => {
	const https = { ...SERVER, ca: CA, requestCert: true, rejectUnauthorized: false };
	server = await listenOnLoopback({ https });
	server.server.on('request', (req, res) => {
		const request = recordRequest(req, res);
		req.resume().on('end', () => {
			const { 'content-type': contentType, authorization } = request.headers;
			received = {
				url: '',
				contentType,
				form: Object.fromEntries(new URLSearchParams(request.body)),
				basic: authorization === undefined ? undefined : readBasic(authorization),
				certificate: (req.socket as TLSSocket).getPeerX509Certificate()?.subject,
			};
			res.end('{"access_token":"the-token","token_type":"Bearer","expires_in":600}');
		});
	});
	transport = await olderN8nTransport();
});
afterAll(() => server.close());

/** RFC 6749 §2.3.1. */
function readBasic(authorization: string): string[] {
	const [, encoded = ''] = /^Basic (.+)$/.exec(authorization) ?? [];
	return Buffer.from(encoded, 'base64')
		.toString()
		.split(':')
		.map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
}

/** Asks for a token with the provider's own examples, led to loopback by nothing but its origin. */
async function request(provider: Provider, method: Method): Promise<Received> {
	const client = readClientCredentials({
		provider: provider.id,
		clientId: 'nightly-sync',
		clientAuthentication: method,
		...METHODS[method],
		...Object.fromEntries(provider.fields.map(({ name, example }) => [name, example])),
		scope: provider.scopeExample ?? '',
		audience: 'https://api.example.com',
	});
	let url = '';
	const led: Transport = async (asked, signal) => {
		url = asked.url;
		const { pathname, search } = new URL(url);
		return await transport(
			{ ...asked, url: server.origin + pathname + search, ignoreSslIssues: true },
			signal,
		);
	};
	received = undefined;
	const send = tokenRequestSender(led, client, DEFAULT_RETRY_POLICY, systemTiming);
	await requestAccessToken(client, { send, now: () => Date.now() });
	if (received === undefined) throw new Error('Nothing has come');
	return { ...(received as Received), url };
}

const AUTHENTICATES = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'];

describe.each(CASES)('the token request for %s, by %s', (_name, method, provider) => {
	it('goes to the address of the recipe as a form, with what the recipe says', async () => {
		const { url, contentType, form } = await request(provider, method);
		const recipe = readFileSync(join(ROOT, 'docs/providers', `${provider.id}.md`), 'utf8');
		expect(contentType).toBe('application/x-www-form-urlencoded');
		const [, address = ''] = /The token is requested at `([^`]+)`/.exec(recipe) ?? [];
		const example = address.replace(
			/(https:\/\/)?(\/?)<([\w ]+)>/g,
			(_all, scheme = '', slash, label) => {
				const field = provider.fields.find((one) => one.label === label);
				return `${scheme}${slash}${String(field?.example).replace(/^https:\/\//, scheme ? '' : '$&')}`;
			},
		);
		expect(url).toBe(example);
		const sent = Object.keys(form).filter((name) => !AUTHENTICATES.includes(name));
		const also = [...(/It also sends (.+?)\./.exec(recipe)?.[1] ?? '').matchAll(/`(\w+)`/g)];
		expect(sent.sort()).toEqual(
			[
				'grant_type',
				...(provider.scope !== 'none' && provider.scopeExample ? ['scope'] : []),
				...((provider.audience ?? 'none') !== 'none' ? ['audience'] : []),
				...also.map(([, name]) => name),
			].sort(),
		);
		expect(form.grant_type).toBe(provider.settings?.grantType ?? 'client_credentials');
		expect(form.scope).toBe(
			provider.scope === 'none'
				? undefined
				: provider.scopeExample?.replaceAll(' ', form.scope?.includes(',') ? ',' : ' '),
		);
	});

	it('proves in this way, and in no other, who the client is', async () => {
		const { url, form, basic, certificate } = await request(provider, method);
		const { client_id, client_secret, client_assertion, client_assertion_type } = form;
		const inBody = method !== 'client_secret_basic';
		expect(client_id).toBe(inBody ? 'nightly-sync' : undefined);
		expect(basic).toEqual(inBody ? undefined : ['nightly-sync', SECRET]);
		expect(client_secret).toBe(method === 'client_secret_post' ? SECRET : undefined);
		expect(certificate).toBe(method.endsWith('tls_client_auth') ? 'CN=nightly-sync' : undefined);
		if (!method.endsWith('_jwt')) {
			expect([client_assertion, client_assertion_type]).toEqual([undefined, undefined]);
			return;
		}
		expect(client_assertion_type).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
		const key = method === 'client_secret_jwt' ? Buffer.from(SECRET) : createPublicKey(CLIENT.cert);
		const { payload, protectedHeader } = await jwtVerify(String(client_assertion), key, {
			issuer: 'nightly-sync',
			subject: 'nightly-sync',
			audience: provider.assertionAudience === undefined ? url : `${new URL(url).origin}/`,
			requiredClaims: ['jti', 'iat', 'exp', 'nbf'],
		});
		expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
		if (method === 'private_key_jwt') {
			const { fingerprint256 } = new X509Certificate(CLIENT.cert);
			const thumbprint = Buffer.from(fingerprint256.replaceAll(':', ''), 'hex');
			expect(protectedHeader['x5t#S256']).toBe(thumbprint.toString('base64url'));
		}
	});
});

describe('the recipe', () => {
	it.each(providers.map((provider) => [provider.name, provider] as const))(
		'of %s tells how ID and secret are sent',
		(_name, { id, clientAuthentication }) => {
			const recipe = readFileSync(join(ROOT, 'docs/providers', `${id}.md`), 'utf8');
			expect(recipe).toContain(
				{
					client_secret_basic: ', with ID and secret in a header (HTTP Basic).',
					client_secret_post: ', with ID and secret in the body.',
					chosen: ', with the method that you choose in **Client Authentication**.',
				}[clientAuthentication],
			);
		},
	);
});
