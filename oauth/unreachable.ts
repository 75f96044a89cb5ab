import { TokenError } from './errors';

/**
 * The authorization server gave no answer.
 *
 * @param failure its message is safe to show. @param field which holds the server's address.
 */
export function unreachable(
	{ code, message }: { code: string; message: string },
	url: string,
	field: 'Token URL' | 'Issuer URL' | 'Introspection URL' | 'Revocation URL',
): TokenError {
	const { host } = new URL(url);
	if (code === 'BODY_TOO_LARGE') {
		return new TokenError(
			`The answer of ${host} is too large`,
			`It is over 1 MiB, and what is asked for is short. Check ${field} in the credential: it seems to be the address of a page or a file.`,
			{ field },
		);
	}
	if (/ssrf/i.test(code)) {
		return new TokenError(
			`n8n does not allow requests to ${host}`,
			`Check ${field} in the credential. If it is right, ask the administrator of n8n to add the host to N8N_SSRF_ALLOWED_HOSTNAMES or N8N_SSRF_ALLOWED_IP_RANGES.`,
			{ field },
		);
	}
	if (code === 'TIMEOUT') {
		return new TokenError(
			`The authorization server ${host} did not answer in time`,
			`Check ${field} in the credential, and that the machine n8n runs on can reach that server. If both are right, the server is slow: run the workflow again later.`,
			{ field },
		);
	}
	if (code === 'ECONNRESET' || code === 'EPIPE') {
		return new TokenError(
			`The authorization server ${host} broke the connection off`,
			`Its answer was not complete. Run the workflow again later; if it stays, check ${field} in the credential (its port, http or https), and whether a proxy or firewall is in between. (${code})`,
			{ field },
		);
	}
	// Node's names for broken HTTP and broken compression.
	if (/^(HPE_|Z_|ERR_HTTP|ERR_BROTLI|ERR__ERROR)/.test(code)) {
		return new TokenError(
			`The answer of ${host} cannot be read`,
			`It is no HTTP, or broken. Check ${field} in the credential (its port, http or https), and whether a proxy is in between. (${code})`,
			{ field },
		);
	}
	if (/wrong version number|packet length too long/i.test(message)) {
		return new TokenError(
			`${host} does not speak https`,
			`Check ${field} in the credential: its port may be one for http, or a proxy in between speaks http only. (${code})`,
			{ field },
		);
	}
	if (code === 'ENOTFOUND') {
		return new TokenError(
			`There is no server named ${host}`,
			`Check the spelling of ${field} in the credential, and that the machine n8n runs on can look up names on the network.`,
			{ field },
		);
	}
	if (code === 'EAI_AGAIN') {
		return new TokenError(
			`The name ${host} could not be looked up`,
			'The name service of the machine n8n runs on did not answer. Run the workflow again later; if it stays, check its network settings.',
		);
	}
	// TLS alerts (RFC 8446 §6.2) are what the server has against our side of the connection.
	if (/alert/i.test(`${code} ${message}`)) {
		return new TokenError(
			`${host} does not accept the connection`,
			`It wants a client certificate, or another one: check TLS Certificate in the credential; it is there when Client Authentication is Client Certificate, or Customize TLS is on, under Advanced Settings. (${code})`,
			{ field: 'TLS Certificate' },
		);
	}
	if (code === 'CERT_HAS_EXPIRED' || code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
		return new TokenError(
			`The certificate of ${host} ${code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is for another name'}`,
			`Check ${field} in the credential. If it is right, the fault is on the side of the server: tell the provider.`,
			{ field },
		);
	}
	if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code)) {
		return new TokenError(
			`The certificate of ${host} is not trusted`,
			`Check ${field} in the credential. If the server uses a certificate of its own, turn on Advanced Settings and Customize TLS, and put that of its authority into CA Certificate. (${code})`,
			{ field: 'CA Certificate' },
		);
	}
	return new TokenError(
		`The authorization server ${host} could not be reached`,
		`Check ${field} in the credential, and that the machine n8n runs on can reach that server. (${code}: ${message})`,
		{ field },
	);
}
