import type { Outcome } from '../message';
import { retryAfterMs } from '../retryAfter';
import type { Timing } from '../timing';
import { createQuota } from './quota';
import { createRate } from './rate';
import { readBudget } from './rateLimitHeaders';

/**
 * Decides when the next call to one API may leave. One for each API (origin and client), shared by
 * all items of a run and all runs of the process, which therefore learn from each other's answers.
 *
 * Three things hold a call back: a pause that the API asked for, a budget that its headers say is
 * spent (`quota`), and, where it says nothing but 429, the rate that was found out (`rate`).
 */
export interface Pacer {
	/**
	 * Waits until the call may leave; the oldest call goes first. Rejects when `signal` aborts.
	 * Where the API asked for a pause that has more than `maxPauseMs` left, the call may not leave.
	 */
	turn: (options: TurnOptions) => Promise<Turn>;
	/** How many calls the API has accepted: a call that is refused meanwhile is late, not lost. */
	acceptedCount: () => number;
	/** For how long calls have been held back in all, in ms. */
	heldMs: () => number;
	/** No call waits or is under way, and no pause is to be remembered. */
	isIdle: () => boolean;
}

export interface TurnOptions {
	maxPauseMs: number;
	/** Of an earlier turn of the same call, so that it does not queue behind younger ones. */
	ticket?: number;
	signal?: AbortSignal;
}

export type Turn =
	| {
			go: true;
			ticket: number;
			/** To be told once how the call ended; `undefined` where it was given up. */
			end: (outcome: Outcome | undefined) => void;
	  }
	| { go: false; pauseMs: number };

interface Waiter {
	ticket: number;
	maxPauseMs: number;
	resolve: (turn: Turn) => void;
}

/** A budget that comes back later than this is not waited for, so the rate must come down. */
const MAX_EXPLAINED_MS = 300_000;

export function createPacer(timing: Timing): Pacer {
	const { now } = timing;
	const quota = createQuota();
	const rate = createRate(timing.random);
	const queue: Waiter[] = [];
	let tickets = 0;
	let inFlight = 0;
	let pausedUntilMs = 0;
	let accepted = 0;
	let heldMs = 0;
	let heldSinceMs: number | undefined;
	let alarm: { atMs: number; off: () => void } | undefined;

	/** Lets go who may leave, and sets the alarm for the next one. */
	function advance(): void {
		for (;;) {
			const nowMs = now();
			const pauseMs = pausedUntilMs - nowMs;
			turnAway(pauseMs);
			const [next] = queue;
			const readyAtMs = next === undefined ? nowMs : readyAt(next, nowMs);
			countHeld(readyAtMs > nowMs, nowMs);
			if (next === undefined || inFlight >= rate.maxInFlight()) return;
			if (readyAtMs > nowMs) {
				setAlarm(readyAtMs);
				return;
			}
			queue.shift();
			leave(next, nowMs);
		}
	}

	function readyAt({ maxPauseMs }: Waiter, nowMs: number): number {
		const quotaAtMs = quota.readyAtMs(nowMs);
		// Headers can be misread: rather ask too early, and be told, than wait for hours in silence.
		const trustedMs = quotaAtMs - nowMs > maxPauseMs ? nowMs : quotaAtMs;
		return Math.max(pausedUntilMs, trustedMs, rate.readyAtMs(nowMs));
	}

	function countHeld(isHeld: boolean, nowMs: number): void {
		if (heldSinceMs !== undefined) heldMs += nowMs - heldSinceMs;
		heldSinceMs = isHeld ? nowMs : undefined;
	}

	function turnAway(pauseMs: number): void {
		for (const waiter of queue.filter(({ maxPauseMs }) => pauseMs > maxPauseMs)) {
			queue.splice(queue.indexOf(waiter), 1);
			waiter.resolve({ go: false, pauseMs });
		}
	}

	function leave({ ticket, resolve }: Waiter, sentAtMs: number): void {
		inFlight++;
		quota.sent(sentAtMs);
		rate.sent(sentAtMs);
		let ended = false;
		resolve({
			go: true,
			ticket,
			end(outcome) {
				if (ended) return;
				ended = true;
				inFlight--;
				if (outcome?.kind === 'response') learn(outcome, sentAtMs);
				advance();
			},
		});
	}

	function learn(outcome: Outcome & { kind: 'response' }, sentAtMs: number): void {
		const nowMs = now();
		const budget = readBudget(outcome.response, nowMs);
		if (budget !== undefined) quota.learned(budget, inFlight, nowMs);
		const refusal = readRefusal(outcome, nowMs);
		if (refusal === undefined) {
			accepted++;
			rate.accepted(nowMs);
			return;
		}
		if (refusal.toldMs !== undefined) {
			pausedUntilMs = Math.max(pausedUntilMs, nowMs + refusal.toldMs);
		}
		// A spent budget explains the refusal; without it, the rate was too high.
		const isExplained =
			budget !== undefined && budget.remaining <= 0 && budget.resetMs <= MAX_EXPLAINED_MS;
		if (!isExplained) rate.refused(sentAtMs, nowMs, refusal.toldMs);
	}

	function setAlarm(atMs: number): void {
		if (alarm?.atMs === atMs) return;
		alarm?.off();
		const timer = new AbortController();
		alarm = { atMs, off: () => timer.abort() };
		timing.sleep(atMs - now(), timer.signal).then(
			() => {
				alarm = undefined;
				advance();
			},
			() => undefined,
		);
	}

	return {
		turn({ maxPauseMs, ticket = tickets++, signal }) {
			return new Promise((resolve, reject) => {
				if (signal?.aborted) {
					reject(signal.reason as Error);
					return;
				}
				const giveUp = (): void => {
					queue.splice(queue.indexOf(waiter), 1);
					reject(signal?.reason as Error);
					advance();
				};
				const waiter: Waiter = {
					ticket,
					maxPauseMs,
					resolve(turn) {
						signal?.removeEventListener('abort', giveUp);
						resolve(turn);
					},
				};
				signal?.addEventListener('abort', giveUp, { once: true });
				const older = queue.findLastIndex((other) => other.ticket < ticket);
				queue.splice(older + 1, 0, waiter);
				advance();
			});
		},
		acceptedCount: () => accepted,
		heldMs: () => heldMs + (heldSinceMs === undefined ? 0 : now() - heldSinceMs),
		isIdle: () => queue.length === 0 && inFlight === 0 && now() >= pausedUntilMs,
	};
}

/**
 * Whether the response asks the client as a whole to slow down, and for how long if it says so:
 * 429 (RFC 6585 §4), and 503 where it tells a time (RFC 9110 §15.6.4).
 */
export function readRefusal(
	{ response }: Outcome & { kind: 'response' },
	nowMs: number,
): { toldMs?: number } | undefined {
	const toldMs = retryAfterMs(response, nowMs) || undefined;
	const isRefusal = response.status === 429 || (response.status === 503 && toldMs !== undefined);
	return isRefusal ? { ...(toldMs !== undefined && { toldMs }) } : undefined;
}

/** Pacers by API. Idle ones are dropped, the one that was used longest ago first. */
export function createPacerPool(create: () => Pacer, keep = 100): (key: string) => Pacer {
	const pool = new Map<string, Pacer>();
	return (key) => {
		const pacer = pool.get(key) ?? create();
		pool.delete(key);
		pool.set(key, pacer);
		for (const [oldKey, old] of pool) {
			if (pool.size <= keep) break;
			if (old !== pacer && old.isIdle()) pool.delete(oldKey);
		}
		return pacer;
	};
}
