import { isJsonObject, parseJson } from '../../text/json';
import { messageIn } from '../../text/messageIn';
import { valuesAt } from '../../text/valuesAt';
import type { TokenResponseFormat } from '../client/tokenResponseFormat';
import { lifetimeSeconds } from '../token/lifetime';

/** A token endpoint's answer, as far as it is read here. */
export interface TokenEndpointResponse {
	status: number;
	body: Buffer;
	/** When the try was sent that it answers; absent where that is when the request was. In milliseconds since the epoch. */
	sentAtMs?: number;
	/** The server's clock, as its `Date` header tells it. RFC 9110 §6.6.1. */
	date?: string;
	/** When it wants to be asked again, in milliseconds since the epoch. RFC 9110 §10.2.3. */
	retryAtMs?: number;
	/** For the next proof. RFC 9449 §8. */
	dpopNonce?: string;
}

/**
 * Makes a real server's near-miss the response that RFC 6749 §5 describes, so that the strict
 * reader behind it accepts it: lenient in what is accepted, and nothing is made up that matters.
 * Returns `undefined` where there is neither a token response nor an OAuth error.
 *
 * @param format `anyType`: the token is sent in a way of its own, whatever its `token_type`.
 */
export function conformingResponse(
	{ status, body }: TokenEndpointResponse,
	format: TokenResponseFormat & { anyType?: boolean },
	nowMs: number,
): Response | undefined {
	if (format.tokenPath === '') {
		const token = bareToken(body);
		if (token !== undefined && status < 400) return tokenResponse({ access_token: token });
	}
	const fields = readFields(body);
	if (fields === undefined) return undefined;
	const token = trimmed(valuesAt(fields, format.tokenPath)[0]);
	if (isErrorCode(fields.error) && !token) return errorResponse(fields);
	if (status >= 400) return undefined;
	const [told] = valuesAt(fields, format.lifetimePath);
	return tokenResponse({
		access_token: token,
		token_type: format.anyType ? undefined : fields.token_type,
		expires_in: lifetimeSeconds(told, format.lifetimeUnit, nowMs),
		scope: fields.scope,
	});
}

/** The members of a JSON object, even of one alone in a list, or of a form (GitHub's default). */
export function readFields(body: Buffer): Record<string, unknown> | undefined {
	const text = bodyText(body);
	const json = parseJson(text);
	const only = Array.isArray(json) && json.length === 1 ? (json[0] as unknown) : json;
	if (isJsonObject(only)) return only;
	return FORM.test(text) ? Object.fromEntries(new URLSearchParams(text)) : undefined;
}

const FORM = /^[\w.%+-]+=[^\s<>{}"]*$/;

/** A body that is nothing but a token, perhaps as a JSON text. RFC 6749 §A.12. */
function bareToken(body: Buffer): string | undefined {
	const text = bodyText(body);
	const json = parseJson(text);
	const token = json === undefined ? text : json;
	return typeof token === 'string' && /^[\w.~+/:|-]+=*$/.test(token) ? token : undefined;
}

/** Some servers print the token's line end, too. */
function trimmed(value: unknown): unknown {
	return typeof value === 'string' ? value.trim() : value;
}

function isErrorCode(value: unknown): value is string {
	return typeof value === 'string' && value !== '';
}

/** The reader takes only 4xx for an error response; some servers say 200 or 500 instead. */
export function errorResponse({ error, ...others }: Record<string, unknown>): Response {
	const words = messageIn(others);
	return jsonResponse({ error, ...(words !== undefined && { error_description: words }) }, 400);
}

function tokenResponse({
	access_token,
	token_type,
	expires_in,
	scope,
}: {
	access_token: unknown;
	token_type?: unknown;
	expires_in?: number;
	scope?: unknown;
}): Response {
	return jsonResponse(
		{
			access_token,
			token_type: conformingType(token_type),
			expires_in,
			...(typeof scope === 'string' && { scope }),
		},
		// 201 and the like.
		200,
	);
}

/**
 * RFC 6749 §5.1 requires a type; servers that leave it out mean the only one they have, and some
 * have a longer name for it (Apigee: "BearerToken").
 */
function conformingType(value: unknown): string {
	return typeof value !== 'string' || /^\s*(bearer.*)?$/is.test(value) ? 'Bearer' : value.trim();
}

/** As JSON whatever the content type says. No other header: the reader would act on it. */
function jsonResponse(json: Record<string, unknown>, status: number): Response {
	return new Response(JSON.stringify(json), {
		status,
		headers: { 'content-type': 'application/json' },
	});
}

function bodyText(body: Buffer): string {
	return body
		.toString('utf8')
		.replace(/^\uFEFF/, '')
		.trim();
}
