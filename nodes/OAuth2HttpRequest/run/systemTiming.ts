import { sleepWithAbort } from 'n8n-workflow';
import type { Timing } from '../../../http/timing';

/** Timers of a longer time fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Real time, in the forms that a community node may use. */
export const systemTiming: Timing = {
	now: () => Date.now(),
	random: () => Math.random(),
	async sleep(ms, signal) {
		signal?.throwIfAborted();
		// n8n's helper never takes its listener off again: give it a signal that goes with the sleep.
		const timer = new AbortController();
		const wake = (): void => timer.abort();
		signal?.addEventListener('abort', wake, { once: true });
		try {
			await sleepWithAbort(Math.min(ms, MAX_TIMER_MS), timer.signal);
		} finally {
			signal?.removeEventListener('abort', wake);
		}
	},
};
