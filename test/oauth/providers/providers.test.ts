import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { INodeProperties } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';
import { ClientCredentialsOAuth2Api } from '../../../credentials/ClientCredentialsOAuth2Api.credentials';
import { clientAuthentication } from '../../../credentials/fields/clientAuthentication';
import { readClientCredentials } from '../../../oauth/client/clientCredentials';
import { TokenError } from '../../../oauth/errors/tokenError';
import { providers } from '../../../oauth/providers';
import { recipeUrl, type Provider } from '../../../oauth/providers/provider';
import { cacheKey } from '../../../oauth/token/cacheKey';
import { CLIENT } from '../../servers/certificates';

const ROOT = join(import.meta.dirname, '../../..');
const SECRET = 'correct-horse-battery-staple';
const properties: INodeProperties[] = new ClientCredentialsOAuth2Api().properties;

/** A credential for this provider, filled in with its own examples. */
function stored(provider: Provider, overrides: Record<string, unknown> = {}) {
	return {
		provider: provider.id,
		clientId: 'nightly-sync',
		clientSecret: SECRET,
		...Object.fromEntries(provider.fields.map(({ name, example }) => [name, example])),
		scope: provider.scopeExample ?? '',
		audience: 'https://api.example.com',
		...overrides,
	};
}

/** What the editor shows where this is stored. */
function shown(data: Record<string, unknown>): string[] {
	const values = NodeHelpers.getNodeParameters(
		properties,
		data as never,
		true,
		true,
		null,
		null,
	) as Record<string, unknown>;
	return properties
		.filter(
			(property) =>
				property.type !== 'hidden' &&
				NodeHelpers.displayParameter(values as never, property, null, null),
		)
		.map(({ name }) => name);
}

function providerOf(id: string): Provider {
	const provider = providers.find((one) => one.id === id);
	if (provider === undefined) throw new Error(`No provider ${id}`);
	return provider;
}

function read(id: string, overrides: Record<string, unknown> = {}) {
	return readClientCredentials(stored(providerOf(id), overrides));
}

describe.each(providers.map((provider) => [provider.name, provider] as const))(
	'the provider %s',
	(_name, provider) => {
		it('builds its token URL, over https, of its own fields', () => {
			const { tokenUrl } = readClientCredentials(stored(provider));
			expect(new URL(tokenUrl).protocol).toBe('https:');
			expect(tokenUrl).not.toMatch(/[{}]|undefined|\/\/.*\/\//);
			const used = [provider.tokenUrl, ...Object.values(provider.parameters ?? {})]
				.flatMap((template) => [...template.matchAll(/\{\/?(\w+)\}/g)])
				.map(([, name]) => name);
			expect(new Set(used)).toEqual(new Set(provider.fields.map(({ name }) => name)));
		});

		it('has fields that no other provider has, with what they need', () => {
			for (const field of provider.fields) {
				expect(field.name).toMatch(new RegExp(`^${provider.id}[A-Z]\\w+$`));
				expect(field.description).not.toBe('');
				expect(field.kind === 'choice').toBe(field.options !== undefined);
				if (field.options) {
					expect(field.options.map(({ value }) => value)).toContain(field.default);
				}
			}
		});

		it('names its own documentation, by https', () => {
			expect(new URL(provider.source).protocol).toBe('https:');
		});

		it('sets only fields of the credential that there are', () => {
			const names = properties.map(({ name }) => name);
			for (const name of Object.keys(provider.settings ?? {})) expect(names).toContain(name);
		});

		it('shows its own fields, and none that it makes nothing of', () => {
			const names = shown({ provider: provider.id });
			const has = (name: string) => names.includes(name);
			expect(names.slice(0, 2 + provider.fields.length)).toEqual([
				'provider',
				`${provider.id}Notice`,
				...provider.fields.map(({ name }) => name),
			]);
			expect(names.filter((name) => name === 'clientSecret')).toHaveLength(1);
			expect(has('clientId')).toBe(true);
			expect(has('tokenUrl')).toBe(false);
			expect(has('customizeTokenRequest')).toBe(false);
			expect(has('clientAuthentication')).toBe(provider.clientAuthentication === 'chosen');
			expect(has('scope')).toBe(provider.scope !== 'none');
			expect(has('audience')).toBe((provider.audience ?? 'none') !== 'none');
			expect(has('ignoreSSLIssues')).toBe(provider.isSelfHosted === true);
		});

		it('shows what each way to authenticate needs, where it leaves the way to the client', () => {
			const names = (clientAuthentication: string) =>
				shown({ provider: provider.id, clientAuthentication });
			const isChosen = provider.clientAuthentication === 'chosen';
			expect(names('tls_client_auth').includes('tlsCertificate')).toBe(isChosen);
			expect(names('tls_client_auth').includes('tlsPrivateKey')).toBe(isChosen);
			expect(names('private_key_jwt').includes('privateKey')).toBe(isChosen);
			expect(names('client_secret_jwt').includes('secretAlgorithm')).toBe(isChosen);
			expect(names('client_secret_post')).not.toContain('customizeTls');
			expect(names('client_secret_post')).not.toContain('tlsCertificate');
		});

		it('keeps the secret in sight, whatever was chosen before for Client Authentication', () => {
			if (provider.clientAuthentication === 'chosen') return;
			const names = shown({ provider: provider.id, clientAuthentication: 'private_key_jwt' });
			expect(names.filter((name) => name === 'clientSecret')).toHaveLength(1);
			expect(names).not.toContain('privateKey');
		});

		it('has a recipe that names its fields, its address and its source', () => {
			const file = join(ROOT, 'docs/providers', `${provider.id}.md`);
			expect(existsSync(file)).toBe(true);
			expect(recipeUrl(provider)).toMatch(new RegExp(`/docs/providers/${provider.id}\\.md$`));
			const page = readFileSync(file, 'utf8');
			for (const { label } of provider.fields) expect(page).toContain(`| ${label} `);
			expect(page).toContain(`| ${provider.name} `);
			expect(page).toContain(`<${provider.source}>`);
			expect(page).toContain('## What goes wrong');
			const address = provider.tokenUrl.replace(/\{(\/?)(\w+)\}/g, (_all, slash: string, name) => {
				const field = provider.fields.find((one) => one.name === name);
				return `${slash}<${field?.label}>`;
			});
			expect(page.replace(/\s+/g, ' ')).toContain(`\`${address}\``);
			if (provider.scope !== 'none') expect(page).toContain(`\`${provider.scopeExample}\``);
		});

		it('is in the list of recipes', () => {
			const list = readFileSync(join(ROOT, 'docs/providers/README.md'), 'utf8');
			expect(list).toContain(`[${provider.name}](${provider.id}.md)`);
		});
	},
);

describe('the list of providers', () => {
	it('is in order, without doubles, and complete', () => {
		const names = providers.map(({ name }) => name);
		expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, 'en')));
		const files = readdirSync(join(ROOT, 'oauth/providers'))
			.map((file) => file.replace(/\.ts$/, ''))
			.filter((file) => !['index', 'provider', 'applyProvider'].includes(file));
		expect(providers.map(({ id }) => id).sort()).toEqual(files.sort());
		expect(readdirSync(join(ROOT, 'docs/providers')).sort()).toEqual(
			['README.md', ...files.map((file) => `${file}.md`)].sort(),
		);
	});
});

describe('a credential with a provider', () => {
	it('is read as one under Custom with the same values, and shares its tokens', () => {
		const { provider, ...client } = read('auth0');
		expect(provider).toMatchObject({ id: 'auth0', name: 'Auth0' });
		const custom = readClientCredentials({
			provider: 'custom',
			tokenUrl: 'https://acme.eu.auth0.com/oauth/token',
			clientId: 'nightly-sync',
			clientSecret: SECRET,
			audience: 'https://api.example.com',
		});
		expect(client).toEqual(custom);
		expect(cacheKey({ ...client, ...(provider && { provider }) })).toBe(cacheKey(custom));
	});

	it('takes nothing from what is stored for other providers or for Custom', () => {
		const leftOver = {
			tokenUrl: 'https://elsewhere.example/token',
			serverAddress: 'issuerUrl',
			issuerUrl: 'https://elsewhere.example',
			auth0Domain: 'elsewhere.auth0.com',
			clientAuthentication: 'private_key_jwt',
			tokenRequestParameters: { parameter: [{ name: 'x', value: 'y' }] },
			customizeTokenRequest: true,
			grantType: 'password',
			customTokenResponse: true,
			tokenPath: 'elsewhere',
			sendTokenAs: 'query',
			otherRefusal: true,
			refusalStatuses: '403',
			audience: 'https://elsewhere.example',
			scope: 'left over',
			introspectionUrl: 'https://elsewhere.example/introspect',
			revocationUrl: 'https://elsewhere.example/revoke',
			allowInsecureHttp: true,
			ignoreSSLIssues: true,
			customizeTls: true,
			tlsCertificate: 'not a certificate',
			dpop: true,
		};
		expect(read('spotify', leftOver)).toEqual(read('spotify'));
		expect(read('spotify', leftOver)).toMatchObject({
			tokenUrl: 'https://accounts.spotify.com/api/token',
			clientAuthentication: { method: 'client_secret_basic', clientSecret: SECRET },
			extraParameters: [],
			grantType: 'client_credentials',
			audience: '',
			scope: '',
		});
	});

	it('goes on as Custom where it was stored before there were providers', () => {
		const custom = { tokenUrl: 'https://a.example/t', clientId: 'c', clientSecret: 's' };
		expect(readClientCredentials(custom)).toMatchObject({ tokenUrl: 'https://a.example/t' });
		expect(shown({})).toEqual(expect.arrayContaining(['tokenUrl', 'advancedSettings']));
		expect(shown({ advancedSettings: true })).toContain('customizeTokenRequest');
		expect(shown({})).toEqual(expect.arrayContaining(['ignoreSSLIssues', 'clientSecret']));
	});

	it('shows under Custom what was there before, and no field of a provider', () => {
		const own = providers.flatMap(({ fields }) => fields.map(({ name }) => name));
		expect(shown({}).filter((name) => own.includes(name) || name.endsWith('Notice'))).toEqual([]);
		expect(clientAuthentication.length).toBeGreaterThan(1);
	});

	it('asks for what the provider needs, by the name that the editor shows', () => {
		const missing = (id: string, overrides: Record<string, unknown>) => () => read(id, overrides);
		expect(missing('auth0', { auth0Domain: ' ' })).toThrow('Domain is missing');
		expect(missing('auth0', { audience: '' })).toThrow('Audience is missing');
		expect(missing('entra', { scope: '' })).toThrow('Scope is missing');
		expect(missing('twitch', { clientSecret: '' })).toThrow('The client secret is missing');
		expect(missing('paypal', { paypalEnvironment: 'api.example.com' })).toThrow(
			'Environment is not valid',
		);
		expect(() => readClientCredentials({ provider: 'unheard-of' })).toThrow(
			'The provider is unknown',
		);
		try {
			read('auth0', { auth0Domain: 'not a domain' });
			expect.unreachable();
		} catch (error) {
			expect(error).toBeInstanceOf(TokenError);
			expect(error).toMatchObject({
				description: 'Correct Domain in the credential. It should look like acme.eu.auth0.com.',
				details: { field: 'Domain' },
			});
		}
	});

	it.each([
		['auth0', 'auth0Domain', 'https://acme.eu.auth0.com/', 'https://acme.eu.auth0.com/oauth/token'],
		['auth0', 'auth0Domain', ' ACME.eu.auth0.com ', 'https://acme.eu.auth0.com/oauth/token'],
		[
			'auth0',
			'auth0Domain',
			'https://acme.eu.auth0.com/oauth/token',
			'https://acme.eu.auth0.com/oauth/token',
		],
		['okta', 'oktaDomain', 'acme-admin', 'https://acme.okta.com/oauth2/default/v1/token'],
		['okta', 'oktaDomain', 'acme', 'https://acme.okta.com/oauth2/default/v1/token'],
		[
			'okta',
			'oktaDomain',
			'https://acme-admin.okta.com/admin/dashboard',
			'https://acme.okta.com/oauth2/default/v1/token',
		],
		['okta', 'oktaAuthorizationServer', '', 'https://acme.okta.com/oauth2/v1/token'],
		[
			'okta',
			'oktaAuthorizationServer',
			'https://acme.okta.com/oauth2/aus123',
			'https://acme.okta.com/oauth2/aus123/v1/token',
		],
		[
			'entra',
			'entraTenant',
			'https://login.microsoftonline.com/acme.onmicrosoft.com/v2.0',
			'https://login.microsoftonline.com/acme.onmicrosoft.com/oauth2/v2.0/token',
		],
		[
			'entra',
			'entraTenant',
			'acme.onmicrosoft.com/',
			'https://login.microsoftonline.com/acme.onmicrosoft.com/oauth2/v2.0/token',
		],
		[
			'entra',
			'entraCloud',
			'login.microsoftonline.us',
			'https://login.microsoftonline.us/11111111-2222-3333-4444-555555555555/oauth2/v2.0/token',
		],
		[
			'keycloak',
			'keycloakUrl',
			'id.example.com/auth/',
			'https://id.example.com/auth/realms/acme/protocol/openid-connect/token',
		],
		[
			'keycloak',
			'keycloakUrl',
			'https://id.example.com/realms/other/protocol/openid-connect/token',
			'https://id.example.com/realms/acme/protocol/openid-connect/token',
		],
		['keycloak', 'keycloakRealm', 'two words', /Realm is not valid/],
		['keycloak', 'keycloakRealm', 'a%2Fb', /Realm is not valid/],
		[
			'keycloak',
			'keycloakRealm',
			'two%20words',
			'https://id.example.com/realms/two%20words/protocol/openid-connect/token',
		],
		[
			'shopify',
			'shopifyDomain',
			'My-Store',
			'https://my-store.myshopify.com/admin/oauth/access_token',
		],
		[
			'shopify',
			'shopifyDomain',
			'https://admin.shopify.com/store/my-store/orders?x=1',
			'https://my-store.myshopify.com/admin/oauth/access_token',
		],
		[
			'salesforce',
			'salesforceDomain',
			'https://acme.lightning.force.com/lightning/page/home',
			'https://acme.my.salesforce.com/services/oauth2/token',
		],
		[
			'salesforce',
			'salesforceDomain',
			'https://acme.my.salesforce-setup.com/lightning/setup/SetupOneHome/home',
			'https://acme.my.salesforce.com/services/oauth2/token',
		],
		[
			'jamf',
			'jamfUrl',
			'https://acme.jamfcloud.com/view/settings',
			'https://acme.jamfcloud.com/api/oauth/token',
		],
		['keycloak', 'keycloakUrl', 'htps://id.example.com', /Server URL is not valid/],
		[
			'salesforce',
			'salesforceDomain',
			'acme--uat.sandbox.my.salesforce.com',
			'https://acme--uat.sandbox.my.salesforce.com/services/oauth2/token',
		],
		[
			'servicenow',
			'servicenowInstance',
			'dev12345',
			'https://dev12345.service-now.com/oauth_token.do',
		],
		['genesys', 'genesysRegion', 'apps.mypurecloud.ie', 'https://login.mypurecloud.ie/oauth/token'],
		[
			'sapbtp',
			'sapbtpUrl',
			'https://acme.authentication.eu10.hana.ondemand.com/oauth/token?grant_type=x',
			'https://acme.authentication.eu10.hana.ondemand.com/oauth/token',
		],
		[
			'pingone',
			'pingoneEnvironment',
			'https://auth.pingone.eu/cd91070f-c371-480e-80b2-753c735f8aa1/as/authorize',
			'https://auth.pingone.com/cd91070f-c371-480e-80b2-753c735f8aa1/as/token',
		],
		['entra', 'entraTenant', '../../evil', /Tenant is not valid/],
		['auth0', 'auth0Domain', 'user@evil.example', /Domain is not valid/],
		['keycloak', 'keycloakUrl', 'https://user:pass@id.example.com', /Server URL is not valid/],
	])('%s mends or refuses %s %j', (id, field, value, expected) => {
		if (expected instanceof RegExp) expect(() => read(id, { [field]: value })).toThrow(expected);
		else expect(read(id, { [field]: value }).tokenUrl).toBe(expected);
	});

	it.each([
		['https://graph.microsoft.com', 'https://graph.microsoft.com/.default'],
		['https://graph.microsoft.com/', 'https://graph.microsoft.com/.default'],
		[
			'api://11111111-2222-3333-4444-555555555555',
			'api://11111111-2222-3333-4444-555555555555/.default',
		],
		['https://graph.microsoft.com/.default', 'https://graph.microsoft.com/.default'],
		['https://graph.microsoft.com/User.Read', 'https://graph.microsoft.com/User.Read'],
	])('entra makes the scope %s %s', (scope, expected) => {
		expect(read('entra', { scope }).scope).toBe(expected);
	});

	it('takes scopes as a list, where an expression gives them so', () => {
		expect(read('okta', { scope: ['read:users', 'read:roles'] }).scope).toBe(
			'read:users read:roles',
		);
	});

	it('sends what is particular to Zoom, Adobe, Box and Dynatrace', () => {
		expect(read('zoom')).toMatchObject({
			grantType: 'account_credentials',
			extraParameters: [['account_id', 'gYz8S9w5Q5yrDoIvmdClYw']],
		});
		expect(read('adobe', { scope: 'openid, AdobeID read_organizations' }).scope).toBe(
			'openid,AdobeID,read_organizations',
		);
		expect(read('box').extraParameters).toEqual([
			['box_subject_type', 'enterprise'],
			['box_subject_id', '123456789'],
		]);
		expect(read('dynatrace').extraParameters).toEqual([
			['resource', 'urn:dtaccount:2b794097-8ad2-4b32-b923-0131da2eeddf'],
		]);
	});

	it('makes assertions for Auth0 out to the tenant, unless the person says otherwise', () => {
		const signed = { clientAuthentication: 'private_key_jwt', privateKey: CLIENT.key };
		const audienceOf = (fields: Record<string, unknown>) =>
			read('auth0', { ...signed, ...fields }).clientAuthentication;
		expect(audienceOf({})).toMatchObject({ audience: 'https://acme.eu.auth0.com/' });
		expect(audienceOf({ assertionAudience: 'https://other.example/' })).toMatchObject({
			audience: 'https://other.example/',
		});
	});

	it("sends Shopify's tokens in its own header, without a word before them", () => {
		expect(read('shopify').sending).toEqual({
			kind: 'header',
			name: 'X-Shopify-Access-Token',
			prefix: '',
		});
	});

	it('takes the tokens of eBay, whatever type it calls them', () => {
		expect(read('ebay').sending).toEqual({
			kind: 'header',
			name: 'Authorization',
			prefix: 'Bearer',
		});
	});

	it('lets http be used on servers of one’s own only where that was allowed', () => {
		const keycloakUrl = 'http://id.internal:8080';
		expect(() => read('keycloak', { keycloakUrl })).toThrow('does not use https');
		expect(read('keycloak', { keycloakUrl, allowInsecureHttp: true }).tokenUrl).toBe(
			'http://id.internal:8080/realms/acme/protocol/openid-connect/token',
		);
	});
});
