import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import type { ProtectedApi } from '../../servers/protectedApi';
import { N8N_2 } from '../prepare';
import { chain, send, SEND } from '../workflows';
import { deliveredOnce, items, useWorld } from '../world';
import { startChromium } from './chromium';
import { Editor } from './editor';
import { PATIENCE_MS } from './elements';

/** The name that n8n gives to the first credential of its type. */
const CREDENTIAL = 'Client Credentials account';
const NODE = 'OAuth2 HTTP Request';
const PATIENCE = { timeout: PATIENCE_MS };
const SCOPE = 'records:write records:read';

// Each test goes on where the one before has stopped, as one person would.
describe(`The editor of n8n ${N8N_2}`, () => {
	const world = useWorld({ version: N8N_2 });
	let browser: Browser;
	let editor: Editor;
	let api: ProtectedApi;
	let client: { client_id: string; client_secret: string };

	beforeAll(async () => {
		browser = await startChromium((line) => console.error(`  ${line}`));
		api = await world.startApi();
		client = world.server.clients[0] as typeof client;
		// Makes the owner, who signs in next.
		await world.n8n.rest.get('/settings');
		editor = await Editor.open(browser, world.n8n.url);
	});

	afterAll(async () => {
		await browser?.close();
	});

	let failed = false;
	beforeEach(({ skip, onTestFailed }) => {
		skip(failed, 'A step before it has failed');
		onTestFailed(async () => {
			failed = true;
			await editor?.screenshot('failed');
		});
	});

	it('finds the credential by the words that people use for it', async () => {
		const name = 'OAuth2 Client Credentials API';
		for (const words of ['client cred', 'oauth2 client']) {
			expect(await editor.searchCredentialTypes(words)).toEqual([name]);
		}
		await editor.screenshot('credential-types');
	});

	it('asks for what everyone needs first', async () => {
		await editor.newCredential('client cred');
		// The last one is n8n's own.
		expect(await editor.credential.fields()).toEqual([
			'Provider',
			'Server Address',
			'Token URL *',
			'Client ID *',
			'Client Authentication',
			'Client Secret *',
			'Scope',
			'Audience',
			'Allow Insecure HTTP',
			'Ignore SSL Issues (Insecure)',
			'Advanced Settings',
			'Allowed HTTP Request Domains',
		]);
		expect(await editor.credential.placeholder('tokenUrl')).toBe(
			'e.g. https://auth.example.com/oauth2/token',
		);
		await editor.screenshot('credential-empty');
	});

	it('asks only for what a provider needs, and leads to its recipe', async () => {
		await editor.credential.choose('provider', 'Auth0');
		const fields = async () => (await editor.credential.fields()).slice(0, 6);
		await expect
			.poll(fields, PATIENCE)
			.toEqual([
				'Provider',
				'Domain *',
				'Client ID *',
				'Client Authentication',
				'Client Secret *',
				'Audience',
			]);
		expect(await editor.credential.links()).toContainEqual(
			expect.stringMatching(/docs\/providers\/auth0\.md$/),
		);
		await editor.screenshot('credential-provider');
		await editor.credential.choose('provider', 'Custom');
		await expect.poll(async () => (await fields())[2], PATIENCE).toBe('Token URL *');
	});

	it('says what is wrong with a credential that the server does not accept', async () => {
		await editor.credential.type('tokenUrl', world.server.tokenUrl);
		await editor.credential.type('clientId', client.client_id);
		await editor.credential.type('clientSecret', 'the-secret-of-another-client');
		await editor.credential.type('scope', SCOPE);
		const { ok, text } = await editor.credential.save();
		await editor.screenshot('credential-error');
		expect(ok).toBe(false);
		expect(text).toContain(
			'The authorization server does not accept this client (invalid_client). The server says: "client authentication failed"',
		);
		expect(text).toContain('Check Client ID and Client Secret');
		expect(text).not.toContain('the-secret-of-another-client');
	});

	it('turns green with the right secret', async () => {
		await editor.credential.type('clientSecret', client.client_secret);
		expect((await editor.credential.save()).ok).toBe(true);
		await editor.screenshot('credential-success');
	});

	it('shows the rest only on demand', async () => {
		await editor.credential.toggle('advancedSettings');
		const fields = async () => (await editor.credential.fields()).slice(-11);
		await expect
			.poll(fields, PATIENCE)
			.toEqual([
				'Advanced Settings',
				'Token Request Parameters',
				'Customize Token Request',
				'Custom Token Response',
				'Send Token As',
				'Other Signs of an Expired Token',
				'Customize TLS',
				'Prove Possession (DPoP)',
				'Introspection URL',
				'Revocation URL',
				'Allowed HTTP Request Domains',
			]);
		await editor.screenshot('credential-advanced');
	});

	it('asks for a certificate where the client has no secret', async () => {
		const fields = async () => (await editor.credential.fields()).slice(4, 11);
		await editor.credential.choose('clientAuthentication', 'Client Certificate');
		await expect
			.poll(fields, PATIENCE)
			.toEqual([
				'Client Authentication',
				'TLS Certificate *',
				'TLS Private Key *',
				'TLS Passphrase',
				'CA Certificate',
				'Use for API Calls',
				'Scope',
			]);
		await editor.screenshot('credential-certificate');
		await editor.credential.choose('clientAuthentication', 'Secret in the Body');
		await expect.poll(async () => (await fields())[1], PATIENCE).toBe('Client Secret *');
	});

	it('keeps the parameters of the token request when a credential is saved again', async () => {
		await editor.credential.addTokenRequestParameter('resource', world.server.audience);
		expect((await editor.credential.save()).ok).toBe(true);

		await editor.openCredential(CREDENTIAL);
		const parameters = ['resource', world.server.audience];
		// The dialog opens before its values have come.
		const shown = () => editor.credential.readTokenRequestParameters();
		await expect.poll(shown, PATIENCE).toEqual(parameters);
		await editor.credential.type('scope', 'records:write');
		expect((await editor.credential.save()).ok).toBe(true);
		const sent = new URLSearchParams(world.server.requests.at(-1)?.body);
		expect(sent.get('resource')).toBe(world.server.audience);

		await editor.openCredential(CREDENTIAL);
		await expect.poll(shown, PATIENCE).toEqual(parameters);
		await editor.screenshot('credential-again');
	});

	it('finds the node by "oauth", with an icon for light and for dark', async () => {
		await editor.newWorkflow();
		expect(await editor.searchNodes('oauth')).toEqual([
			{ name: NODE, description: expect.stringMatching(/^Calls an API/) },
		]);
		await editor.seeIcon('oauth2HttpRequest.svg');
		await editor.screenshot('nodes-panel');
		await editor.setColours('dark');
		await editor.seeIcon('oauth2HttpRequest.dark.svg');
		await editor.screenshot('nodes-panel-dark');
		await editor.setColours('light');
	});

	it('adds the node with the credential chosen, and few fields', async () => {
		await editor.addFoundNode(NODE);
		expect(await editor.node.credentialName()).toBe(CREDENTIAL);
		expect(await editor.node.fields()).toEqual([
			'Credential',
			'Resource',
			'Method',
			'URL',
			'Send Query Parameters',
			'Send Headers',
			'Send Body',
			'Options',
		]);
		await editor.screenshot('node-empty');
	});

	it('takes over a request from a curl command', async () => {
		await editor.node.importCurl('curl -X PUT https://api.example.com/items/7');
		await expect.poll(() => editor.node.read('method'), PATIENCE).toBe('PUT');
		expect(await editor.node.read('url')).toBe('https://api.example.com/items/7');
	});

	it('sends a record, shows the answer, and tells of the new token', async () => {
		await editor.node.choose('method', 'POST');
		await editor.node.type('url', `${api.origin}/records`);
		await editor.node.turnOn('sendBody');
		await editor.node.type('name', 'id');
		await editor.node.type('value', 'R-1001');
		await editor.node.execute();
		expect(await editor.node.outputJson()).toEqual([{ id: 'R-1001' }]);
		expect(api.delivered()).toEqual(deliveredOnce([{ id: 'R-1001' }]));
		expect(await editor.node.hints()).toEqual([
			expect.stringContaining('A new access token was requested'),
		]);
		await editor.screenshot('node-output');
	});

	it('says nothing of a token that it has already', async () => {
		await editor.node.execute();
		expect(await editor.node.hints()).toEqual([]);
	});

	it('says that nothing is at a wrong URL', async () => {
		await editor.node.type('url', `${api.origin}/recods`);
		await editor.node.execute();
		expect(await editor.node.error()).toEqual({
			message: 'The API has nothing at this URL (404 Not Found)',
			description: expect.stringContaining(`Check URL: ${api.origin}/recods`),
		});
		await editor.screenshot('node-not-found');
	});

	it('says in the node as well what is wrong with the credential', async () => {
		await editor.node.type('url', `${api.origin}/records`);
		await editor.node.editCredential();
		await editor.credential.waitFor();
		await editor.credential.type('clientSecret', 'an-expired-secret');
		expect((await editor.credential.save()).ok).toBe(false);
		await editor.credential.close();
		await editor.node.execute();
		const { message, description } = await editor.node.error();
		expect(message).toBe('The authorization server does not accept this client (invalid_client)');
		expect(description).toContain('Check Client ID and Client Secret');
		await editor.screenshot('node-wrong-credential');
	});

	it('shows options with their units, and whole numbers as such', async () => {
		await editor.node.addOption('Retry');
		const fields = async () => (await editor.node.fields()).slice(-5);
		await expect
			.poll(fields, PATIENCE)
			.toEqual([
				'Retry',
				'First Backoff (S)',
				'Longest Backoff (S)',
				'Longest Pause (S)',
				'Max Retries',
			]);
		expect(await editor.node.read('maxRetryAfterSeconds')).toBe('300');
		await editor.screenshot('node-retry');
	});

	it("has SSL Certificates where n8n's own node has it: in the settings", async () => {
		expect(await editor.node.fields()).not.toContain('SSL Certificates');
		await editor.node.openSettings();
		await expect.poll(() => editor.node.fields(), PATIENCE).toContain('SSL Certificates');
		await editor.screenshot('node-settings');
	});

	it('tells how often calls were sent again to a busy API', async () => {
		const limited = await world.startApi({ rateLimit: { requests: 10, windowMs: 1_000 } });
		const { credentialId } = await world.newClient();
		const records = items('record', 40);
		const { id } = await world.n8n.rest.post<{ id: string }>('/workflows', {
			...chain('many', [
				{
					name: 'Start',
					type: 'n8n-nodes-base.manualTrigger',
					parameters: {},
				},
				{
					name: 'Changed records',
					type: 'n8n-nodes-base.code',
					typeVersion: 2,
					parameters: {
						jsCode: `return ${JSON.stringify(records)}.map((json) => ({ json }));`,
					},
				},
				send(`${limited.origin}/records`, credentialId),
			]),
			id: undefined,
		});
		await editor.openWorkflow(id);
		await editor.executeWorkflow();
		await editor.screenshot('workflow');
		await editor.openNode(SEND);
		expect(await editor.node.itemCount()).toContain(`${records.length} items`);
		expect(limited.delivered()).toEqual(deliveredOnce(records));
		expect(await editor.node.hints()).toEqual([
			expect.stringMatching(
				/^(A call was sent again|Calls were sent again \d+ times), because the API was busy or could not be reached\./,
			),
			expect.stringContaining('A new access token was requested'),
		]);
		await editor.screenshot('node-retries');
	});
});
