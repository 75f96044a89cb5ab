import TinyQueue from 'tinyqueue';

/** Calls that wait for their turn. */
export interface Waiting<W extends Waiter> {
	add: (waiter: W) => void;
	isWaiting: (waiter: W) => boolean;
	/** Until it is taken: whether its signal aborts. */
	watch: (waiter: W, onAbort: (waiter: W) => void) => void;
	/** Of each kind the one to go first. Valid until the next change. */
	firsts: () => readonly W[];
	take: (waiter: W) => void;
	size: () => number;
}

export interface Waiter {
	/** The lowest one goes first. */
	order: number;
	/** Whoever has the same one may leave at the same time: it is enough to ask for the first. */
	kind: string;
	signal?: AbortSignal;
}

/**
 * A heap for each kind of call, so that finding the next one costs the same however many wait. Whoever
 * withdraws stays in the heap until it comes to the top.
 */
export function createWaiting<W extends Waiter>(): Waiting<W> {
	const heaps = new Map<string, TinyQueue<W>>();
	const present = new Set<W>();
	const watch = createAbortWatch<W>();

	/** Without those that have left meanwhile. */
	function firstOf(heap: TinyQueue<W>): W | undefined {
		for (;;) {
			const first = heap.peek();
			if (first === undefined || present.has(first)) return first;
			heap.pop();
		}
	}

	/** Kinds that may never come again. Not at once: mostly the next call is of the same kind. */
	function dropEmpty(): void {
		for (const [kind, heap] of heaps) {
			if (firstOf(heap) === undefined) heaps.delete(kind);
		}
	}

	return {
		add(waiter) {
			let heap = heaps.get(waiter.kind);
			if (heap === undefined) {
				dropEmpty();
				heaps.set(waiter.kind, (heap = new TinyQueue<W>([], (a, b) => a.order - b.order)));
			}
			heap.push(waiter);
			present.add(waiter);
		},
		isWaiting: (waiter) => present.has(waiter),
		watch: watch.add,
		firsts() {
			const firsts: W[] = [];
			for (const heap of heaps.values()) {
				const first = firstOf(heap);
				if (first !== undefined) firsts.push(first);
			}
			return firsts;
		},
		take(waiter) {
			present.delete(waiter);
			watch.remove(waiter);
		},
		size: () => present.size,
	};
}

interface AbortWatch<W> {
	add: (waiter: W, onAbort: (waiter: W) => void) => void;
	remove: (waiter: W) => void;
}

/** One listener for each signal, however many wait with it. */
function createAbortWatch<W extends Waiter>(): AbortWatch<W> {
	interface Watched {
		waiters: Map<W, (waiter: W) => void>;
		tellAll: () => void;
	}
	const bySignal = new Map<AbortSignal, Watched>();
	return {
		add(waiter, onAbort) {
			const { signal } = waiter;
			if (signal === undefined) return;
			let watched = bySignal.get(signal);
			if (watched === undefined) {
				const waiters: Watched['waiters'] = new Map();
				const tellAll = (): void => [...waiters].forEach(([one, tell]) => tell(one));
				watched = { waiters, tellAll };
				bySignal.set(signal, watched);
				signal.addEventListener('abort', tellAll, { once: true });
			}
			watched.waiters.set(waiter, onAbort);
		},
		remove(waiter) {
			const { signal } = waiter;
			const watched = signal && bySignal.get(signal);
			if (signal === undefined || watched?.waiters.delete(waiter) !== true) return;
			if (watched.waiters.size > 0) return;
			signal.removeEventListener('abort', watched.tellAll);
			bySignal.delete(signal);
		},
	};
}
