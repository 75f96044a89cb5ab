import type { GenericValue, IDataObject, IHttpRequestOptions } from 'n8n-workflow';
import { isForm, mayHaveBody, sendToken, type Sending } from '../../oauth/client/sending';
import { TokenError } from '../../oauth/errors/tokenError';
import type { AccessToken } from '../../oauth/token/accessToken';

/** A request as n8n's nodes make it; the older ones have `uri` and `form`. */
export interface NodeRequest extends IHttpRequestOptions {
	uri?: string;
	form?: IDataObject;
}

/**
 * Puts the token into the request, in n8n's own terms.
 *
 * @throws {TokenError} where it shall go into a form, and the request can have none.
 */
export function putToken(request: NodeRequest, token: AccessToken, sending: Sending): void {
	switch (sending.kind) {
		case 'authorization':
		case 'header': {
			const sent = sendToken({ method: '', url: '', headers: {} }, token, sending).headers;
			const names = Object.keys(sent).map((name) => name.toLowerCase());
			const others = Object.entries(request.headers ?? {}).filter(
				([name]) => !names.includes(name.toLowerCase()),
			);
			// n8n adds "Authorization" again on a redirect to another origin; not in lower case.
			request.headers = { ...Object.fromEntries(others), ...lowerCased(sent) };
			return;
		}
		case 'query':
			request.qs = { ...request.qs, [sending.name]: token.value };
			return;
		case 'form':
			putIntoForm(request, sending.name, token.value);
	}
}

function putIntoForm(request: NodeRequest, name: string, value: string): void {
	const { body, form, method = 'GET' } = request;
	const canHaveBody = mayHaveBody(method);
	if (form !== undefined || (request.uri !== undefined && body === undefined && canHaveBody)) {
		request.form = { ...form, [name]: value };
	} else if (body === undefined && canHaveBody) {
		request.body = new URLSearchParams([[name, value]]);
	} else if (body instanceof URLSearchParams) {
		body.set(name, value);
	} else if (isForm(request.headers ?? {}) && typeof body === 'object') {
		request.body = { ...(body as Record<string, GenericValue>), [name]: value };
	} else {
		throw new TokenError(
			'The token must be sent in a form, but this call has none',
			'Send a body, and choose Form URL Encoded for Body Content Type. Or choose something else for Send Token As in the credential.',
		);
	}
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
	);
}
