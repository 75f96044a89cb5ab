import { decodeJwt } from 'jose';
import type { TlsSettings } from '../client/readTls';

/** As Node wants it; PEM. */
interface ConnectionTls {
	cert?: string;
	key?: string;
	ca?: string;
}

/** For connections to the authorization server. */
export function serverTls(settings: TlsSettings | undefined): ConnectionTls | undefined {
	return settings && { ...identity(settings), ...authorities(settings) };
}

/**
 * For connections to the API: where the user wants it, or the token is bound to the certificate.
 * RFC 8705 §3.
 */
export function apiTls(
	settings: TlsSettings | undefined,
	accessToken: string,
): ConnectionTls | undefined {
	if (settings?.forApi) return serverTls(settings);
	return settings?.certificate !== undefined && isCertificateBound(accessToken)
		? identity(settings)
		: undefined;
}

function identity({ certificate, privateKey }: TlsSettings): ConnectionTls {
	return certificate !== undefined && privateKey !== undefined
		? { cert: certificate, key: privateKey }
		: {};
}

function authorities({ authorities: ca }: TlsSettings): ConnectionTls {
	return ca === undefined ? {} : { ca };
}

/** A hint only: of a token that is not a JWT the user has to say it. RFC 8705 §3.1. */
function isCertificateBound(accessToken: string): boolean {
	try {
		const { cnf } = decodeJwt<{ cnf?: { 'x5t#S256'?: unknown } }>(accessToken);
		return cnf?.['x5t#S256'] !== undefined;
	} catch {
		return false;
	}
}
