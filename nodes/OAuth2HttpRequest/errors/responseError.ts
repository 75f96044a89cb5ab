import { NodeApiError, type IDataObject, type INode, type NodeError } from 'n8n-workflow';
import type { Obstacle } from '../../../http/call/attempt';
import type { ApiResponse } from '../../../http/call/callApi';
import { isPage } from '../../../oauth/errors/serverText';
import { redact, redactJson } from '../../../text/redact';
import { comeBack, refusedTooLong } from './comeBack';
import type { FailedItem } from './failedItem';
import { doubtful } from './inDoubt';
import { challengeWords, messageFrom, readErrorBody } from './responseWords';
import { statusAdvice } from './statusAdvice';

/** RFC 9110 knows none that is longer. */
const MAX_PHRASE_LENGTH = 40;

/** The API answered with an error status. */
export function responseError(node: INode, result: ApiResponse, item: FailedItem): NodeError {
	const { response, isUnauthorized, obstacle, inDoubt } = result;
	const { itemIndex, secrets } = item;
	const { status, statusText } = response;
	// Whatever the API answers with, it means what others say by 401.
	const meant = isUnauthorized ? 401 : status;
	const phrase = redact(statusText, secrets, MAX_PHRASE_LENGTH);
	const body = readErrorBody(response.body);
	const said = messageFrom(body, secrets);
	const challenge = redact(challengeWords(response), secrets);
	// The page that a web server has for all refusals says nothing of this one.
	const quoted = (isPage(response.body) && challenge) || said || challenge;
	const because = quoted === '' ? '' : `The API says: "${quoted.replace(/\.$/, '')}". `;
	const error = new NodeApiError(
		node,
		{ message: said || phrase },
		{
			message: `${summary(meant, obstacle)} (${[status, phrase].filter(Boolean).join(' ')})`,
			description: `${because}${advice(meant, result, item)}`,
			httpCode: String(status),
			itemIndex,
		},
	);
	const { text, json = text } = body;
	// Where n8n's own errors have it.
	error.context.data = redactJson(json, secrets) as IDataObject;
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
	{ response, url, obstacle }: ApiResponse,
	{ nowMs, secrets, provider, hasProof }: FailedItem,
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
			return statusAdvice(status, response, { origin, where, provider, hasProof });
	}
}
