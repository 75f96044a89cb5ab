/** How a simulated API limits the rate. Times are virtual, in ms. */
export interface Limiter {
	/** A call arrives: whether it is accepted, and what the headers say. */
	arrive: (nowMs: number) => Verdict;
	/** The earliest moment from `nowMs` on at which a call would be accepted. Changes nothing. */
	nextFreeAtMs: (nowMs: number) => number;
	/** Where the limit is on calls at a time: a client learns by the answer that one has ended. */
	atOnce?: number;
}

export interface Verdict {
	accepted: boolean;
	limit: number;
	remaining: number;
	/** Until the budget is back. */
	resetMs: number;
	windowMs: number;
}

/** As express-rate-limit and many gateways: so many in a window that begins with its first call. */
export function fixedWindow(limit: number, windowMs: number): Limiter {
	return countingWindow(limit, windowMs, (nowMs) => nowMs);
}

/** Windows by the clock, as GitHub and many others have them. */
export function alignedWindow(limit: number, windowMs: number): Limiter {
	return countingWindow(limit, windowMs, (nowMs) => Math.floor(nowMs / windowMs) * windowMs);
}

/** @param beginOf when the window of a call begins that comes after the last one has ended. */
function countingWindow(
	limit: number,
	windowMs: number,
	beginOf: (nowMs: number) => number,
): Limiter {
	let startedAtMs = -Infinity;
	let count = 0;
	return {
		arrive(nowMs) {
			if (nowMs >= startedAtMs + windowMs) {
				startedAtMs = beginOf(nowMs);
				count = 0;
			}
			const accepted = count < limit;
			if (accepted) count++;
			const resetMs = startedAtMs + windowMs - nowMs;
			return { accepted, limit, remaining: limit - count, resetMs, windowMs };
		},
		nextFreeAtMs: (nowMs) => (count < limit ? nowMs : Math.max(nowMs, startedAtMs + windowMs)),
	};
}

/** So many within any span of the window's length. */
export function slidingWindow(limit: number, windowMs: number): Limiter {
	let times: number[] = [];
	return {
		arrive(nowMs) {
			times = times.filter((time) => nowMs < time + windowMs);
			const accepted = times.length < limit;
			if (accepted) times.push(nowMs);
			const resetMs = (times[0] ?? nowMs) + windowMs - nowMs;
			return { accepted, limit, remaining: limit - times.length, resetMs, windowMs };
		},
		nextFreeAtMs: (nowMs) => Math.max(nowMs, (times.at(-limit) ?? -Infinity) + windowMs),
	};
}

/** A bucket that refills steadily, as AWS, Stripe and Shopify have it. */
export function tokenBucket(perSecond: number, burst: number): Limiter {
	const perMs = perSecond / 1000;
	let tokens = burst;
	let filledAtMs: number | undefined;
	const tokensAt = (nowMs: number): number =>
		Math.min(burst, tokens + (nowMs - (filledAtMs ?? nowMs)) * perMs);
	return {
		arrive(nowMs) {
			tokens = tokensAt(nowMs);
			filledAtMs = nowMs;
			// Sums of fractions are not exact.
			const accepted = tokens >= 1 - 1e-3;
			if (accepted) tokens--;
			return {
				accepted,
				limit: burst,
				remaining: Math.max(0, Math.floor(tokens)),
				resetMs: (burst - tokens) / perMs,
				windowMs: burst / perMs,
			};
		},
		nextFreeAtMs: (nowMs) => nowMs + Math.max(0, 1 - tokensAt(nowMs)) / perMs,
	};
}

/** So many at a time, each of which takes `serviceMs`. It has no budget to tell of. */
export function concurrencyLimit(atOnce: number, serviceMs: number): Limiter {
	let ends: number[] = [];
	return {
		atOnce,
		arrive(nowMs) {
			ends = ends.filter((end) => nowMs < end);
			const accepted = ends.length < atOnce;
			if (accepted) ends.push(nowMs + serviceMs);
			return { accepted, limit: atOnce, remaining: 0, resetMs: serviceMs, windowMs: serviceMs };
		},
		nextFreeAtMs: (nowMs) => Math.max(nowMs, ends.at(-atOnce) ?? -Infinity),
	};
}

/** A limit for a second and one for a minute, say; the API tells of the one that runs out first. */
export function both(one: Limiter, other: Limiter): Limiter {
	const nextFreeAtMs = (nowMs: number): number => {
		let atMs = nowMs;
		for (;;) {
			const freeAtMs = other.nextFreeAtMs(one.nextFreeAtMs(atMs));
			if (freeAtMs === atMs) return atMs;
			atMs = freeAtMs;
		}
	};
	return {
		nextFreeAtMs,
		arrive(nowMs) {
			const isFree = (limiter: Limiter): boolean => limiter.nextFreeAtMs(nowMs) <= nowMs;
			// Who refuses does not count the call, neither in its own limit nor in the other.
			if (!isFree(one)) return one.arrive(nowMs);
			if (!isFree(other)) return other.arrive(nowMs);
			const verdicts = [one.arrive(nowMs), other.arrive(nowMs)];
			return verdicts.reduce((least, verdict) =>
				verdict.remaining < least.remaining ? verdict : least,
			);
		},
	};
}

/** One that others have used up, so long before the first call. */
export function usedUp(limiter: Limiter, calls: number, beforeMs: number): Limiter {
	let isUsedUp = false;
	const useUp = (nowMs: number): void => {
		for (let call = 0; !isUsedUp && call < calls; call++) limiter.arrive(nowMs - beforeMs);
		isUsedUp = true;
	};
	return {
		arrive(nowMs) {
			useUp(nowMs);
			return limiter.arrive(nowMs);
		},
		nextFreeAtMs(nowMs) {
			useUp(nowMs);
			return limiter.nextFreeAtMs(nowMs);
		},
	};
}
