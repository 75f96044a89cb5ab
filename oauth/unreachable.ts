import type { ServerAddress } from './answerErrors';
import type { ClientCredentials } from './clientCredentials';
import { TokenError } from './errors';
import { failureKind } from './failureKind';

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
	const { code, message } = failure;
	const kind = failureKind(failure);
	switch (kind) {
		case 'tooLarge':
			return new TokenError(
				`The response from ${host} is too large`,
				`It is larger than 1 MiB, but should be short. Check ${field} in the credential: it seems to be the address of a page or a file.`,
				{ field },
			);
		case 'notAllowed':
			return new TokenError(
				`n8n does not allow requests to ${host}`,
				`Check ${field} in the credential. If it is right, ask the administrator of n8n to add the host to N8N_SSRF_ALLOWED_HOSTNAMES or N8N_SSRF_ALLOWED_IP_RANGES.`,
				{ field },
			);
		case 'timeout':
			return new TokenError(
				`The authorization server ${host} did not answer in time`,
				`Check ${field} in the credential, and that the machine n8n runs on can reach that server. If both are right, the server is slow: run the workflow again later.`,
				{ field },
			);
		case 'brokenOff':
			return new TokenError(
				`The authorization server ${host} closed the connection too early`,
				`Its response was not complete. Run the workflow again later. If it keeps happening, check ${field} in the credential (its port; http or https), and whether a proxy or firewall is in the way. (${code})`,
				{ field },
			);
		case 'unreadable':
			return new TokenError(
				`The response from ${host} cannot be read`,
				`It is not valid HTTP, or it is damaged. Check ${field} in the credential (its port; http or https), and whether a proxy is in the way. (${code})`,
				{ field },
			);
		case 'notTls':
			return new TokenError(
				`${host} does not speak https`,
				`Check ${field} in the credential: its port may be for http, or a proxy in the way may support only http. (${code})`,
				{ field },
			);
		case 'unknownHost':
			return new TokenError(
				`There is no server named ${host}`,
				`Check the spelling of ${field} in the credential, and that the machine n8n runs on can look up host names (DNS).`,
				{ field },
			);
		case 'noNameService':
			return new TokenError(
				`The name ${host} could not be looked up`,
				'The DNS server of the machine n8n runs on did not answer. Run the workflow again later. If it keeps happening, check the network settings of that machine.',
			);
		case 'refusesTls':
			return new TokenError(
				`${host} does not accept the connection`,
				`It requires a client certificate, or a different one. Check TLS Certificate in the credential.${fieldsOfTls(client)} (${code})`,
				{ field: 'TLS Certificate' },
			);
		case 'certificateExpired':
		case 'certificateForAnotherName':
			return new TokenError(
				`The certificate of ${host} ${kind === 'certificateExpired' ? 'has expired' : 'is for another name'}`,
				`Check ${field} in the credential. If it is right, the problem is on the server's side: tell the provider.`,
				{ field },
			);
		case 'certificateNotTrusted':
			return new TokenError(
				`The certificate of ${host} is not trusted`,
				`Check ${field} in the credential. If the certificate is self-signed or from a private authority, put it or the authority's into CA Certificate.${fieldsOfTls(client)} (${code})`,
				{ field: 'CA Certificate' },
			);
		case 'other':
			return new TokenError(
				`The authorization server ${host} could not be reached`,
				`Check ${field} in the credential, and that the machine n8n runs on can reach that server. If n8n uses a proxy (the variable HTTPS_PROXY), check that, too. (${code}: ${message})`,
				{ field },
			);
	}
}

/** How to get to see the fields of certificates, where they are not shown. */
function fieldsOfTls({ provider, tls }: Pick<ClientCredentials, 'provider' | 'tls'>): string {
	if (tls !== undefined) return '';
	const custom = provider ? 'Custom for Provider, and ' : '';
	return ` This needs ${custom}Customize TLS under Advanced Settings.`;
}
