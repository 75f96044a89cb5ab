import type { TokenRequestSender } from '../../oauth/server/tokenRequest';

/** Sends a token request as it is: one try, no redirect followed. */
export const sendTokenRequest: TokenRequestSender = async (
	{ method, url, headers, body },
	signal,
) => {
	try {
		const response = await fetch(url, {
			method,
			headers,
			...(body !== undefined && { body }),
			redirect: 'manual',
			...(signal && { signal }),
		});
		const location = response.headers.get('location');
		const date = response.headers.get('date');
		return {
			kind: 'response',
			response: {
				status: response.status,
				body: Buffer.from(await response.arrayBuffer()),
				...(location !== null && { location }),
				...(date !== null && { date }),
			},
		};
	} catch (error) {
		signal?.throwIfAborted();
		const cause = (error as { cause?: { code?: string; message?: string } }).cause;
		return {
			kind: 'failed',
			code: cause?.code ?? 'UNKNOWN',
			message: cause?.message ?? String(error),
		};
	}
};
