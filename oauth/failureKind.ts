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
