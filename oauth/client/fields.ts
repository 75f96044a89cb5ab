import { isObject } from '../../text/json';

/** What the editor stores, narrowed: a field that was never filled in is empty. */

export function text(value: unknown): string {
	return plainText(value).replace(INVISIBLE_ANYWHERE, '').trim();
}

/** The same of a field with a default, which holds until the field was edited. */
export function textOr(value: unknown, fallback: string): string {
	return value === undefined ? fallback : text(value);
}

/** Scopes: an expression may give them as a list. */
export function scopeText(value: unknown): string {
	return [value].flat().map(text).join(' ');
}

/** Joiners, zero-width spaces and the like, which come along when text is copied from a page or a chat. */
const INVISIBLE = String.raw`\u200b-\u200f\u2060\ufeff`;
const INVISIBLE_ANYWHERE = new RegExp(`[${INVISIBLE}]`, 'g');
const AROUND_A_SECRET = new RegExp(`^[${INVISIBLE}]+|[${INVISIBLE}\\r\\n]+$`, 'g');

/** The text that was entered, or that an expression gave: `{{ $json.id }}` may be a number. */
function plainText(value: unknown): string {
	if (typeof value === 'number' || typeof value === 'boolean') return String(value);
	return typeof value === 'string' ? value : '';
}

/** The same, with objects and lists as JSON: a JWK, or `authorization_details` (RFC 9396 §2). */
export function jsonText(value: unknown): string {
	return isObject(value) ? JSON.stringify(value) : plainText(value);
}

/** Added to the error for an empty field, which looks filled in to someone who entered an expression. */
export const IF_EXPRESSION = 'If it is an expression, it returned nothing.';

/** A secret as it was pasted: line ends and what is invisible around it are never part of it; spaces might be. */
export function secretText(value: unknown): string {
	const secret = plainText(value).replace(AROUND_A_SECRET, '');
	return secret.trim() === '' ? '' : secret;
}

/** The rows of a list (n8n's `fixedCollection`) under this name of its group. */
export function rows(value: unknown, group: string): Array<Record<string, unknown>> {
	const list = isObject(value) ? value[group] : undefined;
	return Array.isArray(list) ? list.filter(isObject) : [];
}
