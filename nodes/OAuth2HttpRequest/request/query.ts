import { toText } from './toText';

export type ArrayFormat = 'repeat' | 'brackets' | 'indices';

/**
 * Name and value pairs as the editor's lists hold them; a name given twice becomes a list, unless an
 * expression gave nothing the first time.
 */
export function collectPairs(
	pairs: ReadonlyArray<{ name?: unknown; value?: unknown }>,
): Record<string, unknown> {
	const collected = new Map<string, unknown>();
	for (const { name, value } of pairs) {
		const key = toText(name);
		if (key === '') continue;
		const before = collected.get(key);
		collected.set(key, before === undefined ? value : [...[before].flat(), value]);
	}
	return Object.fromEntries(collected);
}

/**
 * `a=1&b[c]=2`, percent-encoded: what n8n's own serializer (`qs`) makes of the same data.
 * Lists take the given form; `undefined` is left out, `null` is an empty value.
 */
export function toQueryString(data: object, arrays: ArrayFormat): string {
	const parts: string[] = [];
	const add = (key: string, value: unknown): void => {
		if (value === undefined || typeof value === 'function') return;
		if (value === null) parts.push(`${encode(key)}=`);
		else if (value instanceof Date) add(key, value.toISOString());
		else if (Array.isArray(value)) {
			value.forEach((entry, index) => add(key + listSuffix(arrays, index), entry));
		} else if (typeof value === 'object') {
			for (const [name, entry] of Object.entries(value)) add(`${key}[${name}]`, entry);
		} else parts.push(`${encode(key)}=${encode(toText(value))}`);
	};
	for (const [name, value] of Object.entries(data)) add(name, value);
	return parts.join('&');
}

/** Appends the query to the URL's own, and drops the fragment: it never travels. */
export function withQuery(url: string, query: string): string {
	const base = url.split('#', 1)[0] ?? '';
	if (query === '') return base;
	if (base.endsWith('?')) return base + query;
	return base + (base.includes('?') ? '&' : '?') + query;
}

function listSuffix(arrays: ArrayFormat, index: number): string {
	if (arrays === 'repeat') return '';
	return arrays === 'brackets' ? '[]' : `[${index}]`;
}

/** RFC 3986 §2.3: everything but the unreserved characters, which `encodeURIComponent` widens. */
function encode(text: string): string {
	return encodeURIComponent(text.toWellFormed()).replace(
		/[!'()*]/g,
		(char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}
