import type { Provider, ProviderFieldLabel } from '../providers/provider';

/** How a client proves who it is, where the provider leaves that to each client. */
const AUTHENTICATION = [
	...['clientAuthentication', 'privateKey', 'privateKeyPassphrase', 'certificate', 'keyId'],
	...['signatureAlgorithm', 'secretAlgorithm', 'assertionAudience', 'assertionLifetime'],
	...['tlsCertificate', 'tlsPrivateKey', 'tlsPassphrase', 'caCertificate', 'useTlsForApi'],
];
/** What concerns the way to a server of one's own. */
const WAY = ['allowInsecureHttp', 'ignoreSSLIssues'];

/**
 * Whether the provider makes something of a general field. All others are for "Custom" only: what is
 * still stored in them must not count, where nobody sees it.
 */
export function usesField(provider: Provider, name: string): boolean {
	const isChosen = provider.clientAuthentication === 'chosen';
	const isSelfHosted = provider.isSelfHosted === true;
	if (name === 'clientId' || name === 'clientSecret') return true;
	if (name === 'scope') return provider.scope !== 'none';
	if (name === 'audience') return (provider.audience ?? 'none') !== 'none';
	if (WAY.includes(name)) return isSelfHosted;
	return AUTHENTICATION.includes(name) && isChosen;
}

/** General fields that errors name, by their names in the editor. */
const NAMES = {
	'Client ID': 'clientId',
	'Client Authentication': 'clientAuthentication',
	Scope: 'scope',
	Audience: 'audience',
	'Token Request Parameters': 'tokenRequestParameters',
} as const;

export type GeneralField = keyof typeof NAMES;

/** Those of these fields that the credential shows for this provider; `Client ID` where there are none. */
export function shownOf(
	labels: readonly GeneralField[],
	provider: Provider | undefined,
): [GeneralField, ...GeneralField[]] {
	const [first = 'Client ID', ...others] = labels.filter(
		(label) => provider === undefined || usesField(provider, NAMES[label]),
	);
	return [first, ...others];
}

/** The fields that there are for the chosen provider only. */
export function ownFields(provider: Provider | undefined): ProviderFieldLabel[] {
	return provider?.fields.map(({ label }) => label) ?? [];
}

/** As a sentence names them: "Client ID, Scope and Audience". */
export function listed(labels: readonly string[]): string {
	return labels.join(', ').replace(/, (?=[^,]*$)/, ' and ');
}
