/** What an expression gave, as text: JSON for objects and lists, empty for nothing. */
export function toText(value: unknown): string {
	if (typeof value === 'string') return value;
	if (value === undefined || value === null) return '';
	// Not JSON, where `NaN` is `null`: an API may accept that.
	if (typeof value !== 'object') return (value as number | bigint | boolean).toString();
	// A date is a text in JSON.
	const json = JSON.stringify(value);
	return json.startsWith('"') ? (JSON.parse(json) as string) : json;
}
