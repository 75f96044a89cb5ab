import { isJsonObject } from './json';

const MAX_FIELDS = 8;
const MAX_DEPTH = 3;
/** What a field may be called; anything else might be a value after all. */
const NAME = /^[\w .-]{1,40}$/;

/**
 * Paths of the values in an answer, without the values: one of them may be a token.
 * @param safe what may be shown of a name.
 */
export function fieldPaths(
	fields: Record<string, unknown>,
	safe: (name: string) => string,
): string[] {
	const paths = leaves(fields, '', MAX_DEPTH, safe);
	return paths.length > MAX_FIELDS ? [...paths.slice(0, MAX_FIELDS), '…'] : paths;
}

function leaves(
	value: Record<string, unknown>,
	prefix: string,
	depth: number,
	safe: (name: string) => string,
): string[] {
	return Object.entries(value)
		.slice(0, MAX_FIELDS + 1)
		.flatMap(([name, entry]) => {
			const path = `${prefix}${NAME.test(name) ? safe(name) : '?'}`;
			return isJsonObject(entry) && depth > 1 ? leaves(entry, `${path}.`, depth - 1, safe) : [path];
		});
}
