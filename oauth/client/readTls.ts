import { TokenError } from '../errors/tokenError';
import { readAuthorities, readCertificate } from '../keys/certificate';
import { readPrivateKey } from '../keys/privateKey';
import { secretText, text } from './fields';

/** What connections need beside what the machine trusts, as PEM. */
export interface TlsSettings {
	/** The client's, with those between it and its issuer. Goes with `privateKey`. */
	certificate?: string;
	/** PKCS #8. */
	privateKey?: string;
	/** The only authorities that servers may be signed by. */
	authorities?: string;
	/** For calls of the API as well, and not only where a token is bound to the certificate. */
	forApi: boolean;
}

const FIELDS = {
	certificate: 'TLS Certificate',
	key: 'TLS Private Key',
	passphrase: 'TLS Passphrase',
} as const;

/**
 * Reads the settings of connections; `undefined` where there are none.
 *
 * @throws {TokenError} naming the field that is missing or malformed.
 */
export function readTls(data: Record<string, unknown>): TlsSettings | undefined {
	const authenticates = /^(self_signed_)?tls_client_auth$/.test(text(data.clientAuthentication));
	// Fields that are not shown do not count.
	if (!authenticates && data.customizeTls !== true) return undefined;
	const certificate = text(data.tlsCertificate);
	const privateKey = secretText(data.tlsPrivateKey);
	const authorities = text(data.caCertificate);
	if (authenticates && certificate === '') {
		throw new TokenError(
			'The TLS certificate is missing',
			'Fill in TLS Certificate in the credential: paste the whole text of the certificate that the provider has for your application.',
			{ field: 'TLS Certificate' },
		);
	}
	return {
		...((certificate !== '' || privateKey !== '') &&
			readIdentity(certificate, privateKey, secretText(data.tlsPassphrase))),
		...(authorities !== '' && { authorities: readAuthorities(authorities) }),
		forApi: data.useTlsForApi === true,
	};
}

function readIdentity(
	certificate: string,
	privateKey: string,
	passphrase: string,
): Pick<TlsSettings, 'certificate' | 'privateKey'> {
	const { pem } = readPrivateKey(privateKey, passphrase, FIELDS);
	return { certificate: readCertificate(certificate, pem, FIELDS), privateKey: pem };
}
