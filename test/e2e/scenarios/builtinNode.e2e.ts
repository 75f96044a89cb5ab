import { describe, expect, it, onTestFinished } from 'vitest';
import { startAuthorizationServer } from '../../servers/authorizationServer';
import type { ProtectedApi } from '../../servers/protectedApi';
import { startRelay } from '../../servers/relay';
import { N8N_1, N8N_2 } from '../prepare';
import { builtInSend, chain, splitItems, webhook, type SendSettings } from '../workflows';
import { deliveredOnce, items, useWorld, type Client, type Published } from '../world';

/** Of a token that is to expire. Long enough for one run. */
const LIFETIME_SECONDS = 15;

describe.each([N8N_2, N8N_1])("the credential in n8n %s's own HTTP Request node", (version) => {
	let lifetimeSeconds = 600;
	const world = useWorld({ version, server: { tokenLifetimeSeconds: () => lifetimeSeconds } });

	it('gets one token for 100 items that begin without one, and keeps it encrypted over a restart', async () => {
		const { api, client, workflow } = await builtIn('cold');
		const sent = items('cold', 100);
		await workflow.call(sent);
		expect(api.delivered()).toEqual(deliveredOnce(sent));
		expect(client.tokenRequests()).toBe(1);

		await world.n8n.stop();
		const token = String(world.server.issuedTokens.at(-1));
		const everything = await world.n8n.dumpDatabase();
		expect(everything).not.toContain(token);
		expect(everything).not.toContain(client.secret);
		expect(await world.n8n.filesContaining(token)).toEqual([]);
		await world.n8n.start();
		const later = items('restarted', 20);
		await workflow.call(later);
		expect(api.delivered()).toEqual(deliveredOnce([...sent, ...later]));
		expect(client.tokenRequests()).toBe(1);
	});

	it('renews a token that has expired before a call is refused', async () => {
		const { api, client, workflow } = await builtIn('expired');
		lifetimeSeconds = LIFETIME_SECONDS;
		const first = items('first', 20);
		await workflow.call(first);
		lifetimeSeconds = 600;
		await new Promise((resolve) => setTimeout(resolve, LIFETIME_SECONDS * 1000));
		const second = items('second', 50);
		await workflow.call(second);
		expect(api.delivered()).toEqual(deliveredOnce([...first, ...second]));
		expect(api.unauthorized()).toBe(0);
		expect(client.tokenRequests()).toBe(2);
	});

	it('replaces a revoked token once, and every item arrives', async () => {
		const { api, client, workflow } = await builtIn('revoked');
		await workflow.call(items('before', 1));
		api.revoke(String(world.server.issuedTokens.at(-1)));
		const sent = items('revoked', 50);
		await workflow.call(sent);
		expect(api.delivered()).toEqual(deliveredOnce([...items('before', 1), ...sent]));
		expect(api.unauthorized()).toBeGreaterThan(0);
		expect(client.tokenRequests()).toBe(2);
	});

	it('asks with the new secret after it was rotated', async () => {
		const client_id = 'rotating-client';
		const old = await startAuthorizationServer({ clients: [{ client_id }] });
		const { api, client, workflow } = await builtIn('rotated', {}, old);
		await workflow.call(items('one', 5));
		await old.close();
		const port = Number(new URL(old.issuer).port);
		const rotated = await startAuthorizationServer({ port, clients: [{ client_id }] });
		onTestFinished(() => rotated.close());
		const clientSecret = rotated.clients[0]?.client_secret;
		await world.n8n.rest.updateCredential(client.credentialId, { clientSecret });
		await workflow.call(items('two', 5));
		expect(rotated.requests.map(({ status }) => status)).toEqual([200]);
		expect(api.delivered()).toEqual(deliveredOnce([...items('one', 5), ...items('two', 5)]));
		expect(api.unauthorized()).toBe(0);
	});

	it('says what is wrong with a wrong secret, after one token request for 50 items', async () => {
		const { client, workflow } = await builtIn('wrong', { onError: 'continueRegularOutput' });
		await world.n8n.rest.updateCredential(client.credentialId, { clientSecret: 'Wrong-secret-1' });
		const answer = JSON.stringify(await workflow.call(items('wrong', 50)));
		console.log(`Wrong secret: ${JSON.stringify((JSON.parse(answer) as unknown[])[0])}`);
		expect(answer).toContain('The authorization server does not accept this client');
		expect(answer).toContain('Check Client ID and Client Secret');
		expect(answer).not.toContain('Wrong-secret-1');
		expect(client.tokenRequests()).toBe(1);
	});

	it('shows no token where the API fails, and asks for at most one more', async () => {
		const { api, client, workflow } = await builtIn('failing', {
			onError: 'continueRegularOutput',
		});
		api.intercept((_req, res) => {
			res.status(500).json({ message: 'It is broken' });
			return true;
		});
		const answer = JSON.stringify(await workflow.call(items('failing', 30)));
		console.log(`API fails: ${JSON.stringify((JSON.parse(answer) as unknown[])[0])}`);
		console.log(`Sent ${api.requests.length} times for 30 items`);
		expect(client.tokenRequests()).toBeLessThanOrEqual(2);
		const everything = answer + (await world.n8n.dumpDatabase());
		for (const token of world.server.issuedTokens) expect(everything).not.toContain(token);
	});

	it('does not send the token along to another origin', async () => {
		const { api, workflow } = await builtIn('redirected');
		const other = await world.startApi();
		other.intercept((_req, res) => {
			res.json({ reached: true });
			return true;
		});
		api.intercept((_req, res) => {
			res.redirect(307, `${other.origin}/records`);
			return true;
		});
		await workflow.call(items('redirected', 1));
		expect(other.requests).toHaveLength(1);
		expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
	});

	it('works with a provider, whatever is stored in fields that are not shown', async () => {
		const relay = await startRelay(
			'/realms/acme/protocol/openid-connect/token',
			world.server.tokenUrl,
		);
		onTestFinished(() => relay.close());
		const { api, client, workflow } = await builtIn('provider');
		await world.n8n.rest.updateCredential(client.credentialId, {
			provider: 'keycloak',
			keycloakUrl: relay.origin,
			keycloakRealm: 'acme',
			tokenUrl: 'http://127.0.0.1:1/left-over',
		});
		expect(await world.n8n.rest.testCredential(client.credentialId)).toMatchObject({
			status: 'OK',
		});
		const sent = items('provider', 20);
		await workflow.call(sent);
		expect(api.delivered()).toEqual(deliveredOnce(sent));
		// One for the test, one for the run.
		expect(client.tokenRequests()).toBe(2);
	});

	it('goes only where the credential is allowed to', async () => {
		const { api, client, workflow } = await builtIn('domains', {
			onError: 'continueRegularOutput',
		});
		const restrict = (allowedDomains: string) =>
			world.n8n.rest.updateCredential(client.credentialId, {
				allowedHttpRequestDomains: 'domains',
				allowedDomains,
			});
		await restrict('127.0.0.1');
		await workflow.call(items('allowed', 1));
		expect(api.delivered()).toEqual(deliveredOnce(items('allowed', 1)));

		api.intercept((_req, res) => {
			res.redirect(307, api.origin.replace('127.0.0.1', 'localhost'));
			return true;
		});
		const redirected = JSON.stringify(await workflow.call(items('redirect', 1)));
		expect(redirected).toContain('Domain not allowed');
		const elsewhere = api.requests.filter(({ headers }) => headers.host?.startsWith('localhost'));
		expect(elsewhere.filter(({ headers }) => headers.authorization)).toEqual([]);
		// n8n 1.123 looks only at where redirects lead.
		if (version === N8N_1) return;
		await restrict('localhost');
		const refused = JSON.stringify(await workflow.call(items('refused', 1)));
		expect(refused).toContain('Domain not allowed');
	});

	/** Posts its webhook's items to an API with n8n's own node. */
	async function builtIn(
		name: string,
		settings: Pick<SendSettings, 'onError'> = {},
		other?: Awaited<ReturnType<typeof startAuthorizationServer>>,
	): Promise<{ api: ProtectedApi; client: Client; workflow: Published }> {
		const api = await world.startApi(other && { authorizationServer: other });
		const client = await world.newClient(
			other && {
				tokenUrl: other.tokenUrl,
				clientId: other.clients[0]?.client_id,
				clientSecret: other.clients[0]?.client_secret,
			},
		);
		const url = `${api.origin}/records`;
		const { credentialId } = client;
		const workflow = await world.publish(
			chain(name, [webhook(name), splitItems(), builtInSend(url, { credentialId, ...settings })]),
		);
		return { api, client, workflow };
	}
});
