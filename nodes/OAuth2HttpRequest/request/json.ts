import { InputError } from './inputError';

/** A JSON field of the editor: text, or what an expression made of it. */
export function readJson(value: unknown, field: string, parameter: string): unknown {
	if (typeof value !== 'string' && value !== undefined) return value;
	const text = value ?? '';
	const parsed = parseJson(text);
	if (parsed.ok) return parsed.json;
	const reason = text.trim() === '' ? 'it is empty' : parsed.reason;
	throw new InputError(
		`The value in the "${field}" field is not valid JSON`,
		`Correct ${field}: ${reason}. In an expression, wrap inserted values with JSON.stringify(): {{ JSON.stringify($json.name) }}.`,
		parameter,
	);
}

export function parseJson(
	text: string,
): { ok: true; json: unknown } | { ok: false; reason: string } {
	try {
		return { ok: true, json: JSON.parse(text) as unknown };
	} catch (error) {
		return { ok: false, reason: error instanceof Error ? error.message : String(error) };
	}
}

/** @throws {InputError} where it is not an object. */
export function readJsonObject(value: unknown, field: string): Record<string, unknown> {
	const parameter = field === 'JSON Headers' ? 'jsonHeaders' : 'jsonQuery';
	const json = readJson(value, field, parameter);
	if (typeof json === 'object' && json !== null && !Array.isArray(json)) {
		return json as Record<string, unknown>;
	}
	throw new InputError(
		`The value in the "${field}" field is not a JSON object`,
		`Correct ${field}: it holds names and values, for example {"limit": 10}.`,
		parameter,
	);
}
