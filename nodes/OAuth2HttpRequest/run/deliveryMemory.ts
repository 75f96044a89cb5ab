import type { IExecuteFunctions, INodeExecutionData, NodeError } from 'n8n-workflow';
import type { ApiResponse } from '../../../http/call/callApi';
import type { Page } from './pages';

/** What is known of an item that the API has accepted, or may have. */
export type Remembered =
	| { kind: 'output'; items: INodeExecutionData[] }
	/** To make the output of. */
	| { kind: 'response'; result: ApiResponse }
	/** The first pages: the others are still to be fetched. */
	| { kind: 'pages'; pages: Page[] }
	/** The API may have acted on it: it fails as before, with these texts, rather than being sent again. */
	| { kind: 'inDoubt'; error: NodeError; texts: Pick<NodeError, 'message' | 'description'> };

/** What one node has delivered in one run of it, across the tries of "Retry On Fail". */
export interface DeliveryMemory {
	recall: (itemIndex: number) => Remembered | undefined;
	remember: (itemIndex: number, delivered: Remembered) => void;
	/** The run has ended with this output. */
	ended: (output: INodeExecutionData[]) => void;
}

/**
 * By the object that n8n makes for each run of a node and hands to all its tries; it goes when the
 * execution ends, and what is remembered with it. All calls that an AI agent makes share one, also those
 * at the same time: so by the item's data, too, which each call has of its own. Of the item itself an
 * agent makes another one for each try.
 */
const memories = new WeakMap<object, WeakMap<object, Map<string, Remembered>>>();

/** Remembers nothing where the node is not set to "Retry On Fail": there is no next try. */
export function recallDeliveries(context: IExecuteFunctions): DeliveryMemory {
	if (context.getNode().retryOnFail !== true) {
		return { recall: () => undefined, remember: () => undefined, ended: () => undefined };
	}
	const items = context.getInputData();
	const run = context.getExecuteData();
	const { name } = context.getNode();
	const memory = memories.get(run) ?? new WeakMap<object, Map<string, Remembered>>();
	memories.set(run, memory);
	const keyOf = (itemIndex: number): string => `${itemIndex} ${name}`;

	return {
		recall(itemIndex) {
			const json = items[itemIndex]?.json;
			return json && memory.get(json)?.get(keyOf(itemIndex));
		},
		remember(itemIndex, delivered) {
			const json = items[itemIndex]?.json;
			if (json === undefined) return;
			const ofData = memory.get(json) ?? new Map<string, Remembered>();
			memory.set(json, ofData.set(keyOf(itemIndex), delivered));
		},
		ended(output) {
			// n8n takes a first item with an "error" field for a failure, and tries again.
			if (output[0]?.json.error !== undefined) return;
			for (const { json } of items) memory.delete(json);
		},
	};
}
