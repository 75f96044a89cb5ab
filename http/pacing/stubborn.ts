/** A call's place in the queue, and how it has fared. */
export interface Ticket {
	/** The lowest one goes first. */
	order: number;
	/** In a row. */
	refusals: number;
	refusedAtMs: number;
	/** Between two of them a call was accepted that had left after the first. */
	isOutrun: boolean;
}

export function createTicket(order: number): Ticket {
	return { order, refusals: 0, refusedAtMs: Infinity, isOutrun: false };
}

/** Refused twice in a row: the next one to ask the API is another, and shows which of the two is the reason. */
const REFUSALS_TO_YIELD = 2;
/** And again after others got through: the call is the reason. */
const REFUSALS_TO_BLAME = 3;
/** Nobody sends so many records that are refused for their own sake: it is the API. */
const MAX_SUSPECTS = 100;
/** Its own backoff: the first wait, and the longest. */
const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;

const isStubborn = ({ refusals, isOutrun }: Ticket): boolean =>
	isOutrun && refusals >= REFUSALS_TO_BLAME;

/** Whether it lets the oldest of those that wait go first. */
export function isToYield({ refusals }: Ticket): boolean {
	return refusals >= REFUSALS_TO_YIELD;
}

/** How long the call waits by itself, while others go; in ms, with equal jitter. */
export function backoffOf(ticket: Ticket, random: () => number): number {
	if (!isStubborn(ticket)) return 0;
	const tries = ticket.refusals - REFUSALS_TO_BLAME;
	return Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** tries) * (0.5 + 0.5 * random());
}

/**
 * Tells a call that is refused for its own sake from an API that refuses calls: some answer 429 for
 * one record, however few calls there are. Such a call must not slow down the others.
 */
export interface Suspicion {
	accepted: (ticket: Ticket, sentAtMs: number) => void;
	refused: (
		ticket: Ticket,
		nowMs: number,
	) => {
		/** It is the call that is refused: that says nothing of others. */
		isStubborn: boolean;
		/** And so is all that was ever refused: nothing was learned of the API. */
		isAllThatWasRefused: boolean;
	};
}

export function createSuspicion(): Suspicion {
	/** When the last one had left that was accepted. */
	let acceptedSentAtMs = -Infinity;
	/** Refused, and not accepted since. */
	const refusedTickets = new Set<Ticket>();
	/** A refused call was accepted later: it was the API's limit. */
	let isLimit = false;

	return {
		accepted(ticket, sentAtMs) {
			acceptedSentAtMs = Math.max(acceptedSentAtMs, sentAtMs);
			if (ticket.refusals === 0) return;
			ticket.refusals = 0;
			ticket.isOutrun = false;
			isLimit = true;
			refusedTickets.clear();
		},
		refused(ticket, nowMs) {
			ticket.isOutrun ||= acceptedSentAtMs > ticket.refusedAtMs;
			ticket.refusals++;
			ticket.refusedAtMs = nowMs;
			if (!isLimit) refusedTickets.add(ticket);
			if (refusedTickets.size > MAX_SUSPECTS) {
				isLimit = true;
				refusedTickets.clear();
			}
			const isAllThatWasRefused = !isLimit && [...refusedTickets].every(isStubborn);
			return { isStubborn: isStubborn(ticket), isAllThatWasRefused };
		},
	};
}
