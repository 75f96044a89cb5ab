import { isJsonObject } from './json';

/** The last ones: Okta, Apigee (`fault.faultstring` as well) and Shopify. */
const MESSAGE_NAMES = [
	...['error_description', 'message', 'errmsg', 'error_message', 'msg', 'detail'],
	...['errorSummary', 'Error', 'faultstring', 'errors'],
];
const MAX_FIELDS = 8;
const MAX_DEPTH = 3;
/** What a field may be called; anything else might be a value after all. */
const NAME = /^[\w .-]{1,40}$/;

/** What an answer without a token says in words, where it says it in one of the usual fields. */
export function messageIn(fields: Record<string, unknown>): string | undefined {
	return [fields, fields.error, fields.data, fields.fault]
		.filter(isJsonObject)
		.flatMap((holder) => MESSAGE_NAMES.map((name) => holder[name]))
		.find((text): text is string => typeof text === 'string' && text !== '');
}

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
