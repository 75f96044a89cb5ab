/** Whether a header may have this name. RFC 9110 §5.1, §5.6.2. */
export function isHeaderName(name: string): boolean {
	return /^[\w!#$%&'*+.^`|~-]+$/.test(name);
}
