import type { TokenEndpointResponse } from './conform';

/** A request to the authorization server: for a token, or for what it says about itself. */
export interface TokenRequest {
	method: 'GET' | 'POST';
	url: string;
	headers: Record<string, string>;
	/** A form; none with GET. RFC 6749 §4.4.2. */
	body?: string;
	/** The same for another try, where it is good for one use, as assertions are. RFC 7523 §3. */
	again?: () => Promise<TokenRequest>;
}

/** What came of it. `location` is that of a redirect. */
export type TokenRequestOutcome =
	| { kind: 'response'; response: TokenEndpointResponse & { location?: string } }
	| { kind: 'failed'; code: string; message: string };

/** Sends a token request, with what retries it needs, and follows no redirect. */
export type TokenRequestSender = (
	request: TokenRequest,
	signal?: AbortSignal,
) => Promise<TokenRequestOutcome>;
