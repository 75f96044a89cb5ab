import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'crypto';

const ALGORITHM = 'aes-256-gcm';
const SALT_BYTES = 16;
/** NIST SP 800-38D §8.2. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts so that only who holds `secret` can read it, and only in the place that `context` names.
 * Layout, base64url: salt (16) · IV (12) · tag (16) · ciphertext.
 * AES-256-GCM; the key comes from the secret by HKDF-SHA-256 (RFC 5869) with a salt of its own.
 */
export function seal(plaintext: string, secret: string, context: string): string {
	const salt = randomBytes(SALT_BYTES);
	const iv = randomBytes(IV_BYTES);
	const cipher = createCipheriv(ALGORITHM, deriveKey(secret, salt), iv);
	cipher.setAAD(Buffer.from(context));
	const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
	return Buffer.concat([salt, iv, cipher.getAuthTag(), ciphertext]).toString('base64url');
}

/** The plaintext, or `undefined` where it was sealed otherwise or has been changed since. */
export function open(sealed: string, secret: string, context: string): string | undefined {
	const bytes = Buffer.from(sealed, 'base64url');
	// Node's decoder skips what it does not know: only the text that was written is a record.
	if (bytes.toString('base64url') !== sealed) return undefined;
	if (bytes.length < SALT_BYTES + IV_BYTES + TAG_BYTES) return undefined;
	const salt = bytes.subarray(0, SALT_BYTES);
	const iv = bytes.subarray(SALT_BYTES, SALT_BYTES + IV_BYTES);
	const tag = bytes.subarray(SALT_BYTES + IV_BYTES, SALT_BYTES + IV_BYTES + TAG_BYTES);
	const ciphertext = bytes.subarray(SALT_BYTES + IV_BYTES + TAG_BYTES);
	const decipher = createDecipheriv(ALGORITHM, deriveKey(secret, salt), iv, {
		authTagLength: TAG_BYTES,
	});
	decipher.setAAD(Buffer.from(context));
	decipher.setAuthTag(tag);
	try {
		return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
	} catch {
		// Another secret, another context, or changed bytes: the tag does not fit.
		return undefined;
	}
}

function deriveKey(secret: string, salt: Buffer): Buffer {
	const info = 'n8n-nodes-oauth2-client-credentials token 1';
	return Buffer.from(hkdfSync('sha256', secret, salt, info, 32));
}
