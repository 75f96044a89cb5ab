import type { INode, INodeExecutionData, NodeError } from 'n8n-workflow';
import { isInDoubt } from '../errors/inDoubt';
import { toNodeError } from '../errors/toNodeError';
import type { DeliveryMemory } from './deliveryMemory';

/** Delivers no item twice, whatever "Retry On Fail" does. */
export interface OnceDelivery {
	/**
	 * Delivers the item, unless an earlier try of the node has delivered it, or has perhaps.
	 * @throws {NodeError} what went wrong with the item.
	 */
	deliver: (
		index: number,
		deliverAnew: () => Promise<INodeExecutionData[]>,
	) => Promise<INodeExecutionData[]>;
	/** Items that failed, though the API may have acted on them. */
	doubts: ReadonlySet<number>;
	/** Whether the item failed in an earlier try, and this says nothing of the others. */
	isRecalled: (error: unknown) => boolean;
}

/** @param keepsDoubts whether an item in doubt fails in the next tries, too, rather than being sent again. */
export function createOnceDelivery(
	node: INode,
	memory: DeliveryMemory,
	keepsDoubts: boolean,
): OnceDelivery {
	const doubts = new Set<number>();
	const recalled = new Set<unknown>();

	function fail(index: number, error: NodeError): never {
		if (isInDoubt(error)) {
			doubts.add(index);
			// What was answered can be read again.
			if (keepsDoubts && memory.recall(index)?.kind !== 'response') {
				const { message, description } = error;
				memory.remember(index, { kind: 'inDoubt', error, texts: { message, description } });
			}
		}
		throw error;
	}

	return {
		async deliver(index, deliverAnew) {
			const known = memory.recall(index);
			if (known?.kind === 'output') return known.items;
			if (known?.kind === 'inDoubt') {
				recalled.add(known.error);
				// Without what the try before has added for the whole run.
				return fail(index, Object.assign(known.error, known.texts));
			}
			try {
				const items = await deliverAnew();
				memory.remember(index, { kind: 'output', items });
				return items;
			} catch (error) {
				return fail(index, toNodeError(node, error, index));
			}
		},
		doubts,
		isRecalled: (error) => recalled.has(error),
	};
}
