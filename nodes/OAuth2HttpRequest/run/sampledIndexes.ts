/** So many items are looked at, or all where there are fewer. */
const SAMPLED = 8;

/** A few items from all over the input, the first one first. */
export function sampledIndexes(total: number): number[] {
	const parts = Array.from({ length: SAMPLED }, (_, part) => part / SAMPLED);
	return [...new Set(parts.map((part) => Math.floor(part * total)))].filter(
		(index) => index < total,
	);
}
