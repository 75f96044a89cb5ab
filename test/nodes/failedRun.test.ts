import { describe, expect, it } from 'vitest';
import { howFar } from '../../nodes/OAuth2HttpRequest/run/failedRun';

const delivered = (total: number, without: readonly number[]): boolean[] =>
	Array.from({ length: total }, (_, item) => !without.includes(item));

describe('how far a failed run got', () => {
	it('names the items that were not delivered, and those that perhaps were', () => {
		expect(howFar(delivered(10, [1, 3, 5, 6, 7, 9]), new Set([9, 3]))).toBe(
			'4 of 10 items were delivered, 2 perhaps, 4 were not. Perhaps delivered: items 3, 9. Not delivered: items 1, 5–7. The first item is item 0.',
		);
	});

	it('names one item in the singular', () => {
		expect(howFar(delivered(2, [1]), new Set())).toBe(
			'1 of 2 items was delivered, 1 was not. Not delivered: item 1. The first item is item 0.',
		);
	});

	it('names none where all were not delivered', () => {
		expect(howFar(delivered(3, [0, 1, 2]), new Set())).toBe(
			'0 of 3 items were delivered, 3 were not.',
		);
	});

	it('stays short where there are many gaps', () => {
		const odd = Array.from({ length: 1_000 }, (_, index) => index * 2 + 1);
		const text = howFar(delivered(2_000, odd), new Set());
		expect(text).toContain('Not delivered: items 1, 3, 5, ');
		expect(text).toContain(', 59 and others. ');
	});
});
