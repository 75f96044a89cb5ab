/** What a budget is told apart by; `undefined` where its limit is not told. */
export type Limit = number | undefined;

/** Budgets of an API: each has a limit of its own. */
const MAX_LIMITS = 20;

/** What is known by this limit, begun anew where nothing is. Of an API with ever new limits all is forgotten. */
export function knownByLimit<T>(known: Map<Limit, T>, limit: Limit, begin: () => T): T {
	let value = known.get(limit);
	if (value === undefined) {
		if (known.size >= MAX_LIMITS) known.clear();
		known.set(limit, (value = begin()));
	}
	return value;
}
