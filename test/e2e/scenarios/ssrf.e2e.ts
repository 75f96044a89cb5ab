import { describe, expect, it } from 'vitest';
import { N8N_2 } from '../prepare';
import { builtInSend, chain, send, splitItems, webhook } from '../workflows';
import { items, useWorld } from '../world';

const BLOCKED = 'n8n does not allow requests to ';
/** Retries would take longer. */
const AT_ONCE_MS = 5_000;

/** Nothing on this machine may be reached, unless it is called `localhost`. */
describe("n8n's protection against requests to internal addresses", () => {
	const world = useWorld({
		version: N8N_2,
		env: { N8N_SSRF_PROTECTION_ENABLED: 'true', N8N_SSRF_ALLOWED_HOSTNAMES: 'localhost' },
	});

	it("stops n8n's own node, which is what ours is compared with", async () => {
		const api = await world.startApi();
		const workflow = await world.publish(
			chain('built-in', [
				webhook('built-in'),
				splitItems(),
				builtInSend(`${api.origin}/records`, { onError: 'continueRegularOutput' }),
			]),
		);
		const answer = JSON.stringify(await workflow.call(items('built-in', 1)));
		console.log(`n8n's own node: ${answer}`);
		expect(answer).toContain('SsrfBlockedIpError');
		expect(api.requests).toHaveLength(0);
	});

	it('stops the token request, with a text that says so, at once', async () => {
		const api = await world.startApi();
		const client = await world.newClient();
		const workflow = await world.publish(
			chain('token-blocked', [
				webhook('token-blocked'),
				splitItems(),
				send(`${api.origin}/records`, client.credentialId, { onError: 'continueRegularOutput' }),
			]),
		);
		const startedAt = Date.now();
		const answer = JSON.stringify(await workflow.call(items('token-blocked', 1)));
		console.log(`Token URL blocked, after ${Date.now() - startedAt} ms: ${answer}`);
		expect(answer).toContain(BLOCKED);
		expect(client.tokenRequests()).toBe(0);
		expect(api.requests).toHaveLength(0);
		// Nothing that may change within a run: no use in retrying.
		expect(Date.now() - startedAt).toBeLessThan(AT_ONCE_MS);
	});

	it('stops the call to the API, with a text that says so, at once', async () => {
		const { answer, api, client, tookMs } = await sendWithLocalToken('api-blocked', 'blocked');
		console.log(`API blocked, after ${tookMs} ms: ${answer}`);
		expect(client.tokenRequests()).toBe(1);
		expect(answer).toContain(BLOCKED);
		expect(api.requests).toHaveLength(0);
		expect(tookMs).toBeLessThan(AT_ONCE_MS);
	});

	it('lets both through where the administrator allows it', async () => {
		const { answer, api } = await sendWithLocalToken('allowed', 'allowed');
		expect(answer).toBe(JSON.stringify(items('allowed', 1)));
		expect(api.requests).toHaveLength(1);
	});

	it("stops the credential's test, with a text that says so", async () => {
		const client = await world.newClient();
		const tested = await world.n8n.rest.testCredential(client.credentialId);
		console.log(`Credential test: ${JSON.stringify(tested)}`);
		expect(tested.status).toBe('Error');
		expect(tested.message).toContain(BLOCKED);
		expect(client.tokenRequests()).toBe(0);
	});

	/** The token URL is allowed by its name; the API is `localhost` as well, or the same by number. */
	async function sendWithLocalToken(name: string, target: 'allowed' | 'blocked') {
		const api = await world.startApi();
		const client = await world.newClient({ tokenUrl: byName(world.server.tokenUrl) });
		const url = `${target === 'allowed' ? byName(api.origin) : api.origin}/records`;
		const workflow = await world.publish(
			chain(name, [
				webhook(name),
				splitItems(),
				send(url, client.credentialId, {
					onError: 'continueRegularOutput',
					// Of a kind that is repeated when the network fails.
					...(target === 'blocked' && { method: 'GET' }),
				}),
			]),
		);
		const startedAt = Date.now();
		const answer = JSON.stringify(await workflow.call(items(name, 1)));
		return { answer, api, client, tookMs: Date.now() - startedAt };
	}
});

function byName(url: string): string {
	return url.replace('127.0.0.1', 'localhost');
}
