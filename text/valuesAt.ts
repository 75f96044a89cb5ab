import { toPath } from 'es-toolkit/compat';
import { isObject } from './json';

/**
 * What lies at a path such as `data.token` or `errors[0].code`; nothing where there is none.
 * A list that the path does not pick an entry of stands for all its entries: `errors.code`.
 */
export function valuesAt(json: unknown, path: string): unknown[] {
	if (path === '') return [];
	// Names may have dots of their own, such as ".expires".
	if (isObject(json) && Object.hasOwn(json, path)) return [json[path]];
	return toPath(path).reduce<unknown[]>(
		(values, name) => values.flatMap((value) => step(value, name)),
		[json],
	);
}

/** Lists within lists are for no path, and a stack has an end. */
const MAX_LISTS = 100;

function step(value: unknown, name: string, lists = 0): unknown[] {
	if (!isObject(value) || lists > MAX_LISTS) return [];
	if (Object.hasOwn(value, name) && name !== 'length') return [value[name]];
	return Array.isArray(value) ? value.flatMap((entry) => step(entry, name, lists + 1)) : [];
}
