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
	const heaps = new Map<string, Heap<W>>();
	const present = new Set<W>();
	const watch = createAbortWatch<W>();

	/** Without those that have left meanwhile. */
	function firstOf(heap: Heap<W>): W | undefined {
		let first = heap.top();
		while (first !== undefined && !present.has(first)) {
			heap.pop();
			first = heap.top();
		}
		return first;
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
				heaps.set(waiter.kind, (heap = createHeap<W>()));
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

interface Heap<W> {
	push: (waiter: W) => void;
	top: () => W | undefined;
	pop: () => void;
}

/** A binary heap: the lowest order is on top. */
function createHeap<W extends Waiter>(): Heap<W> {
	const items: W[] = [];
	const orderAt = (index: number): number => items[index]?.order ?? Infinity;

	function swap(a: number, b: number): void {
		const [atA, atB] = [items[a], items[b]];
		if (atA === undefined || atB === undefined) return;
		items[a] = atB;
		items[b] = atA;
	}

	return {
		top: () => items[0],
		push(waiter) {
			items.push(waiter);
			for (let at = items.length - 1; at > 0;) {
				const parent = (at - 1) >> 1;
				if (orderAt(parent) <= orderAt(at)) break;
				swap(parent, at);
				at = parent;
			}
		},
		pop() {
			const last = items.pop();
			if (last === undefined || items.length === 0) return;
			items[0] = last;
			for (let at = 0; ;) {
				const left = 2 * at + 1;
				const lower = orderAt(left) <= orderAt(left + 1) ? left : left + 1;
				if (orderAt(at) <= orderAt(lower)) break;
				swap(at, lower);
				at = lower;
			}
		},
	};
}
