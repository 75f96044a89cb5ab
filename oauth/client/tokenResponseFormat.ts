import { isLifetimeUnit, type LifetimeUnit } from '../token/lifetime';
import { textOr } from './fields';

/** How a server writes its token response, where it is not as RFC 6749 §5.1 says. */
export interface TokenResponseFormat {
	/** Where the token lies, as `valuesAt` reads it. Empty: the whole body is the token. */
	tokenPath: string;
	lifetimePath: string;
	lifetimeUnit: LifetimeUnit;
}

/** RFC 6749 §5.1. */
export const STANDARD_FORMAT: Readonly<TokenResponseFormat> = {
	tokenPath: 'access_token',
	lifetimePath: 'expires_in',
	lifetimeUnit: 'seconds',
};

/** Reads the credential's section "Custom Token Response". */
export function readTokenResponseFormat(data: Record<string, unknown>): TokenResponseFormat {
	if (data.customTokenResponse !== true) return STANDARD_FORMAT;
	const { tokenPath, lifetimePath, lifetimeUnit } = data;
	return {
		tokenPath: textOr(tokenPath, STANDARD_FORMAT.tokenPath),
		lifetimePath: textOr(lifetimePath, STANDARD_FORMAT.lifetimePath),
		lifetimeUnit: isLifetimeUnit(lifetimeUnit) ? lifetimeUnit : STANDARD_FORMAT.lifetimeUnit,
	};
}
