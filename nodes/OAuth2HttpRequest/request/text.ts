/** What an expression gave, as text: JSON for objects and lists, empty for nothing. */
export function toText(value: unknown): string {
	if (typeof value === 'string') return value;
	if (value === undefined || value === null) return '';
	return JSON.stringify(value);
}
