import { createHash, X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { RegisteredClient } from '../servers/authorizationServer';
import { CA, CLIENT, SELF_SIGNED_CLIENT, SERVER } from '../servers/certificates';
import { pressTest } from './pressTest';
import { postRecords, QUICK_RETRY, records, startWorld } from './world';

/** Asks everyone for a certificate, and lets those in who have none. */
const HTTPS = { ...SERVER, ca: CA, requestCert: true, rejectUnauthorized: false };

const BY_SUBJECT: RegisteredClient = {
	client_id: 'nightly-sync',
	token_endpoint_auth_method: 'tls_client_auth',
	tls_client_auth_subject_dn: 'CN=nightly-sync',
};

function selfSigned(): RegisteredClient {
	const certificate = new X509Certificate(SELF_SIGNED_CLIENT.cert);
	const jwk = certificate.publicKey.export({ format: 'jwk' });
	const x5c = [certificate.raw.toString('base64')];
	const thumbprint = createHash('sha256').update(certificate.raw).digest('base64url');
	return {
		client_id: 'nightly-sync',
		token_endpoint_auth_method: 'self_signed_tls_client_auth',
		jwks: { keys: [{ ...jwk, x5c, 'x5t#S256': thumbprint }] },
	};
}

const startTlsWorld = (client: RegisteredClient = BY_SUBJECT, apiHttps: object = HTTPS) =>
	startWorld({
		server: { clients: [client], https: HTTPS },
		api: { https: { ...HTTPS, ...apiHttps } },
	});

/** As pasted into fields of one line. */
const flat = (pem: string) => pem.replaceAll('\n', ' ');

const CREDENTIAL = {
	clientAuthentication: 'tls_client_auth',
	clientSecret: '',
	tlsCertificate: flat(CLIENT.cert),
	tlsPrivateKey: flat(CLIENT.key),
	caCertificate: flat(CA),
	useTlsForApi: true,
};

const SELF_SIGNED = {
	...CREDENTIAL,
	clientAuthentication: 'self_signed_tls_client_auth',
	tlsCertificate: SELF_SIGNED_CLIENT.cert,
	tlsPrivateKey: SELF_SIGNED_CLIENT.key,
};

/** Collects the subjects of the certificates that the API is shown. */
function subjectsAt({ api }: Awaited<ReturnType<typeof startTlsWorld>>): Array<string | undefined> {
	const subjects: Array<string | undefined> = [];
	api.intercept((req) => {
		subjects.push((req.socket as TLSSocket).getPeerX509Certificate()?.subject);
		return false;
	});
	return subjects;
}

describe('a client that authenticates by its certificate', () => {
	it.each([
		['from an authority', BY_SUBJECT, CREDENTIAL],
		['that is self-signed', selfSigned(), SELF_SIGNED],
	])('%s, gets one token, and calls the API with it', async (_name, client, credential) => {
		const world = await startTlsWorld(client);
		const { items, error } = await world.run(postRecords(world.api), {
			items: records(10),
			credential,
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(10);
		expect(world.server.tokenRequests()).toBe(1);
		expect(world.server.requests[0]?.body).not.toContain('client_secret');
	});

	it('is tested by the Test button', async () => {
		const world = await startTlsWorld();
		expect((await pressTest(world, CREDENTIAL)).status).toBe('OK');
	});

	it('is refused with the certificate of another one, and told which field to check', async () => {
		const world = await startTlsWorld();
		const { error } = await world.run(postRecords(world.api), {
			credential: { ...SELF_SIGNED, clientAuthentication: 'tls_client_auth' },
		});
		expect(error?.message).toContain('does not accept this client');
		expect(error?.description).toContain('TLS Certificate');
	});

	it('is told that the server is not trusted, without the authority', async () => {
		const world = await startTlsWorld();
		const { error } = await world.run(postRecords(world.api), {
			credential: { ...CREDENTIAL, caCertificate: '' },
		});
		expect(error?.message).toContain('is not trusted');
		expect(error?.description).toContain('CA Certificate');
	});

	it('is told where the API lets nobody in without a certificate', async () => {
		const world = await startTlsWorld({ client_id: 'nightly-sync' }, { rejectUnauthorized: true });
		const credential = {
			clientSecret: world.secret,
			customizeTls: true,
			caCertificate: CA,
			useTlsForApi: true,
		};
		const { error } = await world.run(postRecords(world.api, QUICK_RETRY), { credential });
		expect(error?.message).toContain('does not accept the connection');
		expect(error?.description).toContain('TLS Certificate');
	});

	it('does not work with Reuse Connections', async () => {
		const world = await startTlsWorld();
		const { error } = await world.run(postRecords(world.api, { reuseConnections: true }), {
			credential: CREDENTIAL,
		});
		expect(error?.message).toContain('Reuse Connections does not work with');
		expect(world.server.tokenRequests()).toBe(0);
	});

	it('posts a multipart form', async () => {
		const world = await startTlsWorld();
		const { items, error } = await world.run(
			{
				method: 'POST',
				url: `${world.api.origin}/echo`,
				sendBody: true,
				contentType: 'multipart-form-data',
				bodyParameters: { parameters: [{ parameterType: 'formData', name: 'a', value: 'b' }] },
			},
			{ credential: CREDENTIAL },
		);
		expect(error).toBeUndefined();
		expect(items[0]?.json.body).toContain('name="a"');
	});
});

describe('the certificate', () => {
	it('goes along to the API where the token is bound to it', async () => {
		const world = await startTlsWorld({
			...BY_SUBJECT,
			tls_client_certificate_bound_access_tokens: true,
		});
		const subjects = subjectsAt(world);
		await world.run(
			{ ...postRecords(world.api), options: { allowUnauthorizedCerts: true } },
			{ items: records(1), credential: { ...CREDENTIAL, useTlsForApi: false } },
		);
		expect(subjects).toEqual(['CN=nightly-sync']);
	});

	it('stays away from the API otherwise', async () => {
		const world = await startTlsWorld();
		const subjects = subjectsAt(world);
		await world.run(
			{ ...postRecords(world.api), options: { allowUnauthorizedCerts: true } },
			{ items: records(1), credential: { ...CREDENTIAL, useTlsForApi: false } },
		);
		expect(subjects).toEqual([undefined]);
	});

	it('goes along where SSL Certificates is on in the node', async () => {
		const world = await startTlsWorld();
		const subjects = subjectsAt(world);
		const { error } = await world.run(
			{ ...postRecords(world.api), provideSslCertificates: true },
			{ items: records(1), credential: { ...CREDENTIAL, useTlsForApi: false } },
		);
		expect(error).toBeUndefined();
		expect(subjects).toEqual(['CN=nightly-sync']);
	});

	it('is asked for in the credential where SSL Certificates is on and there is none', async () => {
		const world = await startTlsWorld({ client_id: 'nightly-sync' });
		const { error } = await world.run(
			{ ...postRecords(world.api), provideSslCertificates: true },
			{ credential: { clientSecret: world.secret } },
		);
		expect(error?.message).toBe('The credential has no TLS certificate');
		expect(error?.description).toContain('Customize TLS');
		expect(world.server.tokenRequests()).toBe(0);
	});
});

describe('a private authority', () => {
	it('is trusted without a certificate of the client', async () => {
		const world = await startTlsWorld({ client_id: 'nightly-sync' });
		const credential = {
			clientSecret: world.secret,
			customizeTls: true,
			caCertificate: CA,
			useTlsForApi: true,
		};
		const { error } = await world.run(postRecords(world.api), { items: records(2), credential });
		expect(error).toBeUndefined();
	});
});
