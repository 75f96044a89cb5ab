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
	const [next] = LinkHeader.parse(readable(header)).rel('next');
	return next && new URL(next.uri, url).href;
}

/** A target or a quoted text; or a parameter without a value, such as `nopush`; or one in single quotes. */
const ODD = /(<[^>]*>|"(?:[^"\\]|\\.)*")|;\s*[^\s=;,<>"']+\s*(?=[;,]|$)|=\s*'([^'";,<>]*)'/g;

/**
 * The header as the library reads it whole. After a parameter without a value, which RFC 8288 §3
 * allows and CDNs add, it found no further link, and the pages seemed to end.
 */
function readable(header: string): string {
	return header.replace(ODD, (_all, kept?: string, quoted?: string) =>
		quoted === undefined ? (kept ?? '') : `="${quoted}"`,
	);
}
