import pMap from 'p-map';

/** How one item ended. */
export type Delivery<T> =
	{ kind: 'delivered'; value: T } | { kind: 'failed'; error: unknown } | { kind: 'notSent' };

export interface DeliverOptions {
	concurrency: number;
	/** Whether the other items go on when one has failed. */
	continueOnFail: boolean;
	/** Ends everything at once: the returned promise rejects. */
	cancelSignal?: AbortSignal;
	onSettled: (delivery: Delivery<unknown>) => void;
}

/**
 * Delivers `count` items with bounded concurrency, and says of each how it ended, in order.
 *
 * Unless `continueOnFail`, the first failure lets no further item begin and aborts the signal of
 * those that wait; calls that are on the wire end by themselves, so that none is half known.
 */
export async function deliver<T>(
	count: number,
	deliverItem: (index: number, signal: AbortSignal) => Promise<T>,
	{ concurrency, continueOnFail, cancelSignal, onSettled }: DeliverOptions,
): Promise<Array<Delivery<T>>> {
	const stop = new AbortController();
	const cancel = (): void => stop.abort(cancelSignal?.reason);
	cancelSignal?.throwIfAborted();
	cancelSignal?.addEventListener('abort', cancel, { once: true });

	const isStopped = (): boolean => stop.signal.aborted;

	const settle = async (index: number): Promise<Delivery<T>> => {
		if (isStopped()) return { kind: 'notSent' };
		try {
			return { kind: 'delivered', value: await deliverItem(index, stop.signal) };
		} catch (error) {
			cancelSignal?.throwIfAborted();
			// It was waiting when another one failed: that is the failure to tell of.
			if (isStopped()) return { kind: 'notSent' };
			if (!continueOnFail) stop.abort();
			return { kind: 'failed', error };
		}
	};
	try {
		return await pMap(
			Array.from({ length: count }, (_, index) => index),
			async (index) => {
				const delivery = await settle(index);
				onSettled(delivery);
				return delivery;
			},
			{ concurrency, signal: cancelSignal },
		);
	} finally {
		cancelSignal?.removeEventListener('abort', cancel);
	}
}
