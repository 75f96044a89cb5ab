const MINUTE_MS = 60_000;

/** A moment as a person reads it: the next full minute, so that nobody comes back too early. */
export function shownMoment(ms: number): string {
	const minute = new Date(Math.ceil(ms / MINUTE_MS) * MINUTE_MS);
	return `${minute.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
