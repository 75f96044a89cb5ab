/** Where a window has few calls, one process may keep them all, until the calls of the others are given up. */
const STARVING_AFTER_MS = 60_000;
/** In so many windows, a call comes late, by a window at most. */
const YIELDED = 1 / 10;

/**
 * How much later than it might the next call comes, in ms, so that it leaves its place to whoever asks.
 * After a minute only. A process that is alone cannot know it, and pays up to 5 % for that.
 *
 * @param forMs for how long the limit has been kept to.
 * @param perWindow how often in a window this is asked.
 */
export function yieldedMs(
	{ forMs, windowMs, perWindow }: { forMs: number; windowMs: number; perWindow: number },
	random: () => number,
): number {
	const isYielding = forMs >= STARVING_AFTER_MS && random() < YIELDED / perWindow;
	return isYielding ? random() * windowMs : 0;
}
