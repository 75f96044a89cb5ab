import type { TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import { ClientCredentialsOAuth2Api } from '../../credentials/ClientCredentialsOAuth2Api.credentials';
import { createSession } from '../../credentials/session/session';
import { systemTiming } from '../../n8n/systemTiming';
import { CREDENTIAL_TYPE, nodeWorkflow } from '../engine/nodeWorkflow';
import { runWorkflow } from '../engine/runWorkflow';
import { n8nHelpers } from '../http/transport/n8nHelper';
import { records } from '../nodes/world';
import {
	startAuthorizationServer,
	type AuthorizationServerOptions,
} from '../servers/authorizationServer';
import { CA, CLIENT, SERVER } from '../servers/certificates';
import { startProtectedApi, type ProtectedApiOptions } from '../servers/protectedApi';
import { PlainRequest } from './plainRequest';

const HELPERS = ['requestWithAuthentication', 'httpRequestWithAuthentication'] as const;

describe.each(HELPERS)("the credential behind n8n's %s", (helper) => {
	it('asks for one token for 50 requests at once, and lets n8n keep it', async () => {
		const { server, api, send, stored } = await startWorld(helper);
		expect(await send(50)).toEqual(Array(50).fill({}));
		expect(server.tokenRequests()).toBe(1);
		expect(api.delivered().size).toBe(50);
		expect(stored()).toMatchObject({ session: '', accessToken: server.issuedTokens[0] });
	});

	it('has n8n write the token once, however many requests have waited for it', async () => {
		const { send, writes } = await startWorld(helper);
		await send(50);
		await send(50);
		expect(writes()).toBe(1);
	});

	it('uses the kept token in another process', async () => {
		const { server, send } = await startWorld(helper);
		await send(1);
		expect(await send(10, await freshProcess())).toEqual(Array(10).fill({}));
		expect(server.tokenRequests()).toBe(1);
	});

	it('renews an expired token before any request is refused', async () => {
		const { server, api, send } = await startWorld(helper, { tokenLifetimeSeconds: () => 600 });
		await send(1);
		vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 });
		onTestFinished(() => void vi.useRealTimers());
		expect(await send(20)).toEqual(Array(20).fill({}));
		expect(server.tokenRequests()).toBe(2);
		expect(api.unauthorized()).toBe(0);
	});

	it('replaces a revoked token once for all, and sends the refused requests again', async () => {
		const { server, api, send, stored } = await startWorld(helper);
		await send(1);
		api.revoke(String(server.issuedTokens[0]));
		expect(await send(20)).toEqual(Array(20).fill({}));
		expect(server.tokenRequests()).toBe(2);
		expect(stored()).toMatchObject({ accessToken: server.issuedTokens[1] });
	});

	it('does not replace a token again that has just replaced another one', async () => {
		const { server, api, send } = await startWorld(helper);
		api.intercept((_req, res) => {
			res.status(401).end();
			return true;
		});
		const results = [...(await send(20)), ...(await send(20))];
		expect(results.every(({ error }) => error !== undefined)).toBe(true);
		expect(server.tokenRequests()).toBe(2);
	});

	it('asks anew when the secret has changed, although the kept token has not expired', async () => {
		const { server, send, stored } = await startWorld(helper);
		await send(1);
		Object.assign(stored(), { clientSecret: 'another-secret' });
		const [result] = await send(1);
		expect(result?.error).toContain('The authorization server does not accept this client');
		expect(server.requests.at(-1)?.body).toContain('another-secret');
	});

	it('fails all requests with one token request, and says which field to change', async () => {
		const { server, send } = await startWorld(helper, {}, { clientSecret: 'Wrong-secret-1' });
		const results = await send(50);
		for (const { error, description } of results) {
			expect(error).toBe('The authorization server does not accept this client (invalid_client)');
			expect(description).toContain('Check Client ID and Client Secret');
		}
		expect(server.tokenRequests()).toBe(1);
		expect(JSON.stringify(results)).not.toContain('Wrong-secret-1');
	});

	it('names the field that is missing, without a request', async () => {
		const { server, send } = await startWorld(helper, {}, { tokenUrl: '' });
		expect(await send(2)).toMatchObject(Array(2).fill({ error: 'The token URL is missing' }));
		expect(server.tokenRequests()).toBe(0);
	});

	it('shows its certificate where it asks for the token', async () => {
		const { server, api, send } = await startWorld(helper, CERTIFIED, CERTIFICATE);
		expect(await send(5)).toEqual(Array(5).fill({}));
		expect(server.tokenRequests()).toBe(1);
		expect(api.delivered().size).toBe(5);
	});

	it('sends no token over http to another machine', async () => {
		const { server, send } = await startWorld(helper);
		const [result] = await send(1, undefined, 'http://api.example.com/records');
		expect(result?.error).toBe('The URL does not use https');
		expect(server.tokenRequests()).toBe(1);
	});
});

describe('the certificate of a client, in the HTTP Request node', () => {
	it.each([
		[
			'goes along to the API where the credential says so',
			{ useTlsForApi: true },
			['CN=nightly-sync'],
		],
		['stays away otherwise', { useTlsForApi: false }, [undefined]],
	])('%s', async (_name, fields, expected) => {
		const world = await startWorld(
			'requestWithAuthentication',
			{ ...CERTIFIED, api: { https: HTTPS } },
			{ ...CERTIFICATE, ...fields },
		);
		const subjects: Array<string | undefined> = [];
		world.api.intercept((req) => {
			subjects.push((req.socket as TLSSocket).getPeerX509Certificate()?.subject);
			return false;
		});
		expect(await world.send(1, undefined, undefined, true)).toEqual([{}]);
		expect(subjects).toEqual(expected);
	});
});

/** One that nobody sets. */
const clock = (now: () => number) => ({ ...systemTiming, now, awakeMs: now });

describe('the session of a credential', () => {
	it('asks again for a token ten seconds after the grant has failed', async () => {
		let nowMs = 1_000_000;
		const { credentials, helpers, server } = await startPlain();
		const session = createSession(clock(() => nowMs));
		const ask = (clientSecret: string) =>
			session.preAuthentication(helpers, { ...credentials, clientSecret });
		await expect(ask('wrong')).rejects.toThrow('does not accept this client');
		nowMs += 9_999;
		await expect(ask('wrong')).rejects.toThrow('does not accept this client');
		expect(server.tokenRequests()).toBe(1);
		nowMs += 1;
		await expect(ask('wrong')).rejects.toThrow('does not accept this client');
		expect(server.tokenRequests()).toBe(2);
	});

	it('asks at once where the credential allows now what it did not', async () => {
		const { credentials, helpers, server } = await startPlain();
		const session = createSession(clock(Date.now));
		const restricted = { allowedHttpRequestDomains: 'domains', allowedDomains: 'api.example.com' };
		await expect(
			session.preAuthentication(helpers, { ...credentials, ...restricted }),
		).rejects.toThrow('Only the following domains are allowed');
		await session.preAuthentication(helpers, { ...credentials });
		expect(server.tokenRequests()).toBe(1);
	});

	it('asks again ten seconds after the grant has failed, though the clock was set back', async () => {
		const { credentials, helpers, server } = await startPlain();
		let awakeMs = 0;
		const session = createSession({
			...systemTiming,
			now: () => 1_000_000_000 - awakeMs * 100,
			awakeMs: () => awakeMs,
		});
		const ask = () => session.preAuthentication(helpers, { ...credentials, clientSecret: 'wrong' });
		await expect(ask()).rejects.toThrow('does not accept this client');
		awakeMs = 10_000;
		await expect(ask()).rejects.toThrow('does not accept this client');
		expect(server.tokenRequests()).toBe(2);
	});

	it('goes on with a token that is due for renewal, and has n8n keep the new one when it has come', async () => {
		let nowMs = 1_000_000;
		const { credentials, helpers, server } = await startPlain();
		const session = createSession(clock(() => nowMs));
		const request = () => session.preAuthentication(helpers, { ...credentials });
		Object.assign(credentials, await request());
		nowMs += 550_000;
		expect(await request()).toEqual({});
		await vi.waitFor(() => expect(server.issuedTokens).toHaveLength(2));
		await vi.waitFor(async () =>
			expect(await request()).toHaveProperty('accessToken', server.issuedTokens[1]),
		);
		expect(await request()).toEqual({});
		expect(server.tokenRequests()).toBe(2);
	});

	it('replaces a token again when half a minute has passed since it replaced another one', async () => {
		let nowMs = 1_000_000;
		const { credentials, helpers, server } = await startPlain();
		const session = createSession(clock(() => nowMs));
		/** As n8n does after an error of the request. */
		const refuse = async () => {
			const request = { ...credentials };
			await session.preAuthentication(helpers, request);
			session.authenticate(request, { url: 'https://api.example.com' });
			return await session.preAuthentication(helpers, request);
		};
		expect(await refuse()).toHaveProperty('accessToken', server.issuedTokens[1]);
		nowMs += 30_000;
		expect(await refuse()).toEqual({});
		nowMs += 1;
		expect(await refuse()).toHaveProperty('accessToken', server.issuedTokens[2]);
	});

	it("sets the header in lower case and takes the user's own away", async () => {
		const { credentials, helpers, server } = await startPlain();
		const session = createSession(clock(Date.now));
		await session.preAuthentication(helpers, credentials);
		const { headers } = session.authenticate(credentials, {
			url: 'https://api.example.com',
			headers: { Authorization: 'Basic x', accept: 'text/csv' },
		});
		expect(headers).toEqual({
			accept: 'text/csv',
			authorization: `Bearer ${server.issuedTokens[0]}`,
		});
	});

	it.each([
		{ url: 'http://api.example.com' },
		{ url: 'http://api.example.com', baseURL: '' },
		{ url: '/records', baseURL: 'http://api.example.com' },
		{ url: '', uri: 'http://api.example.com', baseURL: '' },
	])('sends no token over http: %j', (request) => {
		const session = createSession(clock(Date.now));
		expect(() => session.authenticate(UNUSED, request)).toThrow('The URL does not use https');
	});

	it('says so where n8n has asked for no token', () => {
		const session = createSession(clock(Date.now));
		expect(() => session.authenticate(UNUSED, { url: 'https://api.example.com' })).toThrow(
			'There is no access token for this request',
		);
	});

	it('says which host to allow where the credential is restricted to domains without it', async () => {
		const { credentials, helpers, server } = await startPlain();
		const session = createSession(clock(Date.now));
		const restricted = {
			...credentials,
			allowedHttpRequestDomains: 'domains',
			allowedDomains: 'api.example.com',
		};
		await expect(session.preAuthentication(helpers, restricted)).rejects.toMatchObject({
			message: expect.stringContaining('Only the following domains are allowed: api.example.com'),
			description: expect.stringContaining('Add 127.0.0.1 to Allowed Domains'),
		});
		expect(server.tokenRequests()).toBe(0);
	});
});

/** Of a server that nobody asks. */
const UNUSED = {
	tokenUrl: 'https://auth.example.com/token',
	clientId: 'nightly-sync',
	clientSecret: 'secret',
};

interface Result extends IDataObject {
	error?: string;
	description?: string;
}

/** Asks everyone for a certificate, and lets those in who have none. */
const HTTPS = { ...SERVER, ca: CA, requestCert: true, rejectUnauthorized: false };

const CERTIFIED: AuthorizationServerOptions = {
	https: HTTPS,
	clients: [
		{
			client_id: 'nightly-sync',
			token_endpoint_auth_method: 'tls_client_auth',
			tls_client_auth_subject_dn: 'CN=nightly-sync',
		},
	],
};

const CERTIFICATE = {
	clientAuthentication: 'tls_client_auth',
	clientSecret: '',
	tlsCertificate: CLIENT.cert,
	tlsPrivateKey: CLIENT.key,
	caCertificate: CA,
};

async function startWorld(
	helper: (typeof HELPERS)[number],
	options: AuthorizationServerOptions & { api?: Pick<ProtectedApiOptions, 'https'> } = {},
	overrides: ICredentialDataDecryptedObject = {},
) {
	const server = await startAuthorizationServer(options);
	const api = await startProtectedApi({ authorizationServer: server, ...options.api });
	onTestFinished(async () => {
		await api.close();
		await server.close();
	});
	const [client] = server.clients;
	let writes = 0;
	const credentials = new Proxy<Record<string, ICredentialDataDecryptedObject>>(
		{
			[CREDENTIAL_TYPE]: {
				tokenUrl: server.tokenUrl,
				clientId: String(client?.client_id),
				clientSecret: String(client?.client_secret),
				scope: 'records:write',
				...overrides,
			},
		},
		{
			set(target, name, value: ICredentialDataDecryptedObject) {
				writes++;
				target[String(name)] = value;
				return true;
			},
		},
	);
	return {
		server,
		api,
		stored: () => credentials[CREDENTIAL_TYPE] ?? {},
		writes: () => writes,
		async send(
			count: number,
			credentialType = new ClientCredentialsOAuth2Api(),
			url = `${api.origin}/records`,
			ignoreSslIssues = false,
		): Promise<Result[]> {
			const { items, error } = await runWorkflow({
				workflow: nodeWorkflow({ url }, { items: records(count), type: 'test.plainRequest' }),
				nodeTypes: { 'test.plainRequest': new PlainRequest(helper, ignoreSslIssues) },
				credentialTypes: { [CREDENTIAL_TYPE]: credentialType },
				credentials,
			});
			if (error) throw new Error(error.message);
			return items.map(({ json }) => json as Result);
		},
	};
}

/** What n8n hands to a credential. */
async function startPlain() {
	const server = await startAuthorizationServer();
	onTestFinished(() => server.close());
	const [client] = server.clients;
	const { httpRequest } = await n8nHelpers();
	return {
		server,
		helpers: { httpRequest },
		credentials: {
			tokenUrl: server.tokenUrl,
			clientId: String(client?.client_id),
			clientSecret: String(client?.client_secret),
			session: '',
		} as ICredentialDataDecryptedObject,
	};
}

/** The credential as a new process has it: with nothing in memory. */
async function freshProcess(): Promise<ClientCredentialsOAuth2Api> {
	vi.resetModules();
	const fresh = await import('../../credentials/ClientCredentialsOAuth2Api.credentials');
	return new fresh.ClientCredentialsOAuth2Api();
}
