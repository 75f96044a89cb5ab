import { isJsonObject } from './json';

/**
 * What servers call their words, the clearest first. Zendesk has a code in `error` beside a `description`;
 * Xero `Message`, Jira `errorMessages`, Okta `errorSummary`, Zoom `reason`, Autodesk `developerMessage`.
 */
const WORDS = [
	...['error_description', 'message', 'errmsg', 'error_message', 'detail', 'title', 'Message'],
	...['Detail', 'description', 'reason', 'developerMessage', 'errorSummary', 'errorMessages'],
	...['faultstring', 'error', 'Error', 'odata.error', 'errors', 'msg'],
];
/** What words may lie in, while a text in their place may be anything, also a token: Apigee, UPS. */
const HOLDERS = ['fault', 'response', 'data'];
const MAX_MESSAGE_DEPTH = 4;
const MAX_FIELDS = 8;
const MAX_DEPTH = 3;
/** What a field may be called; anything else might be a value after all. */
const NAME = /^[\w .-]{1,40}$/;

/** What an answer says in words, where it says it in one of the usual fields. */
export function messageIn(value: unknown): string | undefined {
	return findWords(value, true, MAX_MESSAGE_DEPTH);
}

function findWords(value: unknown, isWords: boolean, depth: number): string | undefined {
	if (typeof value === 'string') return isWords && value !== '' ? value : undefined;
	if (depth === 0) return undefined;
	if (Array.isArray(value)) return firstOf(value, (entry) => findWords(entry, isWords, depth - 1));
	if (!isJsonObject(value)) return undefined;
	return (
		firstOf(WORDS, (name) => findWords(inWords(value[name]), true, depth - 1)) ??
		firstOf(HOLDERS, (name) => findWords(value[name], false, depth - 1))
	);
}

/** SAP and SharePoint (OData 2 and 3) have `message.value`. */
function inWords(value: unknown): unknown {
	return isJsonObject(value) && typeof value.value === 'string' ? value.value : value;
}

function firstOf<T>(
	list: readonly T[],
	find: (entry: T) => string | undefined,
): string | undefined {
	for (const entry of list) {
		const found = find(entry);
		if (found !== undefined) return found;
	}
	return undefined;
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
