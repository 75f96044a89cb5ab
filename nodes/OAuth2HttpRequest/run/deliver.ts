import pMap from 'p-map';
import type { Timing } from '../../../http/timing';

/** How one item ended. */
export type Delivery<T> =
	{ kind: 'delivered'; value: T } | { kind: 'failed'; error: unknown } | { kind: 'notSent' };

export interface DeliverOptions {
	concurrency: number;
	/** Whether an item that fails with this stops the others. */
	stops: (error: unknown) => boolean;
	/** Ends everything at once. */
	cancelSignal?: AbortSignal;
	onSettled: () => void;
	timing: Pick<Timing, 'awakeMs' | 'sleep'>;
}

/** Short enough for n8n to answer others meanwhile. */
const MAX_BUSY_MS = 50;

/**
 * Delivers `count` items with bounded concurrency, and says of each how it ended, in order.
 *
 * The first failure that stops the others lets no further item begin and aborts the signal of those
 * that wait; calls that are on the wire end by themselves, so that none is half known.
 */
export async function deliver<T>(
	count: number,
	deliverItem: (index: number, waitSignal: AbortSignal) => Promise<T>,
	{ concurrency, stops, cancelSignal, onSettled, timing }: DeliverOptions,
): Promise<Array<Delivery<T>>> {
	// A signal for each item under way: Node warns of one that more than ten wait on. The next item
	// takes over that of one that has ended, since signals are dear.
	const underWay = new Set<AbortController>();
	const free: AbortController[] = [];
	let stopped = false;
	const stop = (): void => {
		stopped = true;
		for (const item of underWay) item.abort();
	};
	if (cancelSignal?.aborted) stop();
	cancelSignal?.addEventListener('abort', stop, { once: true });

	const giveWay = createBreaks(timing);
	const settle = async (index: number): Promise<Delivery<T>> => {
		if (stopped) return { kind: 'notSent' };
		const item = free.pop() ?? new AbortController();
		underWay.add(item);
		try {
			return { kind: 'delivered', value: await deliverItem(index, item.signal) };
		} catch (error) {
			// It was still waiting when another item failed: that failure is the one to report.
			if (item.signal.aborted) return { kind: 'notSent' };
			if (stops(error)) stop();
			return { kind: 'failed', error };
		} finally {
			underWay.delete(item);
			free.push(item);
			onSettled();
			await giveWay();
		}
	};
	try {
		return await pMap(Array.from({ length: count }).keys(), settle, { concurrency });
	} finally {
		cancelSignal?.removeEventListener('abort', stop);
	}
}

/**
 * Items that fail before they call anything end in one turn of the event loop, in which n8n can do nothing
 * else: all of them wait for the next turn now and then.
 */
function createBreaks({
	awakeMs,
	sleep,
}: DeliverOptions['timing']): () => Promise<void> | undefined {
	let busySinceMs = awakeMs();
	let nextTurn: Promise<void> | undefined;
	return () => {
		if (nextTurn === undefined && awakeMs() - busySinceMs >= MAX_BUSY_MS) {
			nextTurn = sleep(0).then(() => {
				busySinceMs = awakeMs();
				nextTurn = undefined;
			});
		}
		return nextTurn;
	};
}
