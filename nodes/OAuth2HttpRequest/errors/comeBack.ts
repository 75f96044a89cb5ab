import { shownDuration } from '../../../text/shownDuration';
import { shownMoment } from '../../../text/shownMoment';

/** The API asks for a longer pause than the user accepts. */
export function comeBack(pauseMs: number, nowMs: number): string {
	return `It asked for a pause of ${shownDuration(pauseMs)}: try again after ${shownMoment(nowMs + pauseMs)}. To wait that long within a run, raise Options → Retry → Longest Pause.`;
}

/** The API has refused all tries for longer than the user accepts. */
export function refusedTooLong(refusedForMs: number): string {
	return `It has refused every try for ${shownDuration(refusedForMs)}: perhaps a daily or monthly quota is used up. Run the workflow again later. To keep trying for longer, raise Options → Retry → Longest Pause.`;
}
