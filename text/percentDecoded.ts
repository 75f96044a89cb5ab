/** The text without its percent-encoding; as it is, where that is none. RFC 3986 §2.1. */
export function percentDecoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
