import { allowInsecureRequests, customFetch } from 'oauth4webapi';
import { FORM_TYPE } from '../client/sending';
import type { TokenRequest } from './tokenRequest';

/** What the protocol library is to send its request by. */
export interface LibraryOptions {
	[allowInsecureRequests]: true;
	[customFetch]: (
		url: string,
		prepared: { headers: Record<string, string>; body?: unknown },
	) => Promise<Response>;
}

/**
 * Makes a request of the protocol library, and yields the response that `sendOne` got for it.
 *
 * Another try is a request made anew, with an assertion and a proof of its own: servers take one only
 * once. RFC 7523 §3, RFC 9449 §11.1.
 *
 * @param make what makes it, and ends with the response of the given `customFetch`.
 */
export function libraryRequest(
	make: (options: LibraryOptions) => Promise<Response>,
	sendOne: (request: TokenRequest) => Promise<Response>,
): Promise<Response> {
	const made = (use: (request: TokenRequest) => Promise<Response>): Promise<Response> =>
		make({
			// Whether plain http is allowed was decided when the address was read.
			[allowInsecureRequests]: true,
			[customFetch]: (url, { headers, body }) =>
				use({
					method: 'POST',
					url,
					headers: { ...headers, 'content-type': FORM_TYPE },
					body: String(body),
					again,
				}),
		});
	const again = (): Promise<TokenRequest> =>
		new Promise((resolve, reject) => {
			const keep = (request: TokenRequest): Promise<Response> => {
				resolve(request);
				return Promise.resolve(new Response());
			};
			made(keep).catch(reject);
		});
	return made(sendOne);
}
