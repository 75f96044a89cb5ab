/** How many calls at a time the API accepts, where it is their number that it limits. */
export interface CallsAtOnce {
	/** As many may be under way. */
	max: () => number;
	/** Before that none may leave, in ms since the epoch; Infinity: after one under way has ended. */
	readyAtMs: (inFlight: number) => number;
	accepted: (call: { sentAtMs: number; nowMs: number }) => void;
	/** Whether too many calls at a time explain it; never again once they did not. */
	explains: (refusal: Refusal) => boolean;
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

/** One call more at a time is tried after so many rounds of accepted calls. */
const ROUNDS_BEFORE_RAISE = 16;
/** Rounds double with each raise that was refused, so often: in the end it is tried once in 1,024. */
const MAX_FAILED_RAISES = 6;
/**
 * Refused with none under way: others may take what is free. Oftener than so in
 * ROUNDS_BEFORE_RAISE calls, it is not the number.
 */
const MAX_COLLISIONS = 3;

/**
 * When a call is refused because too many are under way, those under way are accepted. When it is refused because
 * too many have gone before, those under way are refused, too: that tells one from the other, at
 * no cost.
 */
export function createCallsAtOnce(random: () => number): CallsAtOnce {
	let max = Infinity;
	let isExcluded = false;
	let loweredAtMs = -Infinity;
	let acceptedSince = 0;
	/** What became of those that were under way when a call was refused. */
	let late = { awaited: 0, accepted: 0, refused: 0 };
	let isRaised = false;
	let failedRaises = 0;
	let collisions = 0;
	let readyAtMs = -Infinity;
	let callMs = 0;

	const isLate = (sentAtMs: number): boolean => sentAtMs <= loweredAtMs;

	/** Rather wait for those under way than have more calls refused. */
	const isUndecided = (): boolean => late.awaited > 0 && late.accepted <= late.refused;

	function exclude(): void {
		late.awaited = 0;
		isExcluded = true;
		max = Infinity;
		readyAtMs = -Infinity;
	}

	function lower({ nowMs, inFlight }: Refusal): void {
		if (isRaised) failedRaises = Math.min(MAX_FAILED_RAISES, failedRaises + 1);
		isRaised = false;
		max = Math.max(1, Math.min(max - 1, inFlight));
		loweredAtMs = nowMs;
		acceptedSince = 0;
		late = { awaited: inFlight, accepted: 0, refused: 0 };
	}

	/** One of others' calls will end within about a call's time. */
	function standAside({ nowMs }: Refusal): void {
		collisions++;
		acceptedSince = 0;
		loweredAtMs = nowMs;
		readyAtMs = nowMs + callMs * (0.5 + random());
	}

	function raise(): void {
		max++;
		isRaised = true;
		acceptedSince = 0;
	}

	function countLate(isAccepted: boolean): void {
		late.awaited--;
		if (isAccepted) late.accepted++;
		else late.refused++;
		if (late.awaited > 0) return;
		if (late.refused > late.accepted) exclude();
		else max = Math.max(1, Math.min(max, late.accepted));
	}

	return {
		max: () => max,
		readyAtMs: (inFlight) => (inFlight > 0 && isUndecided() ? Infinity : readyAtMs),
		accepted({ sentAtMs, nowMs }) {
			callMs = nowMs - sentAtMs;
			readyAtMs = -Infinity;
			if (isExcluded) return;
			if (isLate(sentAtMs)) {
				if (late.awaited > 0) countLate(true);
				return;
			}
			acceptedSince++;
			if (acceptedSince >= ROUNDS_BEFORE_RAISE) collisions = 0;
			if (acceptedSince >= ROUNDS_BEFORE_RAISE * max * 2 ** failedRaises) raise();
		},
		explains(refusal) {
			if (isExcluded) return false;
			if (isLate(refusal.sentAtMs)) {
				if (late.awaited > 0) countLate(false);
			} else if (acceptedSince === 0 && collisions === 0 && !isRaised) exclude();
			else if (refusal.inFlight > 0) lower(refusal);
			else if (max === 1 && refusal.toldMs === undefined && collisions < MAX_COLLISIONS)
				standAside(refusal);
			else exclude();
			return !isExcluded;
		},
	};
}
