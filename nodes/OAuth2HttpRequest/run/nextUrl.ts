import type { ApiResponse } from '../../../http/call/callApi';
import { isSuccess } from '../../../http/message';
import { nextLink } from '../../../http/nextLink';
import { InputError } from '../inputError';
import { checkNoUserInfo } from '../request/readCall';

/**
 * The address that Next URL gives. What begins with the path or the query is relative to the page that
 * names it. RFC 3986 §4.2.
 *
 * @param page the number of the page that names it.
 * @throws {InputError} where it is none.
 */
export function readNextUrl(value: unknown, lastUrl: string, page: number): string {
	const text = typeof value === 'string' ? value.trim() : '';
	if (text === '') throw noNextValue('Next URL gives no address', 'Next URL', page);
	if (/^[/?]/.test(text) && URL.canParse(text, lastUrl)) return new URL(text, lastUrl).href;
	if (/^https?:/i.test(text) && URL.canParse(text)) return text;
	// Not the text itself: it may hold a token that was sent in the query.
	throw new InputError(
		`Next URL gives no valid address after page ${page}`,
		'Correct Options → Pagination → Next URL: it must return an address that starts with https:// or http://, or a path that starts with /.',
	);
}

/** Not the end in silence: an expression that is misspelt would lose all pages but the first, or repeat them for ever. */
export function noNextValue(
	message: string,
	field: 'Next URL' | 'Value',
	page: number,
): InputError {
	return new InputError(
		`${message} after page ${page}`,
		`If that was the last page, choose "Other" for Options → Pagination → Pagination Complete When, and a Complete Expression such as {{ !$response.body.next }}, with the field that ${field} reads. Otherwise, correct ${field}. If the API sends JSON under another content type, set Options → Response → Response Format to JSON.`,
	);
}

/** The pages would not end. */
export function askedBefore(source: 'The Link header' | 'Next URL', page: number): InputError {
	return new InputError(
		`${source} gives the same address again after page ${page}`,
		source === 'Next URL'
			? 'If that was the last page, choose "Other" for Options → Pagination → Pagination Complete When, and a Complete Expression that is true on it, such as {{ $response.body.items.length === 0 }}. Otherwise, correct Next URL. To ask for one address until something is ready, turn on Limit Pages Fetched.'
			: `The pages would not end. To get those so far, turn on Options → Pagination → Limit Pages Fetched, with Max Pages ${page}. Otherwise, choose another Pagination Mode, and an expression that is true on the last page for Pagination Complete When.`,
	);
}

/** @throws {InputError} where the header cannot be read. */
export function readNextLink(response: ApiResponse['response'], url: string): string | undefined {
	if (!isSuccess(response.status)) return undefined;
	try {
		return nextLink(response, url);
	} catch {
		// Malformed: told below.
	}
	throw new InputError(
		'The Link header of the response cannot be read',
		'Choose another Options → Pagination → Pagination Mode.',
	);
}

/** The token is for the API that the node names, wherever a response points to. */
export function checkNextUrl(pageUrl: string, firstUrl: string): void {
	checkNoUserInfo(pageUrl, 'Next URL');
	const { origin } = new URL(pageUrl);
	if (origin === new URL(firstUrl).origin) return;
	throw new InputError(
		`The next page is at another address: ${origin}`,
		`The token is not sent there, because URL names ${new URL(firstUrl).origin}. If it is the same API, correct URL, or change the address in Next URL with an expression.`,
	);
}

/** Behind a proxy that speaks https for them, APIs name their own pages with http. */
export function withHttps(pageUrl: string, firstUrl: string): string {
	const [page, first] = [new URL(pageUrl), new URL(firstUrl)];
	const isOnlyLessSecure =
		page.protocol === 'http:' && first.protocol === 'https:' && page.host === first.host;
	return isOnlyLessSecure ? pageUrl.replace(/^\s*http:/i, 'https:') : pageUrl;
}
