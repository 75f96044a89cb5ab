const MAX_LENGTH = 300;
/** What is looked at: patterns take their time over a page of a megabyte. */
const MAX_INPUT_LENGTH = 4_000;

/**
 * Text from a server, safe to show: the given secrets and everything that looks like a token are
 * taken out, control characters and mark-up too, and it is cut to a readable length.
 * @param secrets one list for many texts, if there are many: it must not change.
 */
export function redact(
	text: string,
	secrets: readonly string[],
	maxLength: number = MAX_LENGTH,
): string {
	const safe = hideTokens(secretHider(secrets)(text).slice(0, MAX_INPUT_LENGTH))
		.replace(/<(style|script)\b[\s\S]*?<\/\1>/gi, ' ')
		.replace(/<[^>]*>/g, ' ')
		.replace(/[\s\u0000-\u001f\u007f]+/g, ' ')
		.trim();
	return safe.length > maxLength ? `${safe.slice(0, maxLength)}…` : safe;
}

/** Whether the text holds the secret, in any form that servers write it in. */
export function showsSecret(text: string, secret: string): boolean {
	return new RegExp(anyForm(secret), 'i').test(text);
}

/** Nobody reads what lies deeper, and a stack has an end. */
const MAX_DEPTH = 100;

/** The same for what a server sent as JSON: its form and length stay as they are. */
export function redactJson(json: unknown, secrets: readonly string[]): unknown {
	const hideSecrets = secretHider(secrets);
	const safe = (value: unknown, depth = 0): unknown => {
		if (depth > MAX_DEPTH) return '[hidden]';
		if (typeof value === 'string') return hideTokens(hideSecrets(value));
		if (typeof value === 'number')
			return hideSecrets(`${value}`) === `${value}` ? value : '[hidden]';
		if (Array.isArray(value)) return value.map((entry) => safe(entry, depth + 1));
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(
			Object.entries(value).map(([name, entry]) => [
				hideSecrets(name),
				/^(access|refresh|id)_token$/i.test(name) ? '[hidden]' : safe(entry, depth + 1),
			]),
		);
	};
	return safe(json);
}

function hideTokens(text: string): string {
	return text
		.replace(/[\w.-]+/g, hideJwt)
		.replace(/\b((?:access|refresh|id)_token\W{1,8})[^\s"'&,;<>}]+/gi, '$1[hidden]')
		.replace(/\b(Bearer|Basic|DPoP)\s+[\w.~+/=-]{8,}/gi, '$1 [hidden]');
}

/** What begins as the header of a JWT, at the beginning of a word, or within one that goes on after a dot. */
function hideJwt(word: string): string {
	// Where no dot follows, each "eyJ" would be followed to the end of the word.
	const dotted = word.slice(0, word.lastIndexOf('.') + 1);
	const starts = [word.search(/\beyJ[\w-]/), dotted.search(/eyJ[\w-]{12,}\./)].filter(
		(index) => index >= 0,
	);
	return starts.length === 0 ? word : `${word.slice(0, Math.min(...starts))}[token hidden]`;
}

/** Shorter ones are left, or a text would lose its letters. */
const MIN_SECRET_LENGTH = 4;
/** A server that cuts a text may cut through a secret: so much of the beginning of a long one is enough to recognize it. */
const HEAD_LENGTH = 8;

/** By the very list: to make the patterns takes longer than to use them. */
const hiders = new WeakMap<readonly string[], (text: string) => string>();

function secretHider(secrets: readonly string[]): (text: string) => string {
	const hider = hiders.get(secrets) ?? createHider(secrets);
	hiders.set(secrets, hider);
	return hider;
}

function createHider(secrets: readonly string[]): (text: string) => string {
	const kept = secrets
		.filter(({ length }) => length >= MIN_SECRET_LENGTH)
		// The longest first: one may be a part of another.
		.sort((a, b) => b.length - a.length);
	if (kept.length === 0) return (text) => text;
	const isLong = ({ length }: string): boolean => length >= 2 * HEAD_LENGTH;
	const head = (secret: string): string => Array.from(secret).slice(0, HEAD_LENGTH).join('');
	const beginning = new RegExp(
		kept
			.map((secret) => (isLong(secret) ? `${anyForm(head(secret))}\\S*` : anyForm(secret)))
			.join('|'),
		'gi',
	);
	// The pattern of a whole token is large: it is made where one begins like that.
	let wholes: RegExp[] | undefined;
	const endOf = (text: string, start: number): number | undefined => {
		wholes ??= kept.filter(isLong).map((secret) => new RegExp(anyForm(secret), 'iy'));
		for (const pattern of wholes) {
			pattern.lastIndex = start;
			if (pattern.test(text)) return pattern.lastIndex;
		}
		return undefined;
	};
	return (text) => {
		let shown = '';
		let end = 0;
		for (;;) {
			beginning.lastIndex = end;
			const found = beginning.exec(text);
			if (found === null) return shown + text.slice(end);
			shown += `${text.slice(end, found.index)}[hidden]`;
			end = endOf(text, found.index) ?? beginning.lastIndex;
		}
	};
}

/**
 * A pattern of all ways in which servers write a value that they send back: as it is, in URLs, forms, JSON and
 * HTML, and one within the other. Each character may be in another one.
 */
function anyForm(value: string): string {
	return Array.from(value, (char) => (/^[a-z\d]$/i.test(char) ? char : anyFormOf(char))).join('');
}

function anyFormOf(char: string): string {
	const code = char.codePointAt(0) ?? 0;
	const bytes = Array.from(Buffer.from(char), (byte) => `%(?:25){0,3}${hex(byte, 2)}`);
	const units = char.replace(/[^]/g, (unit) => `\\\\{1,4}u${hex(unit.charCodeAt(0), 4)}`);
	const entities = [`#0{0,4}${code}`, `#x0{0,4}${code.toString(16)}`, ...(ENTITIES[char] ?? [])];
	return `(?:${[
		`\\\\{0,4}${escapePattern(char)}`,
		bytes.join(''),
		units,
		`&(?:amp;){0,3}(?:${entities.join('|')});`,
		...(ESCAPES[char] ?? []),
	].join('|')})`;
}

function hex(code: number, digits: number): string {
	return code.toString(16).padStart(digits, '0');
}

function escapePattern(char: string): string {
	return char.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
}

/** What has a name in HTML. */
const ENTITIES: Record<string, string[]> = {
	'&': ['amp'],
	'<': ['lt'],
	'>': ['gt'],
	'"': ['quot'],
	"'": ['apos'],
};

/** What else stands for a character: in a form, and in JSON. */
const ESCAPES: Record<string, string[]> = {
	' ': ['\\+'],
	'\n': ['\\\\{1,4}n'],
	'\r': ['\\\\{1,4}r'],
	'\t': ['\\\\{1,4}t'],
};
