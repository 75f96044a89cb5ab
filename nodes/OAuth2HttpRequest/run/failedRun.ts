import { NodeError, type INode } from 'n8n-workflow';
import { tellModel } from '../errors/tellModel';
import type { Delivery } from './deliver';

/** The run fails with what failed first, and says how far it got: nothing is silently lost. */
export function throwFirstFailure(
	deliveries: ReadonlyArray<Delivery<unknown>>,
	doubts: ReadonlySet<number>,
	node: INode,
): void {
	const failure = deliveries.find((delivery) => delivery.kind === 'failed');
	if (failure === undefined) return;
	const { error } = failure;
	if (error instanceof NodeError) {
		if (deliveries.length > 1) {
			const isDelivered = deliveries.map(({ kind }) => kind === 'delivered');
			const reached = howFar(isDelivered, doubts);
			error.description = [error.description, reached].filter(Boolean).join(' ');
		}
		tellModel(error, node);
	}
	throw error;
}

/**
 * How far a failed run got, and which items are left: n8n keeps no output of a node that fails.
 *
 * @param isDelivered by item. @param doubts items that the API may have acted on, though they failed.
 */
export function howFar(isDelivered: readonly boolean[], doubts: ReadonlySet<number>): string {
	const total = isDelivered.length;
	const delivered = isDelivered.filter(Boolean).length;
	const left = [...isDelivered.keys()].filter((item) => !isDelivered[item] && !doubts.has(item));
	const perhaps = doubts.size > 0 ? `, ${doubts.size} perhaps` : '';
	const not = left.length > 0 ? `, ${left.length} ${were(left.length)} not` : '';
	const counts = `${delivered} of ${total} items ${were(delivered)} delivered${perhaps}${not}.`;
	if (left.length === total) return counts;
	const which = [
		...(doubts.size > 0 ? [`Perhaps delivered: ${itemNumbers([...doubts])}.`] : []),
		...(left.length > 0 ? [`Not delivered: ${itemNumbers(left)}.`] : []),
	];
	return which.length === 0 ? counts : `${counts} ${which.join(' ')} The first item is item 0.`;
}

function were(count: number): string {
	return count === 1 ? 'was' : 'were';
}

/** Calls under way leave few gaps. */
const MAX_RANGES = 30;

/** `items 3, 5–9` */
function itemNumbers(numbers: readonly number[]): string {
	const ranges: Array<[first: number, last: number]> = [];
	for (const number of numbers.toSorted((a, b) => a - b)) {
		const range = ranges.at(-1);
		if (range?.[1] === number - 1) range[1] = number;
		else ranges.push([number, number]);
	}
	const shown = ranges
		.slice(0, MAX_RANGES)
		.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`))
		.join(', ');
	const others = ranges.length > MAX_RANGES ? ' and others' : '';
	return `${numbers.length === 1 ? 'item' : 'items'} ${shown}${others}`;
}
