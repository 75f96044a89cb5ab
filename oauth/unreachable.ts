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
			`The response from ${host} is too large`,
			`It is larger than 1 MiB, but should be short. Check ${field} in the credential: it seems to be the address of a page or a file.`,
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
			`The authorization server ${host} closed the connection too early`,
			`Its response was not complete. Run the workflow again later. If it keeps happening, check ${field} in the credential (its port; http or https), and whether a proxy or firewall is in the way. (${code})`,
			{ field },
		);
	}
	// Node's names for broken HTTP and broken compression.
	if (/^(HPE_|Z_|ERR_HTTP|ERR_BROTLI|ERR__ERROR)/.test(code)) {
		return new TokenError(
			`The response from ${host} cannot be read`,
			`It is not valid HTTP, or it is damaged. Check ${field} in the credential (its port; http or https), and whether a proxy is in the way. (${code})`,
			{ field },
		);
	}
	if (/wrong version number|packet length too long/i.test(message)) {
		return new TokenError(
			`${host} does not speak https`,
			`Check ${field} in the credential: its port may be for http, or a proxy in the way may support only http. (${code})`,
			{ field },
		);
	}
	if (code === 'ENOTFOUND') {
		return new TokenError(
			`There is no server named ${host}`,
			`Check the spelling of ${field} in the credential, and that the machine n8n runs on can look up host names (DNS).`,
			{ field },
		);
	}
	if (code === 'EAI_AGAIN') {
		return new TokenError(
			`The name ${host} could not be looked up`,
			'The DNS server of the machine n8n runs on did not answer. Run the workflow again later. If it keeps happening, check the network settings of that machine.',
		);
	}
	// TLS alerts (RFC 8446 §6.2) are what the server has against our side of the connection.
	if (/alert/i.test(`${code} ${message}`)) {
		return new TokenError(
			`${host} does not accept the connection`,
			`It requires a client certificate, or a different one. Check TLS Certificate in the credential. The field is shown if Client Authentication is Client Certificate, or if Customize TLS is on under Advanced Settings. (${code})`,
			{ field: 'TLS Certificate' },
		);
	}
	if (code === 'CERT_HAS_EXPIRED' || code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
		return new TokenError(
			`The certificate of ${host} ${code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is for another name'}`,
			`Check ${field} in the credential. If it is right, the problem is on the server's side: tell the provider.`,
			{ field },
		);
	}
	if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code)) {
		return new TokenError(
			`The certificate of ${host} is not trusted`,
			`Check ${field} in the credential. If the certificate is self-signed or comes from a private authority, turn on Advanced Settings and Customize TLS, and put the certificate of that authority (or the self-signed one) into CA Certificate. (${code})`,
			{ field: 'CA Certificate' },
		);
	}
	return new TokenError(
		`The authorization server ${host} could not be reached`,
		`Check ${field} in the credential, and that the machine n8n runs on can reach that server. (${code}: ${message})`,
		{ field },
	);
}
