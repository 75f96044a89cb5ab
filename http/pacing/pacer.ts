import type { Outcome } from '../message';
import type { Timing } from '../timing';
import { createAlarm } from './alarm';
import { toAnsweredCall } from './answeredCall';
import { createPause } from './pause';
import { createQuotas, type Remaining } from './quotas';
import { createRate } from './rate';
import { createBudgetReader, type Budget } from './rateLimitHeaders';
import { createStopwatch } from './stopwatch';
import { backoffOf, createSuspicion, createTicket, isToYield, type Ticket } from './stubborn';
import { createTravelTime } from './travelTime';
import { createUserLimit, type RequestLimit } from './userLimit';
import { createWaiting, type Waiter } from './waiting';

/**
 * Decides when the next call to one API may leave. One for each API (origin and client), shared by
 * all items of a run and all runs of the process, which therefore learn from each other's answers.
 *
 * Four things hold a call back: a pause that the API asked for (`pause`), a budget that its headers
 * say is spent (`quota`), where it says nothing but 429 the limit that was found out (`rate`), and a
 * limit that the user has set (`userLimit`).
 */
export interface Pacer {
	/**
	 * Waits until the call may leave; the oldest call goes first. Rejects when `signal` aborts.
	 * The call may not leave where the API asked for a pause that has more than `maxPauseMs` left, or
	 * has refused everything for longer than that.
	 */
	turn: (options: TurnOptions) => Promise<Turn>;
	/** For how long the API has held calls back in all, in ms. */
	heldMs: () => number;
	/** No call waits or is under way, and nothing is to be remembered: no pause, no user's limit. */
	isIdle: () => boolean;
}

export interface TurnOptions {
	maxPauseMs: number;
	/** Of an earlier turn of the same call, so that it does not queue behind younger ones. */
	ticket?: Ticket;
	/** Kept in addition to what the API wants. All requests of this process to the API count. */
	limit?: RequestLimit;
	signal?: AbortSignal;
}

export type Turn =
	| {
			go: true;
			ticket: Ticket;
			/** To be told once how the call ended; `undefined` where it was given up. */
			end: (outcome: Outcome | undefined) => void;
	  }
	| { go: false; obstacle: Withheld };

/** Why a call may not leave, for longer than it may wait. */
export type Withheld =
	/** The API wants no call for so long. */
	| { kind: 'pause'; pauseMs: number }
	/** It has refused everything for so long. */
	| { kind: 'refusal'; refusedForMs: number };

interface WaitingCall extends Waiter {
	options: TurnOptions;
	ticket: Ticket;
	resolve: (turn: Turn) => void;
	reject: (reason: unknown) => void;
}

/** What was learned from an API that has not been called for so long says nothing of now. */
const FORGET_AFTER_MS = 60_000;
/** A longer one is believed only where it cannot be misread: rather ask. */
const LONGEST_TOLD_PAUSE_MS = 300_000;
/** A clock that is corrected by less is left to itself. */
const CLOCK_TOLERANCE_MS = 1_000;

export function createPacer(timing: Timing): Pacer {
	const { now, random } = timing;
	const readBudget = createBudgetReader();
	let pause = createPause(timing);
	let quotas = createQuotas(random);
	let rate = createRate(random);
	let suspicion = createSuspicion();
	const travel = createTravelTime();
	const userLimit = createUserLimit();
	const waiting = createWaiting<WaitingCall>();
	let orders = 0;
	/** When the calls under way left, ascending. */
	const underWay: number[] = [];
	/** Calls that wait by themselves. */
	let asideCount = 0;
	let lastEndedAtMs = -Infinity;
	const held = createStopwatch(timing.awakeMs);
	/** The latest that the clock has shown. */
	let seenAtMs = -Infinity;
	const alarm = createAlarm(timing, advance);

	const isUnused = (): boolean => waiting.size() === 0 && underWay.length === 0 && asideCount === 0;

	/** Lets go all calls that may leave, and sets the alarm for the next one. */
	function advance(): void {
		checkClock();
		for (;;) {
			const nowMs = now();
			if (waiting.size() === 0) {
				held.stop();
				alarm.set(Infinity);
				return;
			}
			turnAway(nowMs);
			const quotaAtMs = quotas.readyAtMs(nowMs, underWay);
			const pausedAndRateAtMs = Math.max(pause.untilMs(), rate.readyAtMs(nowMs, underWay.length));
			const startAtMs = rate.startAtMs(underWay.length);
			let isHeld = false;
			let nextAtMs = Infinity;
			let next: WaitingCall | undefined;
			for (const call of waiting.firsts()) {
				const { maxPauseMs, limit } = call.options;
				// Headers can be misread: rather ask too early, and be told, than wait for hours in silence.
				const isTrusted = quotaAtMs - nowMs <= maxPauseMs || underWay.length > 0;
				const apiAtMs = isTrusted ? Math.max(pausedAndRateAtMs, quotaAtMs) : pausedAndRateAtMs;
				isHeld ||= apiAtMs > nowMs && apiAtMs < Infinity;
				const atMs = Math.max(apiAtMs, userLimit.readyAtMs(limit, underWay.length), startAtMs);
				nextAtMs = Math.min(nextAtMs, atMs);
				if (atMs <= nowMs && call.order < (next?.order ?? Infinity)) next = call;
			}
			if (isHeld) held.start();
			else held.stop();
			if (next === undefined) {
				// Infinity: for an answer, which comes here by itself.
				alarm.set(nextAtMs);
				return;
			}
			leave(next, nowMs);
		}
	}

	/** Ends the wait of calls that accept no pause as long as this one. */
	function turnAway(nowMs: number): void {
		const pauseMs = Math.max(0, pause.untilMs() - nowMs);
		const refusedForMs = pause.refusedForMs();
		const isAsked = pauseMs > 0 || refusedForMs > 0;
		if (!isAsked || (pauseMs === 0 && rate.readyAtMs(nowMs, underWay.length) <= nowMs)) return;
		for (;;) {
			const call = waiting
				.firsts()
				.find(({ options: { maxPauseMs } }) => Math.max(pauseMs, refusedForMs) > maxPauseMs);
			if (call === undefined) return;
			waiting.take(call);
			const isHopeless = refusedForMs > call.options.maxPauseMs;
			call.resolve({
				go: false,
				obstacle: isHopeless ? { kind: 'refusal', refusedForMs } : { kind: 'pause', pauseMs },
			});
		}
	}

	function leave(call: WaitingCall, leftAtMs: number): void {
		waiting.take(call);
		const { ticket, resolve } = call;
		const remainingBefore = quotas.remaining(leftAtMs);
		rate.sent(leftAtMs, underWay.length === 0 ? leftAtMs - lastEndedAtMs : 0);
		underWay.push(leftAtMs);
		let ended = false;
		resolve({
			go: true,
			ticket,
			end(outcome) {
				if (ended) return;
				ended = true;
				underWay.splice(underWay.indexOf(leftAtMs), 1);
				checkClock();
				lastEndedAtMs = now();
				userLimit.ended(lastEndedAtMs);
				// Not after its end, though the clock was set back meanwhile.
				const sentAtMs = Math.min(leftAtMs, lastEndedAtMs);
				if (outcome?.kind === 'response') learn(outcome, { ticket, sentAtMs, remainingBefore });
				else rate.unanswered(sentAtMs);
				advance();
			},
		});
	}

	function learn(
		outcome: Outcome & { kind: 'response' },
		{ ticket, sentAtMs, remainingBefore }: SentCall,
	): void {
		const nowMs = now();
		const ended = { sentAtMs, nowMs, inFlight: underWay.length };
		const call = toAnsweredCall(outcome.response, ended, travel);
		const budget = readBudget(outcome.response, call);
		const backAtMs = quotas.learned(budget, call, remainingBefore);
		if (call.isPassed) {
			if (call.isAccepted) {
				pause.accepted();
				suspicion.accepted(ticket, sentAtMs);
			}
			rate.passed(call);
			return;
		}
		const verdict = suspicion.refused(ticket, nowMs);
		if (verdict.isStubborn) {
			if (verdict.isAllThatWasRefused) {
				rate = createRate(random);
				pause = createPause(timing);
			}
			return;
		}
		const toldMs = call.toldMs ?? toldByBudget(budget);
		const refused = { ...call, ...(toldMs !== undefined && { toldMs }) };
		// A spent budget explains the refusal; without it, the rate was too high.
		if (backAtMs === undefined) rate.refused(refused);
		pause.refused(refused, backAtMs);
	}

	/** The pause that a refusal's budget tells of, in ms, where `quotas` does not know how to wait for it. */
	function toldByBudget(budget: Budget | undefined): number | undefined {
		if (budget === undefined) return undefined;
		const { remaining, resetMs, isAmbiguous } = budget;
		const isLong = resetMs > LONGEST_TOLD_PAUSE_MS;
		const isPause = isLong
			? remaining === 0 && !isAmbiguous
			: quotas.isToldWithRefusalsOnly(budget);
		return isPause ? resetMs : undefined;
	}

	function forgetOld(): void {
		const nowMs = now();
		if (!isUnused() || nowMs < Math.max(lastEndedAtMs + FORGET_AFTER_MS, pause.untilMs())) return;
		forget();
	}

	function forget(): void {
		pause = createPause(timing);
		quotas = createQuotas(random);
		rate = createRate(random);
		suspicion = createSuspicion();
	}

	/** Where the clock was set back, what was noted by the old one would hold calls back for as long. */
	function checkClock(): void {
		const nowMs = now();
		if (nowMs < seenAtMs - CLOCK_TOLERANCE_MS) {
			userLimit.clockSetBack(seenAtMs, nowMs);
			seenAtMs = nowMs;
			lastEndedAtMs = nowMs;
			forget();
			alarm.set(Infinity);
		}
		seenAtMs = Math.max(seenAtMs, nowMs);
	}

	async function standAside(backoffMs: number, signal?: AbortSignal): Promise<void> {
		asideCount++;
		try {
			await timing.sleep(backoffMs, signal);
		} finally {
			asideCount--;
		}
	}

	function queue(options: TurnOptions): Promise<Turn> {
		return new Promise((resolve, reject) => {
			const { signal, limit, maxPauseMs } = options;
			if (signal?.aborted) {
				reject(signal.reason as Error);
				return;
			}
			forgetOld();
			userLimit.expect(limit);
			const ticket = options.ticket ?? createTicket(orders++);
			if (isToYield(ticket)) ticket.order = afterTheOldest(ticket.order);
			const call: WaitingCall = {
				options,
				ticket,
				order: ticket.order,
				kind: `${maxPauseMs} ${limit?.requests} ${limit?.spanMs}`,
				signal,
				resolve,
				reject,
			};
			waiting.add(call);
			advance();
			if (waiting.isWaiting(call)) waiting.watch(call, withdraw);
		});
	}

	function afterTheOldest(order: number): number {
		const oldest = Math.min(...waiting.firsts().map((call) => call.order));
		return oldest < Infinity ? Math.max(order, oldest + 0.5) : order;
	}

	function withdraw(call: WaitingCall): void {
		waiting.take(call);
		call.reject(call.signal?.reason);
		advance();
	}

	return {
		async turn(options) {
			const backoffMs = options.ticket === undefined ? 0 : backoffOf(options.ticket, random);
			if (backoffMs > 0) await standAside(backoffMs, options.signal);
			return await queue(options);
		},
		heldMs: held.ms,
		isIdle: () =>
			isUnused() && now() >= Math.max(pause.untilMs(), lastEndedAtMs + userLimit.longestSpanMs()),
	};
}

interface SentCall {
	ticket: Ticket;
	sentAtMs: number;
	/** `quotas.remaining()` when it left. */
	remainingBefore: Remaining;
}
