import * as n8nWorkflow from 'n8n-workflow';
import type { Timing } from '../http/timing';

/** Timers of a longer time fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

type AbortableSleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** n8n's `sleepWithAbort` is gone in 2.41, where `sleep` takes the signal. */
export interface SleepHelpers {
	sleep: AbortableSleep;
	sleepWithAbort?: AbortableSleep;
}

/** Real time, in the forms that a community node may use. */
export const systemTiming = createSystemTiming(n8nWorkflow);

export function createSystemTiming({ sleep, sleepWithAbort }: SleepHelpers): Timing {
	const abortableSleep = sleepWithAbort ?? sleep;
	return {
		now: () => Date.now(),
		awakeMs: () => performance.now(),
		random: () => Math.random(),
		async sleep(ms, signal) {
			signal?.throwIfAborted();
			// n8n's helper never takes its listener off again: give it a signal that goes with the sleep.
			const timer = new AbortController();
			const wake = (): void => timer.abort();
			signal?.addEventListener('abort', wake, { once: true });
			try {
				await abortableSleep(Math.min(ms, MAX_TIMER_MS), timer.signal);
			} finally {
				signal?.removeEventListener('abort', wake);
			}
		},
	};
}
