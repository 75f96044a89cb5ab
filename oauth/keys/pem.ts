/** One block of a PEM text. RFC 7468. */
export interface PemBlock {
	/** Such as `PRIVATE KEY`. */
	label: string;
	/** The block, in lines as OpenSSL wants them. */
	pem: string;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+?)-----([\s\S]*?)-----END \1-----/g;
/** RFC 1421 §4.6: how OpenSSL writes an encrypted key that is not PKCS #8. */
const ENCRYPTED = /^\s*Proc-Type:\s*4,\s*ENCRYPTED\s+DEK-Info:\s*(\S+)\s+/;

/**
 * The blocks of a PEM text. Lenient: fields of one line turn line breaks into spaces, and files in
 * JSON or environment variables have them as `\n`.
 */
export function readPem(text: string): PemBlock[] {
	const plain = text.replace(/(\\r)?\\n/g, '\n');
	return [...plain.matchAll(BLOCK)].map(([, label = '', content = '']) => {
		const dek = ENCRYPTED.exec(content);
		const base64 = content.replace(ENCRYPTED, '').replace(/\s+/g, '');
		const lines = base64.match(/.{1,64}/g) ?? [];
		const headers = dek ? ['Proc-Type: 4,ENCRYPTED', `DEK-Info: ${dek[1]}`, ''] : [];
		const all = [`-----BEGIN ${label}-----`, ...headers, ...lines, `-----END ${label}-----`];
		return { label, pem: `${all.join('\n')}\n` };
	});
}
