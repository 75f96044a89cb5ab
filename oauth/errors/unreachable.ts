import type { ClientCredentials } from '../client/clientCredentials';
import type { ServerAddress } from './answerErrors';
import { failureKind, failureTitle, type FailureKind } from './failureKind';
import { TokenError, type CredentialField } from './tokenError';

/**
 * The authorization server gave no answer.
 *
 * @param failure its message is safe to show. @param field which holds the server's address.
 */
export function unreachable(
	failure: { code: string; message: string },
	url: string,
	field: ServerAddress['field'],
	client: Pick<ClientCredentials, 'provider' | 'tls'>,
): TokenError {
	const { host } = new URL(url);
	const kind = failureKind(failure);
	return new TokenError(
		failureTitle(kind, host, `The authorization server ${host}`),
		advice(kind, failure, field, client),
		kind === 'noNameService' ? {} : { field: FIELDS[kind] ?? field },
	);
}

/** What mends it, where that is not the address. */
const FIELDS: Partial<Record<FailureKind, CredentialField>> = {
	refusesTls: 'TLS Certificate',
	certificateNotTrusted: 'CA Certificate',
};

function advice(
	kind: FailureKind,
	{ code, message }: { code: string; message: string },
	field: ServerAddress['field'],
	client: Pick<ClientCredentials, 'provider' | 'tls'>,
): string {
	switch (kind) {
		case 'tooLarge':
			return `It is larger than 1 MiB, but should be short. Check ${field} in the credential: it seems to be the address of a page or a file.`;
		case 'notAllowed':
			return `Check ${field} in the credential. If it is right, ask the administrator of n8n to add the host to N8N_SSRF_ALLOWED_HOSTNAMES or N8N_SSRF_ALLOWED_IP_RANGES.`;
		case 'timeout':
			return `Check ${field} in the credential, and that the machine n8n runs on can reach that server. If both are right, the server is slow: run the workflow again later.`;
		case 'brokenOff':
			return `Its response was not complete. Run the workflow again later. If it keeps happening, check ${field} in the credential (its port; http or https), and whether a proxy or firewall is in the way. (${code})`;
		case 'unreadable':
			return `It is not valid HTTP, or it is damaged. Check ${field} in the credential (its port; http or https), and whether a proxy is in the way. (${code})`;
		case 'notTls':
			return `Check ${field} in the credential: its port may be for http, or a proxy in the way may support only http. (${code})`;
		case 'unknownHost':
			return `Check the spelling of ${field} in the credential, and that the machine n8n runs on can look up host names (DNS).`;
		case 'noNameService':
			return 'The DNS server of the machine n8n runs on did not answer. Run the workflow again later. If it keeps happening, check the network settings of that machine.';
		case 'refusesTls':
			return `It requires a client certificate, or a different one. Check TLS Certificate in the credential.${fieldsOfTls(client)} (${code})`;
		case 'certificateExpired':
		case 'certificateForAnotherName':
			return `Check ${field} in the credential. If it is right, the problem is on the server's side: tell the provider.`;
		case 'certificateNotTrusted':
			return `Check ${field} in the credential. If the certificate is self-signed or from a private authority, put it or the authority's into CA Certificate.${fieldsOfTls(client)} (${code})`;
		case 'other':
			return `Check ${field} in the credential, and that the machine n8n runs on can reach that server. If n8n uses a proxy (the variable HTTPS_PROXY), check that, too. (${code}: ${message})`;
	}
}

/** How to get to see the fields of certificates, where they are not shown. */
function fieldsOfTls({ provider, tls }: Pick<ClientCredentials, 'provider' | 'tls'>): string {
	if (tls !== undefined) return '';
	const custom = provider ? 'Custom for Provider, and ' : '';
	return ` This needs ${custom}Customize TLS under Advanced Settings.`;
}
