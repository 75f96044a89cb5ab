import { headerValue, type HttpResponse } from '../../../http/message';
import { listed, shownOf } from '../../../oauth/client/shownFields';
import { recipeUrl, type Provider } from '../../../oauth/providers/provider';
import type { FailedItem } from './failedItem';

interface Where extends Pick<FailedItem, 'provider' | 'hasProof'> {
	origin: string;
	/** The address that answered, without its query. */
	where: string;
}

/** What to do where the API answered with this status. */
export function statusAdvice(
	status: number,
	response: HttpResponse,
	{ origin, where, provider, hasProof }: Where,
): string {
	switch (status) {
		case 401:
			return `Check ${listed(shownOf(['Scope', 'Audience'], provider))} in the credential: the token must be meant for ${origin}, with the permissions that this call needs.${hasProof ? PROOF : ''}${recipe(provider)}`;
		case 403:
			if (wantsCsrfToken(response)) {
				return 'It wants a CSRF token. Get one with a GET call before this one: send the header x-csrf-token with the value fetch, and turn on Options → Response → Include Response Headers and Status. Then send that token and its cookies here, as the headers x-csrf-token and Cookie.';
			}
			return `Usually the token lacks a permission: check ${listed(shownOf(['Scope'], provider))} in the credential, and the permissions of this Client ID at the provider. Some APIs, and proxies on the way, also return this status for a blocked address or a used-up quota.${recipe(provider)}`;
		case 304:
			return 'Its header If-None-Match or If-Modified-Since asks for this. Remove it under Headers to get the data every time, or turn on Options → Response → Never Error and check the status.';
		case 404:
			return `Check URL: ${where}.`;
		case 407:
			return 'It wants another user name and password. If Options → Proxy is set, enter them there: http://user:password@proxy:3128. Otherwise ask the administrator of n8n for the variables HTTP_PROXY and HTTPS_PROXY.';
		case 431:
			return 'The headers are too large. If it is the token: request it for fewer permissions (Scope in the credential), or for fewer groups and roles at the provider.';
		case 429:
			return 'The call is not sent again, because Options → Retry → Max Retries is 0 or used up. Raise it, or set Options → Request Limit to what the API allows.';
		default:
			if (status >= 500)
				return `The problem is on the side of the API, at ${where}. Run the workflow again later.`;
			if (status >= 400)
				return `Check URL, query parameters, headers and body of the call to ${where}.`;
			return `Check Options → Redirects, and URL. The call went to ${where}.`;
	}
}

/** An API that does not know the algorithm says what it says of any token that it does not accept. */
const PROOF =
	" If they are right, compare DPoP Algorithm in the credential with the API's documentation.";

/** SAP Gateway says so to each call that changes something. */
function wantsCsrfToken(response: HttpResponse): boolean {
	return headerValue(response, 'x-csrf-token')?.toLowerCase() === 'required';
}

function recipe(provider: Provider | undefined): string {
	return provider ? ` What usually goes wrong: ${recipeUrl(provider)}` : '';
}
