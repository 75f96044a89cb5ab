/**
 * How many calls an API accepts in how long, found out by its refusals alone.
 */
import { createCallLog } from './callLog';

export interface Rate {
	/** When the next call may leave, in ms since the epoch; Infinity: after one under way has ended. */
	readyAtMs: (nowMs: number, inFlight: number) => number;
	sent: (nowMs: number) => void;
	/** A call was answered and not refused; `isAccepted`: by the API itself, behind its limit. */
	passed: (call: { sentAtMs: number; nowMs: number; isAccepted: boolean }) => void;
	refused: (refusal: Refusal) => void;
}

export interface Refusal {
	/** When the refused call left. */
	sentAtMs: number;
	nowMs: number;
	/** The pause that the API asked for, if it did. */
	toldMs?: number;
	/** Calls that are still under way. */
	inFlight: number;
}

/** Lengths that windows in use have, in ms. */
const LENGTHS = [1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 45_000, 60_000];
const MAX_GAP_MS = 15_000;
const MAX_WINDOW_MS = 60_000;
const DECREASE = 0.7;
const GROWTH = 0.05;
const PATIENCE = 2;
const MAX_PATIENCE = 32;

export function createRate(random: () => number): Rate {
	const log = createCallLog();
	/** Calls that fit into a window, as far as is known. */
	let limit = Infinity;
	/** Calls beyond it that this round tries. */
	let extra = 0;
	let windowMs = LENGTHS[0] ?? 1_000;
	let isConfirmed = false;

	let atOnce = Infinity;
	let isRate = false;
	let acceptedSinceLowered = 1;
	let collisions = 0;
	let callMs = 0;
	/** Calls under way, which grow with each accepted one. */
	let slowStart = 1;

	/** When the first call of this round was answered. */
	let roundAtMs = -Infinity;
	let acceptedInRound = 0;
	let quietRounds = 0;
	let patience = PATIENCE;

	let refusedAtMs = -Infinity;
	let asking: { atMs: number; tries: number } | undefined;

	function beginRound(nowMs: number): void {
		if (limit < Infinity && acceptedInRound >= limit && refusedAtMs < roundAtMs) {
			isConfirmed = true;
			quietRounds++;
			if (extra > 0 && acceptedInRound >= limit + extra) {
				limit += extra;
				extra *= 2;
			} else if (extra === 0 && quietRounds >= patience) {
				extra = Math.max(1, Math.floor(limit * GROWTH));
			}
		}
		roundAtMs = nowMs;
		acceptedInRound = 0;
		log.dropUntil(nowMs - 2 * windowMs);
	}

	function askAtMs(tries: number, nowMs: number): number {
		if (tries === 0) return Math.max(nowMs, roundAtMs + windowMs);
		if (isConfirmed)
			return nowMs + Math.min(MAX_GAP_MS, windowMs * 2 ** (tries - 1)) * (0.1 + 0.4 * random());
		const next = LENGTHS.find((length) => length > windowMs && roundAtMs + length > nowMs);
		return next === undefined ? nowMs + MAX_GAP_MS : roundAtMs + next;
	}

	return {
		readyAtMs(nowMs, inFlight) {
			if (asking !== undefined) return inFlight > 0 ? Infinity : asking.atMs;
			if (inFlight >= Math.min(slowStart, atOnce)) return Infinity;
			if (limit === Infinity) return nowMs;
			const readyAtMs = log.readyAtMs(limit, windowMs, inFlight);
			if (readyAtMs <= nowMs || extra === 0 || acceptedInRound < limit) return readyAtMs;
			return inFlight > 0 ? Infinity : log.readyAtMs(limit + extra, windowMs, 0);
		},
		sent(nowMs) {
			if (limit < Infinity && nowMs - log.lastMs() > windowMs / 4) slowStart = 1;
		},
		passed({ sentAtMs, nowMs, isAccepted }) {
			log.add(nowMs);
			if (!isAccepted) return;
			slowStart += limit === Infinity ? 1 / 4 : 1;
			if (sentAtMs > refusedAtMs) acceptedSinceLowered++;
			collisions = 0;
			callMs = nowMs - sentAtMs;
			if (atOnce < Infinity && acceptedSinceLowered >= 16 * atOnce) {
				atOnce++;
				acceptedSinceLowered = 1;
			}
			if (!isRate) {
				asking = undefined;
				if (roundAtMs === -Infinity) roundAtMs = nowMs;
			} else if (asking !== undefined && sentAtMs > refusedAtMs) {
				const length = LENGTHS.findLast((l) => roundAtMs + l <= sentAtMs + 1);
				if (asking.tries > 0 && !isConfirmed && length !== undefined && length > windowMs) {
					windowMs = length;
				}
				asking = undefined;
				slowStart = 2;
				beginRound(nowMs);
			} else if (roundAtMs === -Infinity) {
				roundAtMs = nowMs;
			} else if (asking === undefined && sentAtMs >= roundAtMs + windowMs && limit < Infinity) {
				beginRound(nowMs);
			} else if (sentAtMs <= refusedAtMs && limit < Infinity && acceptedInRound >= limit) {
				// Left before the refusal, and was accepted.
				limit++;
			}
			acceptedInRound++;
		},
		refused({ sentAtMs, nowMs, toldMs, inFlight }) {
			const isNews = sentAtMs > refusedAtMs;
			if (!isRate) {
				if (!isNews) {
					atOnce = Math.max(1, Math.min(atOnce, inFlight));
					return;
				}
				if (toldMs === undefined && inFlight > 0 && acceptedSinceLowered > 0) {
					atOnce = Math.max(1, Math.min(atOnce - 1, inFlight));
					acceptedSinceLowered = 0;
					refusedAtMs = nowMs;
					return;
				}
				if (
					toldMs === undefined &&
					atOnce === 1 &&
					acceptedSinceLowered + collisions > 0 &&
					collisions < 3
				) {
					acceptedSinceLowered = 0;
					// Others take what is free: one of their calls will end within about a call's time.
					collisions++;
					refusedAtMs = nowMs;
					asking = { atMs: nowMs + callMs * (0.5 + random()), tries: 0 };
					return;
				}
				isRate = true;
				atOnce = Infinity;
			}
			if (!isNews) return;
			refusedAtMs = nowMs;
			if (roundAtMs === -Infinity) roundAtMs = nowMs;
			if (asking === undefined) {
				if (toldMs !== undefined) {
					const length = isConfirmed
						? toldMs
						: Math.floor((nowMs - roundAtMs + toldMs) / 1000) * 1000;
					windowMs = Math.max(windowMs, length);
				}
				if (limit === Infinity) {
					limit = Math.max(1, acceptedInRound);
				} else if (extra > 0 && acceptedInRound >= limit) {
					limit = Math.max(limit, acceptedInRound);
					patience = Math.min(MAX_PATIENCE, patience * 2);
				} else if (limit === 1) {
					windowMs = Math.min(MAX_WINDOW_MS, windowMs / DECREASE);
				} else {
					limit = Math.max(1, acceptedInRound, Math.floor(limit * DECREASE));
					patience = PATIENCE;
				}
			}
			extra = 0;
			quietRounds = 0;
			const tries = asking === undefined ? 0 : asking.tries + 1;
			asking = { atMs: askAtMs(tries, nowMs), tries };
		},
	};
}
