/** Why no answer came, as far as it can be told apart for a person. */
export type FailureKind =
	| 'tooLarge'
	| 'notAllowed'
	| 'timeout'
	| 'brokenOff'
	| 'unreadable'
	| 'notTls'
	| 'unknownHost'
	| 'noNameService'
	| 'refusesTls'
	| 'certificateExpired'
	| 'certificateForAnotherName'
	| 'certificateNotTrusted'
	| 'other';

/**
 * What to say of it first.
 * @param server what to call it: its host, or in more words.
 */
export function failureTitle(kind: FailureKind, host: string, server = host): string {
	switch (kind) {
		case 'tooLarge':
			return `The response from ${host} is too large`;
		case 'notAllowed':
			return `n8n does not allow requests to ${host}`;
		case 'timeout':
			return `${server} did not answer in time`;
		case 'brokenOff':
			return `${server} closed the connection too early`;
		case 'unreadable':
			return `The response from ${host} cannot be read`;
		case 'notTls':
			return `${host} does not speak https`;
		case 'unknownHost':
			return `There is no server named ${host}`;
		case 'noNameService':
			return `The name ${host} could not be looked up`;
		case 'refusesTls':
			return `${host} does not accept the connection`;
		case 'certificateExpired':
			return `The certificate of ${host} has expired`;
		case 'certificateForAnotherName':
			return `The certificate of ${host} is for another name`;
		case 'certificateNotTrusted':
			return `The certificate of ${host} is not trusted`;
		case 'other':
			return `${server} could not be reached`;
	}
}

/** @param code Node's, OpenSSL's or the transport's name for it. */
export function failureKind({ code, message }: { code: string; message: string }): FailureKind {
	const named = CODES[code];
	if (named !== undefined) return named;
	if (/ssrf/i.test(code)) return 'notAllowed';
	// Node's names for broken HTTP and broken compression.
	if (/^(HPE_|Z_|ERR_HTTP|ERR_BROTLI|ERR__ERROR)/.test(code)) return 'unreadable';
	if (/wrong version number|packet length too long/i.test(message)) return 'notTls';
	// TLS alerts (RFC 8446 §6.2) are what the server has against our side of the connection.
	if (/alert/i.test(`${code} ${message}`)) return 'refusesTls';
	if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code)) return 'certificateNotTrusted';
	return 'other';
}

const CODES: Partial<Record<string, FailureKind>> = {
	BODY_TOO_LARGE: 'tooLarge',
	TIMEOUT: 'timeout',
	ECONNRESET: 'brokenOff',
	EPIPE: 'brokenOff',
	ENOTFOUND: 'unknownHost',
	EAI_AGAIN: 'noNameService',
	CERT_HAS_EXPIRED: 'certificateExpired',
	ERR_TLS_CERT_ALTNAME_INVALID: 'certificateForAnotherName',
};
