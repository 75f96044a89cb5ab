import { isJsonObject } from './json';

/**
 * What servers call their words, the clearest first. Zendesk has a code in `error` beside a `description`;
 * Xero `Message`, Jira `errorMessages`, Okta `errorSummary`, Zoom `reason`, Autodesk `developerMessage`,
 * Keycloak `errorMessage`, SailPoint `messages[].text`.
 */
const WORDS = [
	...['error_description', 'message', 'errmsg', 'error_message', 'detail', 'title', 'Message'],
	...['Detail', 'description', 'reason', 'developerMessage', 'errorSummary', 'errorMessage'],
	...['errorMessages', 'faultstring', 'error', 'Error', 'odata.error', 'errors', 'msg'],
	...['longMessage', 'defaultMessage', 'messages', 'text'],
];
/** What words may lie in, while a text in their place may be anything, also a token: Apigee, UPS. */
const HOLDERS = ['fault', 'response', 'data'];
const DETAILS: ReadonlySet<string> = new Set([...WORDS, 'details', 'constraintViolations']);
/** What only sums up the words beside it. */
const HEADINGS = ['title', 'error'];
const MAX_MESSAGE_DEPTH = 4;

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

const MAX_REASONS = 3;
const MAX_REASON_DEPTH = 6;
/** What a text beside it is about. */
const SUBJECTS = ['field', 'fieldName', 'path', 'property'];

/**
 * The same, with what the details say besides: a message may only be "Validation failed", and which field is
 * wrong lies deeper.
 */
export function messageWithReasons(value: unknown): string | undefined {
	const message = messageIn(value);
	const reasons = [...new Set(reasonsIn(value, false, MAX_REASON_DEPTH))]
		.filter((reason) => !message?.includes(reason))
		.slice(0, MAX_REASONS);
	if (reasons.length === 0) return message;
	const isRepeated = message === undefined || reasons.some((reason) => reason.includes(message));
	return [...(isRepeated ? [] : [message]), ...reasons]
		.map((text) => text.trim().replace(/\.$/, ''))
		.join('; ');
}

function reasonsIn(value: unknown, isWords: boolean, depth: number): string[] {
	// A single word is a code.
	if (typeof value === 'string') return isWords && /\s/.test(value) ? [value] : [];
	if (depth === 0) return [];
	const inside = (entry: unknown, areWords: boolean) => reasonsIn(entry, areWords, depth - 1);
	if (Array.isArray(value)) return value.flatMap((entry) => inside(entry, isWords));
	if (!isJsonObject(value)) return [];
	const areFields = isWords && isByField(value);
	const subject = isWords ? firstOf(SUBJECTS, (name) => textIn(value[name])) : undefined;
	const hasWords = Object.keys(value).some(
		(name) => DETAILS.has(name) && !HEADINGS.includes(name) && isText(value[name]),
	);
	return Object.entries(value).flatMap(([name, entry]) => {
		if (areFields) return inside(entry, true).map((text) => about(name, text));
		if (hasWords && HEADINGS.includes(name) && isText(entry)) return [];
		const isNamedSo = DETAILS.has(name);
		const texts = inside(isNamedSo ? inWords(entry) : entry, isNamedSo);
		return subject === undefined ? texts : texts.map((text) => about(subject, text));
	});
}

function about(subject: string, text: string): string {
	return text.toLowerCase().includes(subject.toLowerCase()) ? text : `${subject}: ${text}`;
}

/** ASP.NET, Laravel and Shopify: `{ "email": ["is not valid"] }`. */
function isByField(errors: Record<string, unknown>): boolean {
	const texts = Object.entries(errors);
	const isList = (value: unknown) => Array.isArray(value) && value.every(isText);
	return (
		texts.every(([, value]) => isList(value)) ||
		texts.every(([name, value]) => isText(value) && !DETAILS.has(name))
	);
}

function isText(value: unknown): value is string {
	return typeof value === 'string';
}

function textIn(value: unknown): string | undefined {
	return isText(value) && value !== '' ? value : undefined;
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
