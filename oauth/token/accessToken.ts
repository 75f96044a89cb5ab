import { decodeJwt } from 'jose';

export interface AccessToken {
	value: string;
	/** The scheme of the `Authorization` header. RFC 6749 §7.1. */
	type: 'Bearer' | 'DPoP';
	/** What it allows, as the server says, else as it was asked for. RFC 6749 §5.1. */
	scope?: string;
	/** Milliseconds since the epoch. */
	expiresAtMs: number;
	/** Nobody has said how long it lasts. */
	isLifetimeAssumed?: true;
	/** From here on a new one is asked for. Before `expiresAtMs`. */
	renewAtMs: number;
	/** The private key that a DPoP token is bound to: PEM, PKCS #8. RFC 9449. */
	proofKey?: string;
}

/** Where neither the server nor the token says how long it lasts. */
const UNKNOWN_LIFETIME_MS = 300_000;
const RENEW_EARLY_MS = 60_000;
/** Of short lifetimes: a fixed minute would leave nothing of them. */
const RENEW_EARLY_PART = 0.2;

/**
 * @param expiresInSeconds the response's `expires_in`, if it had one.
 * @param requestedAtMs when the token was asked for, by the try that was answered: its lifetime cannot have begun earlier.
 */
export function createAccessToken(
	value: string,
	type: AccessToken['type'],
	expiresInSeconds: number | undefined,
	requestedAtMs: number,
): AccessToken {
	const toldMs =
		expiresInSeconds !== undefined ? expiresInSeconds * 1000 : jwtLifetimeMs(value, requestedAtMs);
	const lifetimeMs = toldMs ?? UNKNOWN_LIFETIME_MS;
	const expiresAtMs = requestedAtMs + lifetimeMs;
	const earlyMs = Math.min(RENEW_EARLY_MS, lifetimeMs * RENEW_EARLY_PART);
	return {
		value,
		type,
		expiresAtMs,
		...(toldMs === undefined && { isLifetimeAssumed: true as const }),
		renewAtMs: expiresAtMs - earlyMs,
	};
}

/** A hint only: the token is the API's to read, and the client cannot verify it. RFC 9068 §6. */
function jwtLifetimeMs(value: string, nowMs: number): number | undefined {
	try {
		const { exp, iat } = decodeJwt(value);
		if (typeof exp !== 'number') return undefined;
		// From the server's own two times, where it gives both: ours may be wrong.
		const lifetimeMs = exp * 1000 - (typeof iat === 'number' ? iat * 1000 : nowMs);
		return lifetimeMs > 0 ? lifetimeMs : undefined;
	} catch {
		// Not a JWT: an opaque token says nothing.
		return undefined;
	}
}
