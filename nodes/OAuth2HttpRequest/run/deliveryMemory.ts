import type { IExecuteFunctions, INodeExecutionData, NodeError } from 'n8n-workflow';
import type { ApiResponse } from '../../../http/callAndRead';
import type { Page } from './pages';

/** What is known of an item that the API has accepted, or may have. */
export type Remembered =
	| { kind: 'output'; items: INodeExecutionData[] }
	/** To make the output of. */
	| { kind: 'response'; result: ApiResponse }
	/** The first pages: the others are still to be fetched. */
	| { kind: 'pages'; pages: Page[] }
	/** The API may have acted on it: it fails as before rather than being sent again. */
	| { kind: 'inDoubt'; error: NodeError; description: NodeError['description'] };

/** What one node has delivered in one run of it, across the tries of "Retry On Fail". */
export interface DeliveryMemory {
	recall: (itemIndex: number) => Remembered | undefined;
	remember: (itemIndex: number, delivered: Remembered) => void;
	/** The run has ended with this output. */
	ended: (output: INodeExecutionData[]) => void;
}

/**
 * By the object that n8n makes for each run of a node and hands to all its tries. It goes when the
 * execution ends, and what is remembered with it. The tools of an AI agent share one: by node, too.
 */
const memories = new WeakMap<object, Map<string, Entry>>();

interface Entry {
	/** The item's data: of the item itself an AI agent makes another one for each try. */
	json: object;
	delivered: Remembered;
}

/** Remembers nothing where the node is not set to "Retry On Fail": there is no next try. */
export function recallDeliveries(context: IExecuteFunctions): DeliveryMemory {
	if (context.getNode().retryOnFail !== true) {
		return { recall: () => undefined, remember: () => undefined, ended: () => undefined };
	}
	const items = context.getInputData();
	const run = context.getExecuteData();
	const { name } = context.getNode();
	const memory = memories.get(run) ?? new Map<string, Entry>();
	memories.set(run, memory);
	const keyOf = (itemIndex: number): string => `${itemIndex} ${name}`;

	return {
		recall(itemIndex) {
			const entry = memory.get(keyOf(itemIndex));
			// An AI agent may call the node several times within a run, each time with other data.
			return entry?.json === items[itemIndex]?.json ? entry?.delivered : undefined;
		},
		remember(itemIndex, delivered) {
			const json = items[itemIndex]?.json;
			if (json !== undefined) memory.set(keyOf(itemIndex), { json, delivered });
		},
		ended(output) {
			// n8n takes a first item with an "error" field for a failure, and tries again.
			if (output[0]?.json.error === undefined) memories.delete(run);
		},
	};
}
