import { isJsonObject } from '../../../text/json';
import { InputError } from '../inputError';

/**
 * A JSON field of the editor: text, or what an expression made of it.
 * @param field as the editor shows it.
 * @throws {InputError} where the text is not JSON.
 */
export function readJson(value: unknown, field: string): unknown {
	if (typeof value !== 'string' && value !== undefined) return value;
	const text = value ?? '';
	let reason = 'it is empty';
	try {
		return JSON.parse(text);
	} catch (error) {
		if (text.trim() !== '') reason = (error as Error).message;
	}
	throw new InputError(
		`The value in the "${field}" field is not valid JSON`,
		`Correct ${field}: ${reason}. In an expression, wrap inserted values with JSON.stringify(): {{ JSON.stringify($json.name) }}.`,
	);
}

/** @throws {InputError} where it is not an object. */
export function readJsonObject(value: unknown, field: string): Record<string, unknown> {
	const json = readJson(value, field);
	if (isJsonObject(json)) return json;
	throw new InputError(
		`The value in the "${field}" field is not a JSON object`,
		`Correct ${field}: it must contain names and values, for example {"limit": 10}.`,
	);
}
