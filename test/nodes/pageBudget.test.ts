import { expect, it } from 'vitest';
import { createPageBudget } from '../../nodes/OAuth2HttpRequest/run/pageBudget';

it('pages that do not fit into memory are an error that says what to do', () => {
	const hold = createPageBudget(2 * 1024 * 1024);
	hold(1024 * 1024);
	hold(1024 * 1024);
	expect(() => hold(1)).toThrow('larger than 2 MB');
});
