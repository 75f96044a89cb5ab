/** The value that the text holds; `undefined` where it is not JSON. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** Lists included. */
export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}

/** What JSON calls an object: names with values, and no list. RFC 8259 §4. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
	return isObject(value) && !Array.isArray(value);
}
