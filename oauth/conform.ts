/** A token endpoint's answer, as far as it is read here. */
export interface TokenEndpointResponse {
	status: number;
	body: Buffer;
	/** The server's clock, as its `Date` header tells it. RFC 9110 §6.6.1. */
	date?: string;
}

/**
 * Makes a real server's near-miss the response that RFC 6749 §5 describes, so that the strict
 * reader behind it accepts it: lenient in what is accepted, and nothing is made up that matters.
 * Returns `undefined` where there is neither a token response nor an OAuth error.
 */
export function conformingResponse({ status, body }: TokenEndpointResponse): Response | undefined {
	const json = parseJsonObject(body);
	if (json === undefined) return undefined;
	if (isErrorCode(json.error) && !json.access_token) return errorResponse(json);
	return status < 400 ? successResponse(json) : undefined;
}

function isErrorCode(value: unknown): value is string {
	return typeof value === 'string' && value !== '';
}

/** The reader takes only 4xx for an error response; some servers say 200 or 500 instead. */
function errorResponse(json: Record<string, unknown>): Response {
	const { error, error_description } = json;
	return jsonResponse(
		{ error, ...(typeof error_description === 'string' && { error_description }) },
		400,
	);
}

function successResponse(json: Record<string, unknown>): Response {
	const { access_token, token_type, expires_in } = json;
	const isTold = typeof expires_in === 'number' || typeof expires_in === 'string';
	const expiresIn = isTold ? Number(expires_in) : NaN;
	return jsonResponse(
		{
			access_token,
			token_type: conformingType(token_type),
			...(Number.isFinite(expiresIn) && expiresIn > 0 && { expires_in: expiresIn }),
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
	return typeof value !== 'string' || /^(bearer.*)?$/i.test(value) ? 'Bearer' : value;
}

/** As JSON whatever the content type says. No other header: the reader would act on it. */
function jsonResponse(json: Record<string, unknown>, status: number): Response {
	return new Response(JSON.stringify(json), {
		status,
		headers: { 'content-type': 'application/json' },
	});
}

function parseJsonObject(body: Buffer): Record<string, unknown> | undefined {
	try {
		const json: unknown = JSON.parse(body.toString('utf8').replace(/^\uFEFF/, ''));
		return typeof json === 'object' && json !== null && !Array.isArray(json)
			? (json as Record<string, unknown>)
			: undefined;
	} catch {
		// HTML, form-encoded, empty: the caller says what came instead.
		return undefined;
	}
}
