import { headerValue, type HttpResponse } from '../../../http/message';

/** The name that the response gives its file, else the one at the end of the URL. RFC 6266 §4.3. */
export function fileName(response: HttpResponse, url: string): string | undefined {
	const disposition = headerValue(response, 'content-disposition') ?? '';
	const extended = /filename\*\s*=\s*UTF-8''([^;]+)/i.exec(disposition)?.[1];
	const plain = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(disposition);
	const name =
		(extended && decode(extended)) ??
		plain?.[1]?.replace(/\\(.)/g, '$1') ??
		plain?.[2] ??
		fromUrl(url);
	// A name, never a path: it may be written to a disk later on.
	return name?.split(/[\\/]/).pop() || undefined;
}

function fromUrl(url: string): string | undefined {
	const last = new URL(url).pathname.split('/').pop() ?? '';
	return last === '' ? undefined : decode(last);
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		// Not percent-encoded after all.
		return text;
	}
}
