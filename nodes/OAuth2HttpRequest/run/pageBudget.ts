import { InputError } from '../inputError';

/** For the text of all pages of a run. JSON takes several times as much when it is read. */
const MAX_PAGE_BYTES = 256 * 1024 * 1024;

/**
 * Counts what the pages of a run take in memory. n8n hands on all items of a run at once, so there
 * is a bound, and an error at it is better than an n8n that dies with all its other runs.
 */
export function createPageBudget(maxBytes = MAX_PAGE_BYTES): (bytes: number) => void {
	let heldBytes = 0;
	return (bytes) => {
		heldBytes += bytes;
		if (heldBytes <= maxBytes) return;
		throw new InputError(
			`The pages are larger than ${maxBytes / 1024 / 1024} MB in all`,
			'This is too much for the memory of one run. Turn on Options → Pagination → Limit Pages Fetched and fetch the rest in another run, or request less from the API: fewer fields, or a shorter period.',
		);
	};
}
