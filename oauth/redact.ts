const MAX_LENGTH = 300;
/** What is looked at: patterns take their time over a page of a megabyte. */
const MAX_INPUT_LENGTH = 4_000;

/**
 * Text from a server, safe to show: the given secrets and everything that looks like a token are
 * taken out, control characters and mark-up too, and it is cut to a readable length.
 */
export function redact(text: string, secrets: readonly string[]): string {
	const safe = hideTokens(hideSecrets(text, secrets).slice(0, MAX_INPUT_LENGTH))
		.replace(/<(style|script)\b[\s\S]*?<\/\1>/gi, ' ')
		.replace(/<[^>]*>/g, ' ')
		.replace(/[\s\u0000-\u001f\u007f]+/g, ' ')
		.trim();
	return safe.length > MAX_LENGTH ? `${safe.slice(0, MAX_LENGTH)}…` : safe;
}

/** Whether the text holds the secret, in any form that servers write it in. */
export function showsSecret(text: string, secret: string): boolean {
	return writtenForms(secret).some((form) => text.includes(form));
}

/** The same for what a server sent as JSON: its form and length stay as they are. */
export function redactJson(json: unknown, secrets: readonly string[]): unknown {
	if (typeof json === 'string') return hideTokens(hideSecrets(json, secrets));
	if (Array.isArray(json)) return json.map((entry) => redactJson(entry, secrets));
	if (typeof json !== 'object' || json === null) return json;
	return Object.fromEntries(
		Object.entries(json).map(([name, value]) => [
			hideSecrets(name, secrets),
			/^(access|refresh|id)_token$/i.test(name) ? '[hidden]' : redactJson(value, secrets),
		]),
	);
}

function hideTokens(text: string): string {
	return text
		.replace(/\beyJ[\w-]+(\.[\w-]*)*/g, '[token hidden]')
		.replace(/\b((?:access|refresh|id)_token\W{1,5})[^\s"'&,;<>}]+/gi, '$1[hidden]')
		.replace(/\b(Bearer|Basic|DPoP)\s+[\w.~+/=-]{8,}/gi, '$1 [hidden]');
}

function hideSecrets(text: string, secrets: readonly string[]): string {
	const forms = secrets.filter(({ length }) => length >= 4).flatMap(writtenForms);
	// The longest first: one may be a part of another.
	return [...new Set(forms)]
		.sort((a, b) => b.length - a.length)
		.reduce((safe, form) => safe.replaceAll(form, '[hidden]'), text);
}

/** How servers write a value that they send back. */
function writtenForms(value: string): string[] {
	const json = JSON.stringify(value).slice(1, -1);
	const percent = [encodeURIComponent(value.toWellFormed()), formEncode(value)];
	return [
		value,
		...percent,
		...percent.map((form) => form.replace(/%../g, (code) => code.toLowerCase())),
		json,
		json.replaceAll('/', '\\/'),
		htmlEncode(value),
	];
}

function formEncode(value: string): string {
	return new URLSearchParams([['', value]]).toString().slice(1);
}

const ENTITIES: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

function htmlEncode(value: string): string {
	return value.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}
