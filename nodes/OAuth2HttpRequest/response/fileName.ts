import { headerValue, type HttpResponse } from '../../../http/message';
import { percentDecoded } from '../../../text/percentDecoded';

/** The name that the response gives its file, else the one at the end of the URL. RFC 6266 §4.3. */
export function fileName(response: HttpResponse, url: string): string | undefined {
	const disposition = headerValue(response, 'content-disposition') ?? '';
	const extended = /filename\*\s*=\s*([\w-]+)'[^']*'([^;\s]+)/i.exec(disposition);
	const plain = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]+))/i.exec(disposition);
	const name =
		(extended && decodeExtended(extended[1], extended[2])) ??
		// Many servers write names with blanks without quotation marks. Percent-encoded a name shall not be, but
		// often is: browsers decode it as well.
		decode(plain?.[1]?.replace(/\\(.)/g, '$1') ?? plain?.[2]?.trim()) ??
		fromUrl(url);
	// A name, never a path: it may be written to a disk later on.
	return name?.split(/[\\/]/).pop() || undefined;
}

function fromUrl(url: string): string | undefined {
	const last = new URL(url).pathname.split('/').findLast((part) => part !== '');
	return last === undefined ? undefined : decode(last);
}

/** RFC 8187 §3.2: UTF-8, or Latin-1 of older servers. Another charset is a name that cannot be read. */
function decodeExtended(charset = '', text = ''): string | undefined {
	if (/^utf-8$/i.test(charset)) return decode(text);
	if (!/^iso-8859-1$/i.test(charset)) return undefined;
	return text.replace(/%([\da-f]{2})/gi, (_, hex: string) =>
		String.fromCharCode(Number.parseInt(hex, 16)),
	);
}

function decode(text: string | undefined): string | undefined {
	return text && percentDecoded(text);
}
