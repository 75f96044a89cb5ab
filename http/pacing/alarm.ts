import type { Timing } from '../timing';

export interface Alarm {
	/** In ms since the epoch. Infinity: no alarm. */
	set: (atMs: number) => void;
}

/** Calls `ring` at that moment, or earlier: it has to look at the clock. */
export function createAlarm({ now, sleep }: Timing, ring: () => void): Alarm {
	let current: { atMs: number; timer: AbortController } | undefined;
	return {
		set(atMs) {
			// One that rings too early costs less than setting it anew with each call.
			if (current !== undefined && atMs < Infinity && current.atMs <= atMs) return;
			current?.timer.abort();
			current = undefined;
			if (atMs === Infinity) return;
			const timer = new AbortController();
			current = { atMs, timer };
			sleep(atMs - now(), timer.signal).then(
				() => {
					current = undefined;
					ring();
				},
				() => undefined,
			);
		},
	};
}
