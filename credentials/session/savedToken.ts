import type { IDataObject } from 'n8n-workflow';
import type { AccessToken } from '../../oauth/token/accessToken';
import { isJsonObject, parseJson } from '../../text/json';

/** The credential's hidden fields (`fields/session.ts`) that hold a token, as n8n shall save them. */
export function toFields(token: AccessToken, key: string): IDataObject {
	const { value, type, expiresAtMs, renewAtMs } = token;
	return {
		session: '',
		// By itself, so that n8n's own nodes hide it wherever they show a request.
		accessToken: value,
		accessTokenDetails: JSON.stringify({ key, type, expiresAtMs, renewAtMs }),
	};
}

/**
 * The token in these fields, unless it has expired or belongs to another token request: the secret,
 * say, has changed since.
 *
 * @param key the cache key of what the credential asks for now.
 */
export function fromFields(
	fields: IDataObject,
	key: string,
	nowMs: number,
): AccessToken | undefined {
	const { accessToken: value, accessTokenDetails } = fields;
	if (typeof value !== 'string' || value === '') return undefined;
	const json = typeof accessTokenDetails === 'string' ? parseJson(accessTokenDetails) : undefined;
	// Of another version of this package, perhaps: it counts as no token.
	const details = isJsonObject(json) ? json : {};
	const { type, expiresAtMs, renewAtMs } = details;
	return details.key === key &&
		(type === 'Bearer' || type === 'DPoP') &&
		typeof expiresAtMs === 'number' &&
		typeof renewAtMs === 'number' &&
		nowMs < expiresAtMs
		? { value, type, expiresAtMs, renewAtMs }
		: undefined;
}
