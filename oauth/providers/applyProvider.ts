import { percentDecoded } from '../../text/percentDecoded';
import { IF_EXPRESSION, scopeText, text } from '../client/fields';
import { usesField } from '../client/shownFields';
import { TokenError } from '../errors/tokenError';
import { providers } from './index';
import type { Mend, Provider, ProviderField, Use } from './provider';

/** Where the person says everything themselves. */
export const CUSTOM = 'custom';

/** The provider that the credential is for; none where it is "Custom". */
export function findProvider(data: Record<string, unknown>): Provider | undefined {
	const id = text(data.provider);
	if (id === '' || id === CUSTOM) return undefined;
	const provider = providers.find((candidate) => candidate.id === id);
	if (provider !== undefined) return provider;
	throw new TokenError(
		'The provider is unknown',
		'Choose one of the offered values for Provider in the credential. Perhaps the credential was created with a newer version of this package.',
		{ field: 'Provider' },
	);
}

/**
 * The credential's fields as they would be stored under "Custom": the rest of the code knows of no
 * providers. Fields of other providers do not count.
 *
 * @throws {TokenError} naming the field that is missing or malformed.
 */
export function applyProvider(
	provider: Provider,
	data: Record<string, unknown>,
): Record<string, unknown> {
	const values = Object.fromEntries(
		provider.fields.map((field) => [field.name, readField(field, data[field.name])]),
	);
	const kept = Object.entries(data).filter(([name]) => usesField(provider, name));
	const parameters = Object.entries(provider.parameters ?? {});
	return {
		...Object.fromEntries(kept),
		tokenUrl: fill(provider.tokenUrl, values),
		...(provider.clientAuthentication !== 'chosen' && {
			clientAuthentication: provider.clientAuthentication,
		}),
		...(provider.assertionAudience !== undefined &&
			text(data.assertionAudience) === '' && {
				assertionAudience: fill(provider.assertionAudience, values),
			}),
		scope: readUsed(provider, 'Scope', provider.scope, readProviderScope(provider, data.scope)),
		audience: readUsed(provider, 'Audience', provider.audience ?? 'none', text(data.audience)),
		...(parameters.length > 0 && {
			tokenRequestParameters: {
				parameter: parameters.map(([name, value]) => ({ name, value: fill(value, values) })),
			},
		}),
		...provider.settings,
	};
}

/** Scopes as this provider wants them. */
export function readProviderScope(provider: Provider | undefined, scope: unknown): string {
	return mended(scopeText(scope), provider?.mendScope);
}

function readField(field: ProviderField, stored: unknown): string {
	const value = mended(stored === undefined ? (field.default ?? '') : text(stored), field.mend);
	if (value === '') {
		if (field.isOptional) return '';
		throw new TokenError(
			`${field.label} is missing`,
			`Fill in ${field.label} in the credential, for example ${field.example}. ${IF_EXPRESSION}`,
			{ field: field.label },
		);
	}
	const read = READERS[field.kind](value, field);
	if (read !== undefined) return read;
	throw new TokenError(
		`${field.label} is not valid`,
		`Correct ${field.label} in the credential. It should look like ${field.example}.`,
		{ field: field.label },
	);
}

type Reader = (value: string, field: ProviderField) => string | undefined;

const READERS: Record<ProviderField['kind'], Reader> = {
	host(value, { suffix }) {
		const host = value
			.replace(/^[a-z]+:\/\//i, '')
			.replace(/[/?#].*$/s, '')
			.replace(/\.$/, '')
			.toLowerCase();
		const whole = suffix !== undefined && /^[a-z\d-]+$/.test(host) ? host + suffix : host;
		return /^([a-z\d]([a-z\d-]*[a-z\d])?\.)+[a-z\d-]{2,}(:\d{1,5})?$/.test(whole)
			? whole
			: undefined;
	},
	segment(value) {
		if (/\s/.test(value)) return undefined;
		// It may come out of an address, where it is encoded already.
		const plain = percentDecoded(value);
		return /[/?#\\]|^\.+$/.test(plain) ? undefined : encodeURIComponent(plain);
	},
	baseUrl(value) {
		const absolute = /^https?:\/\//i.test(value) ? value : `https://${value}`;
		if (
			/\s/.test(value) ||
			absolute.indexOf('://') !== absolute.lastIndexOf('://') ||
			!URL.canParse(absolute)
		)
			return undefined;
		const { protocol, username, password, host, pathname } = new URL(absolute);
		if (username !== '' || password !== '') return undefined;
		return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
	},
	choice: (value, { options }) =>
		options?.some((option) => option.value === value) ? value : undefined,
};

function readUsed(
	{ name, scopeExample }: Provider,
	label: 'Scope' | 'Audience',
	use: Use,
	value: string,
): string {
	if (use === 'none') return '';
	if (use === 'optional' || value !== '') return value;
	const example = label === 'Scope' && scopeExample ? `, for example ${scopeExample}` : '';
	throw new TokenError(
		`${label} is missing`,
		`${name} issues no token without it. Fill in ${label} in the credential${example}. ${IF_EXPRESSION}`,
		{ field: label },
	);
}

function fill(template: string, values: Record<string, string>): string {
	return template.replace(/\{(\/?)(\w+)\}/g, (_all, slash: string, name: string) => {
		const value = values[name] ?? '';
		return value === '' ? '' : slash + value;
	});
}

function mended(value: string, mend: readonly Mend[] = []): string {
	return mend.reduce(
		(before, [pattern, replacement]) => before.replace(pattern, replacement),
		value,
	);
}
