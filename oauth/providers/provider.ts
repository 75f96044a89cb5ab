/** One field of a provider's own, such as its tenant. */
export interface ProviderField {
	/** The credential's field; begins with the provider's ID, as those of all providers lie side by side. */
	name: string;
	/** As the editor shows it. */
	label: ProviderFieldLabel;
	/**
	 * `host`: a domain name, also taken from a URL. `segment`: one part of the URL's path.
	 * `baseUrl`: scheme, host and perhaps a path. `choice`: one of the options.
	 */
	kind: 'host' | 'segment' | 'baseUrl' | 'choice';
	description: string;
	/** What a right value looks like. */
	example: string;
	default?: string;
	isOptional?: true;
	/** Of a host of which people know the first part only. */
	suffix?: string;
	/** What is often entered instead, and what it stands for. */
	mend?: readonly Mend[];
	/** `value` is what stands in the URL. */
	options?: ReadonlyArray<{ name: string; value: string }>;
}

/** A closed list, so that an error can be told which of them to name. */
export type ProviderFieldLabel =
	| 'Account ID'
	| 'Account UUID'
	| 'Authorization Server'
	| 'Cloud'
	| 'Domain'
	| 'Environment'
	| 'Environment ID'
	| 'Instance'
	| 'My Domain'
	| 'Portal Domain'
	| 'Realm'
	| 'Region'
	| 'Server URL'
	| 'Subdomain'
	| 'Subject ID'
	| 'Subject Type'
	| 'Tenant'
	| 'URL'
	| 'Workspace';

/** A pattern and its replacement, as `String.replace` takes them. */
export type Mend = readonly [pattern: RegExp, replacement: string];

/** How to get a token from one provider. Data only. */
export interface Provider {
	/** As it is stored, and the name of its recipe, `docs/providers/<id>.md`. */
	id: string;
	name: string;
	/** The provider's own documentation of this token request. */
	source: string;
	fields: readonly ProviderField[];
	/** `{name}` stands for the value of a field, `{/name}` for a slash and its value, if it has one. */
	tokenUrl: string;
	/** `chosen`: the provider lets each client have its own, so that the person has to say. */
	clientAuthentication: 'client_secret_post' | 'client_secret_basic' | 'chosen';
	/** Whom an assertion is for, unless the person says so; without it, the token URL. May hold `{name}`. */
	assertionAudience?: string;
	scope: Use;
	/** What a right scope looks like; where there is one. */
	scopeExample?: string;
	mendScope?: readonly Mend[];
	audience?: Use;
	/** Further parameters of the token request. Values may hold `{name}`. */
	parameters?: Readonly<Record<string, string>>;
	/** Further fields of the credential, as they are stored under Custom. */
	settings?: Readonly<Record<string, unknown>>;
	/** Runs on people's own servers, perhaps without https or with a certificate of their own. */
	isSelfHosted?: true;
}

/** Whether the provider makes anything of a field. */
export type Use = 'none' | 'optional' | 'required';

/** Of a provider's own fields, or the choice of it. */
export type AddressField = ProviderFieldLabel | 'Provider';

/** The field that the address of the token request comes from first; without one, the choice of the provider itself. */
export function addressField({ fields, tokenUrl }: Provider): AddressField {
	const inUrl = fields.find(({ name }) => new RegExp(`\\{/?${name}\\}`).test(tokenUrl));
	return inUrl?.label ?? 'Provider';
}

/** The page that says step by step what to do. */
export function recipeUrl({ id }: Pick<Provider, 'id'>): string {
	return `https://github.com/n8n-nodes-oauth2-client-credentials/n8n-nodes-oauth2-client-credentials/blob/main/docs/providers/${id}.md`;
}
