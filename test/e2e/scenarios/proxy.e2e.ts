import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SELF_SIGNED } from '../../http/transport/selfSigned';
import { startAuthorizationServer } from '../../servers/authorizationServer';
import { startForwardProxy, type ForwardProxy } from '../../servers/forwardProxy';
import { N8N_2 } from '../prepare';
import { chain, send, splitItems, webhook } from '../workflows';
import { deliveredOnce, items, useWorld } from '../world';

/** n8n itself exempts no host from its proxy, not even this machine. */
describe('an n8n that may reach the network through a proxy only', () => {
	let proxy: ForwardProxy;
	beforeAll(async () => {
		proxy = await startForwardProxy();
		return () => proxy.close();
	});
	const world = useWorld(async () => ({
		version: N8N_2,
		env: { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url },
	}));

	it('sends token and API requests through it, and those of the credential test', async () => {
		const api = await world.startApi();
		const client = await world.newClient();
		const workflow = await world.publish(
			chain('plain', [
				webhook('plain'),
				splitItems(),
				send(`${api.origin}/records`, client.credentialId),
			]),
		);
		const sent = items('plain', 5);
		expect(await workflow.call(sent)).toEqual(sent);
		expect(api.delivered()).toEqual(deliveredOnce(sent));
		// As many as arrived: none took another way.
		expect(proxiedTo(world.server.issuer)).toBe(1);
		expect(client.tokenRequests()).toBe(1);
		expect(proxiedTo(api.origin)).toBe(5);
		expect(api.requests).toHaveLength(5);

		const tested = await world.n8n.rest.testCredential(client.credentialId);
		expect(tested).toMatchObject({ status: 'OK' });
		expect(proxiedTo(world.server.issuer)).toBe(2);
		expect(client.tokenRequests()).toBe(2);
	});

	it('sends them through tunnels where they are encrypted', async () => {
		const server = await startAuthorizationServer({ https: SELF_SIGNED });
		onTestFinished(() => server.close());
		const api = await world.startApi({ https: SELF_SIGNED, authorizationServer: server });
		const client = await world.newClient({
			tokenUrl: server.tokenUrl,
			clientId: server.clients[0]?.client_id,
			clientSecret: server.clients[0]?.client_secret,
			ignoreSSLIssues: true,
		});
		const workflow = await world.publish(
			chain('tls', [
				webhook('tls'),
				splitItems(),
				send(`${api.origin}/records`, client.credentialId, {
					options: { allowUnauthorizedCerts: true },
				}),
			]),
		);
		const sent = items('tls', 5);
		expect(await workflow.call(sent)).toEqual(sent);
		expect(api.delivered()).toEqual(deliveredOnce(sent));
		expect(server.tokenRequests()).toBe(1);
		expect(tunnelsTo(server.issuer)).toBe(1);
		// A connection for each call, as n8n makes them unless connections are reused.
		expect(tunnelsTo(api.origin)).toBe(5);
		expect(api.requests).toHaveLength(5);
	});

	function proxiedTo(origin: string): number {
		return proxy.requests.filter(({ target }) => target.startsWith(`${origin}/`)).length;
	}

	function tunnelsTo(origin: string): number {
		const { host } = new URL(origin);
		return proxy.requests.filter(({ method, target }) => method === 'CONNECT' && target === host)
			.length;
	}
});
