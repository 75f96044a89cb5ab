import LinkHeader from 'http-link-header';
import { headerValue, type ResponseHead } from './message';

/**
 * Where the `Link` header says that the next page is, or `undefined` where there is none.
 * RFC 8288 §3; the relation `next` is IANA's.
 *
 * @param url what was requested: a relative target is resolved against it (§3.1).
 * @throws where the header is malformed.
 */
export function nextLink(response: ResponseHead, url: string): string | undefined {
	const header = headerValue(response, 'link');
	if (header === undefined || header.trim() === '') return undefined;
	const [next] = LinkHeader.parse(header).rel('next');
	return next && new URL(next.uri, url).href;
}
