/** The longest that a timer can run: 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/**
 * Where the process was busy with something else, what has come meanwhile is read only after timers:
 * a deadline is over once there was time to read it.
 */
const GRACE_MS = 10;

export interface Deadline {
	/** Gives it its whole time again, from now. */
	restart: () => void;
	drop: () => void;
}

interface Pending {
	atMs: number;
	/** The alarm has rung for it. */
	isDue: boolean;
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
	const own: Pending = { atMs: performance.now() + ms, isDue: false, onOver };
	pending.add(own);
	if (alarm === undefined || own.atMs < alarm.atMs) setAlarm(own.atMs);
	return {
		// The alarm stays, and finds when it rings that there is time left.
		restart() {
			own.atMs = performance.now() + ms;
			own.isDue = false;
		},
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
	let nextMs = Infinity;
	const over: Pending[] = [];
	for (const own of pending) {
		if (own.atMs > nowMs) nextMs = Math.min(nextMs, own.atMs);
		else if (own.isDue) over.push(own);
		else {
			own.isDue = true;
			nextMs = Math.min(nextMs, nowMs + GRACE_MS);
		}
	}
	if (nextMs < Infinity) setAlarm(nextMs);
	for (const own of over.sort((a, b) => a.atMs - b.atMs)) {
		pending.delete(own);
		own.onOver();
	}
}
