/** The longest that a timer can run: 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface Deadline {
	/** Gives it its whole time again, from now. */
	restart: () => void;
	drop: () => void;
}

interface Pending {
	atMs: number;
	onOver: () => void;
}

const pending = new Set<Pending>();
let alarm: { atMs: number; signal: AbortSignal } | undefined;

/**
 * Calls `onOver` after `ms`, unless it is dropped before. One timer serves all deadlines, since
 * nearly every call ends before its time: a timer for each would cost more than the rest of the
 * exchange.
 */
export function deadline(ms: number, onOver: () => void): Deadline {
	const own = { atMs: performance.now() + ms, onOver };
	pending.add(own);
	if (alarm === undefined || own.atMs < alarm.atMs) setAlarm(own.atMs);
	return {
		// The alarm stays, and finds when it rings that there is time left.
		restart: () => (own.atMs = performance.now() + ms),
		drop: () => pending.delete(own),
	};
}

function setAlarm(atMs: number): void {
	const ms = Math.min(Math.max(1, Math.ceil(atMs - performance.now())), MAX_TIMER_MS);
	const signal = AbortSignal.timeout(ms);
	alarm = { atMs, signal };
	// One that an earlier deadline took the place of rings for nobody.
	signal.addEventListener('abort', () => alarm?.signal === signal && ring(), { once: true });
}

function ring(): void {
	alarm = undefined;
	const nowMs = performance.now();
	const over = [...pending].filter(({ atMs }) => atMs <= nowMs);
	for (const own of over.sort((a, b) => a.atMs - b.atMs)) {
		pending.delete(own);
		own.onOver();
	}
	let nextMs = Infinity;
	for (const { atMs } of pending) nextMs = Math.min(nextMs, atMs);
	if (nextMs < Infinity) setAlarm(nextMs);
}
