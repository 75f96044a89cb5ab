import { NodeApiError, type IDataObject, type INode, type NodeError } from 'n8n-workflow';
import type { Obstacle } from '../../../http/call/attempt';
import type { ApiResponse } from '../../../http/call/callApi';
import { listed, shownOf } from '../../../oauth/client/shownFields';
import { recipeUrl, type Provider } from '../../../oauth/providers/provider';
import { redact, redactJson } from '../../../text/redact';
import { comeBack, refusedTooLong } from './comeBack';
import type { FailedItem } from './failedItem';
import { doubtful } from './inDoubt';
import { challengeWords, messageFrom, parseBody } from './responseWords';

/** RFC 9110 knows none that is longer. */
const MAX_PHRASE_LENGTH = 40;

/** The API answered with an error status. */
export function responseError(
	node: INode,
	{ response, url, isUnauthorized, obstacle, inDoubt }: ApiResponse,
	{ itemIndex, nowMs, secrets, provider }: FailedItem,
): NodeError {
	const { status, statusText } = response;
	// Whatever the API answers with, it means what others say by 401.
	const meant = isUnauthorized ? 401 : status;
	const phrase = redact(statusText, secrets, MAX_PHRASE_LENGTH);
	const said = messageFrom(response.body, secrets);
	const quoted = said || redact(challengeWords(response), secrets);
	const because = quoted === '' ? '' : `The API says: "${quoted}". `;
	const error = new NodeApiError(
		node,
		{ message: said || phrase },
		{
			message: `${summary(meant, obstacle)} (${[status, phrase].filter(Boolean).join(' ')})`,
			description: `${because}${advice(meant, url, obstacle, { nowMs, secrets, provider })}`,
			httpCode: String(status),
			itemIndex,
		},
	);
	// Where n8n's own errors have it.
	error.context.data = redactJson(parseBody(response.body), secrets) as IDataObject;
	const code = obstacle && REDIRECT_CODES[obstacle.kind];
	if (code !== undefined) error.context.code = code;
	return inDoubt ? doubtful(error) : error;
}

/** What the libraries behind n8n's own node call it. */
const REDIRECT_CODES: Partial<Record<Obstacle['kind'], string>> = {
	tooManyRedirects: 'ERR_FR_TOO_MANY_REDIRECTS',
	redirectsNowhere: 'ERR_FR_REDIRECTION_FAILURE',
};

function summary(status: number, obstacle: Obstacle | undefined): string {
	if (obstacle?.kind === 'tooManyRedirects') return 'The API redirects this call too many times';
	if (obstacle?.kind === 'redirectsNowhere') {
		return 'The API redirects this call to an address that cannot be called';
	}
	if (status === 401) return 'The API does not accept the token';
	if (status === 403) return 'The API forbids this call';
	if (status === 404) return 'The API has nothing at this URL';
	if (status === 407) return 'A proxy refuses this call';
	if (status === 429) return 'The API refuses further calls for now';
	if (status >= 500) return 'The API failed';
	if (status >= 400) return 'The API refuses this call';
	if (status === 304) return 'The API has nothing newer than what the call names';
	if (status >= 300) return 'The API redirects this call';
	return 'The API answered in an unexpected way';
}

function advice(
	status: number,
	url: string,
	obstacle: Obstacle | undefined,
	{ nowMs, secrets, provider }: Pick<FailedItem, 'nowMs' | 'secrets' | 'provider'>,
): string {
	const { origin, pathname } = new URL(url);
	// Redirects may have led there.
	const where = redact(`${origin}${pathname}`, secrets);
	switch (obstacle?.kind) {
		case 'pause':
			return comeBack(obstacle.pauseMs, nowMs);
		case 'refusal':
			return refusedTooLong(obstacle.refusedForMs);
		case 'tooManyRedirects':
			return `Check URL: the redirects may form a loop. The last address was ${where}. If the API needs this many redirects, raise Options → Redirects → Max Redirects.`;
		case 'redirectsNowhere':
			return `Check URL. ${where} redirects to an address that does not begin with http:// or https://, or offers several addresses to choose from.`;
		case undefined:
			return statusAdvice(status, { origin, where, provider });
	}
}

function statusAdvice(
	status: number,
	{ origin, where, provider }: { origin: string; where: string; provider?: Provider },
): string {
	switch (status) {
		case 401:
			return `Check ${listed(shownOf(['Scope', 'Audience'], provider))} in the credential: the token must be meant for ${origin}, with the permissions that this call needs.${recipe(provider)}`;
		case 403:
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

function recipe(provider: Provider | undefined): string {
	return provider ? ` What usually goes wrong: ${recipeUrl(provider)}` : '';
}
