import type { PassedCall, RefusedCall } from './answeredCall';

/** How many calls at a time the API accepts, where it is their number that it limits. */
export interface CallsAtOnce {
	/** As many may be under way. */
	max: () => number;
	/** Before that none may leave, in ms since the epoch. */
	readyAtMs: (nowMs: number, inFlight: number) => number;
	/** A call has left. */
	sent: (nowMs: number) => void;
	accepted: (call: PassedCall) => void;
	/** A call has ended without an answer of the API. */
	unanswered: (sentAtMs: number) => void;
	/**
	 * Whether the call was refused because too many were under way; never again once that was in doubt
	 * for too long.
	 */
	explains: (call: RefusedCall) => boolean;
}

/** One call more at a time is tried after about so many rounds of accepted calls. */
const ROUNDS_BEFORE_RAISE = 16;
/** Rounds double with each raise that was refused, so often: in the end it is tried once in 1,024. */
const MAX_FAILED_RAISES = 6;
/**
 * After so many refusals that it did not expect, it is not the number. Processes that share one need a few
 * until each has its part; a window whose calls are slow looks the same at first, and costs as many.
 */
const MAX_DOUBT = 4;
/** One refusal less is enough as long as little was accepted. */
const FIRST_DOUBT = 1;
/** What an accepted call takes off: more than one unexpected refusal in 32 calls adds up. */
const DOUBT_PER_ACCEPTED = 1 / 32;
/** Those under way are waited for as long as a few calls take: one of them may hang. */
const PATIENT_FOR_CALLS = 3;
const LEAST_PATIENCE_MS = 1_000;
/**
 * As many calls as may be under way are spread over a call's time, nearly: a gateway that lets calls through one by one
 * accepts them so, and those of several processes meet less often.
 */
const SPREAD = 1.2;
/** The shortest of so many is a call's time: a slow one must not hold back the others. */
const REMEMBERED_CALLS = 4;
/** Calls that take so many times as long as a refusal: those under way had arrived long before it. */
const SLOW = 4;

/**
 * When a call is refused because too many are under way, those under way are accepted. When it is refused because
 * too many have gone before, those under way are refused, too: that tells one from the other, at
 * no cost. Where calls are slow, those under way had arrived long before, and are accepted in any case: then
 * it is the number until there are too many further refusals. For these to come, no fewer may be under way than
 * were accepted before, less one for each of them.
 */
export function createCallsAtOnce(random: () => number): CallsAtOnce {
	let max = Infinity;
	let isExcluded = false;
	/** Before the first refusal so many were under way when one was accepted. */
	let most = 1;
	/** Those under way tell nothing, since calls are slow. */
	let isSlow = false;
	/** Calls under way were accepted although another one was refused. */
	let isSupported = false;
	let doubt = FIRST_DOUBT;
	let loweredAtMs = -Infinity;
	let acceptedSince = 0;
	/** What became of those that were under way when a call was refused. */
	let late = { awaited: 0, accepted: 0, refused: 0, unanswered: 0 };
	let isRaised = false;
	let failedRaises = 0;
	let roundsBeforeRaise = ROUNDS_BEFORE_RAISE;
	let readyAtMs = -Infinity;
	let lastSentAtMs = -Infinity;
	/** How long the last accepted calls took, the last one first. */
	let recentMs: number[] = [];

	const isLate = (sentAtMs: number): boolean => sentAtMs <= loweredAtMs;

	/** Rather wait for those under way than have more calls refused. */
	const isUndecided = (): boolean => late.awaited > 0 && late.accepted <= late.refused;

	function exclude(): void {
		late.awaited = 0;
		isExcluded = true;
		max = Infinity;
		readyAtMs = -Infinity;
	}

	function lower({ sentAtMs, nowMs, inFlight }: RefusedCall): void {
		if (isRaised) failedRaises = Math.min(MAX_FAILED_RAISES, failedRaises + 1);
		isRaised = false;
		if (max === Infinity) {
			isSlow = recentMs[0] !== undefined && recentMs[0] > SLOW * (nowMs - sentAtMs);
			max = 1 + Math.max(most, inFlight);
		}
		max = Math.max(1, isSlow ? max - 1 : Math.min(max - 1, inFlight));
		loweredAtMs = nowMs;
		late = { awaited: inFlight, accepted: 0, refused: 0, unanswered: 0 };
		beginRounds();
		// Others have all places: one of their calls will end within about a call's time.
		if (inFlight === 0) {
			readyAtMs = nowMs + (recentMs[0] ?? 0) * (0.5 + random()) * 2 ** (doubt - FIRST_DOUBT);
		}
	}

	function raise(): void {
		if (isRaised) failedRaises = 0;
		max++;
		isRaised = true;
		beginRounds();
	}

	function beginRounds(): void {
		acceptedSince = 0;
		// Processes that began together would raise together, and be refused for each other's sake.
		roundsBeforeRaise = ROUNDS_BEFORE_RAISE * 2 ** failedRaises * (0.75 + 0.5 * random());
	}

	function countLate(fate: 'accepted' | 'refused' | 'unanswered'): void {
		if (late.awaited === 0) return;
		late.awaited--;
		late[fate]++;
		if (late.awaited > 0 || late.accepted + late.refused === 0) return;
		isSupported ||= late.accepted >= late.refused;
		if (!isSupported) exclude();
		else if (!isSlow) max = Math.max(1, Math.min(max, late.accepted + late.unanswered));
	}

	function decidedAtMs(): number {
		return loweredAtMs + Math.max(LEAST_PATIENCE_MS, PATIENT_FOR_CALLS * (recentMs[0] ?? 0));
	}

	return {
		max: () => max,
		readyAtMs(nowMs, inFlight) {
			const isWaiting = inFlight > 0 && isUndecided() && nowMs < decidedAtMs();
			if (isWaiting) return Math.max(readyAtMs, decidedAtMs());
			const shortestMs = Math.min(...recentMs);
			if (max === Infinity || shortestMs === Infinity) return readyAtMs;
			return Math.max(readyAtMs, lastSentAtMs + shortestMs / (SPREAD * max));
		},
		sent(nowMs) {
			lastSentAtMs = nowMs;
		},
		accepted({ sentAtMs, nowMs, inFlight }) {
			if (max === Infinity) most = Math.max(most, inFlight + 1);
			recentMs = [nowMs - sentAtMs, ...recentMs].slice(0, REMEMBERED_CALLS);
			readyAtMs = -Infinity;
			if (isExcluded) return;
			if (isLate(sentAtMs)) {
				countLate('accepted');
				return;
			}
			doubt = Math.max(0, doubt - DOUBT_PER_ACCEPTED);
			acceptedSince++;
			if (acceptedSince >= roundsBeforeRaise * max) raise();
		},
		unanswered(sentAtMs) {
			if (isLate(sentAtMs)) countLate('unanswered');
		},
		explains(call) {
			if (isExcluded) return false;
			const { sentAtMs, inFlight } = call;
			// The API was full, or its window spent, before our first call.
			if (recentMs[0] === undefined && inFlight === 0 && !isLate(sentAtMs)) return false;
			// The first one is expected, and so is that of a raise.
			if (max < Infinity && (isLate(sentAtMs) || !isRaised)) doubt++;
			const isShown = isSupported || isLate(sentAtMs) || inFlight > 0;
			if (doubt > MAX_DOUBT || !isShown) exclude();
			else if (isLate(sentAtMs)) countLate('refused');
			else lower(call);
			return !isExcluded;
		},
	};
}
