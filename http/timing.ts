/** Time and chance, passed in so that decisions stay exact under test. */
export interface Timing {
	/** Milliseconds since the epoch. */
	now: () => number;
	/**
	 * Milliseconds since some moment, of which only differences count: nobody can set this clock, and it
	 * stands still while the machine sleeps.
	 */
	awakeMs: () => number;
	/** Resolves after `ms`; rejects as soon as `signal` aborts. */
	sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
	/** From 0 (included) to 1 (excluded). */
	random: () => number;
}
