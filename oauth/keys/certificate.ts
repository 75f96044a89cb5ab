import { createHash, createPrivateKey, X509Certificate } from 'crypto';
import { TokenError } from '../errors/tokenError';
import { readPem } from './pem';

/** The fields of the credential that certificate and key were read from. */
export interface CertificateFields {
	certificate: 'Certificate' | 'TLS Certificate';
	key: 'Private Key' | 'TLS Private Key';
}

const SIGNING_FIELDS: CertificateFields = { certificate: 'Certificate', key: 'Private Key' };

/**
 * A pasted certificate, perhaps with those between it and its issuer, as PEM.
 *
 * @throws {TokenError} where it is none, or belongs to another key.
 */
export function readCertificate(
	text: string,
	privateKey: string,
	fields: CertificateFields = SIGNING_FIELDS,
): string {
	const { certificate: field } = fields;
	const pem = readPem(text)
		.filter(({ label }) => label === 'CERTIFICATE')
		.map((block) => block.pem);
	const [own] = pem.map(parse);
	if (own === undefined) {
		throw new TokenError(
			'The certificate cannot be read',
			`Paste the whole certificate as text (PEM) into ${field} in the credential: it begins with -----BEGIN CERTIFICATE-----. Convert a .pfx or .p12 file first, for example with "openssl pkcs12".`,
			{ field },
		);
	}
	if (!own.checkPrivateKey(createPrivateKey(privateKey))) {
		throw new TokenError(
			'The certificate does not match the private key',
			`Check ${field} and ${fields.key} in the credential: both must come from the same key pair. If you paste several certificates, that of your application must be the first.`,
			{ field },
		);
	}
	return pem.join('');
}

/**
 * The certificates of authorities that servers may be signed by, as PEM.
 *
 * @throws {TokenError} where they cannot be read.
 */
export function readAuthorities(text: string): string {
	const blocks = readPem(text);
	if (blocks.length > 0 && blocks.every(({ pem }) => parse(pem) !== undefined)) {
		return blocks.map(({ pem }) => pem).join('');
	}
	throw new TokenError(
		'The CA certificate cannot be read',
		'Paste the certificate of the authority as text (PEM) into CA Certificate in the credential: it begins with -----BEGIN CERTIFICATE-----. You may paste several, one after the other.',
		{ field: 'CA Certificate' },
	);
}

/** How a server that knows the certificate finds it. RFC 7515 §4.1.7 and §4.1.8. */
export function thumbprints(certificate: string): { x5t: string; 'x5t#S256': string } {
	const der = new X509Certificate(certificate).raw;
	const digest = (algorithm: string): string =>
		createHash(algorithm).update(der).digest('base64url');
	return { x5t: digest('sha1'), 'x5t#S256': digest('sha256') };
}

function parse(pem: string): X509Certificate | undefined {
	try {
		return new X509Certificate(pem);
	} catch {
		return undefined;
	}
}
