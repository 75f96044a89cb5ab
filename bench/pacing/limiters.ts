/** How a simulated API limits the rate. Times are virtual, in ms. */
export interface Limiter {
	name: string;
	/** The least time from the first arrival to the last one of `count` calls. */
	idealMs: (count: number) => number;
	/** A call arrives: whether it is accepted, and what the headers say. */
	arrive: (nowMs: number) => Verdict;
	/** An accepted call has been answered. */
	leave?: () => void;
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
	let startedAtMs = -Infinity;
	let count = 0;
	return {
		name: `fixed window`,
		idealMs: (calls) => (Math.ceil(calls / limit) - 1) * windowMs,
		arrive(nowMs) {
			if (nowMs >= startedAtMs + windowMs) {
				startedAtMs = nowMs;
				count = 0;
			}
			const accepted = count < limit;
			if (accepted) count++;
			const resetMs = startedAtMs + windowMs - nowMs;
			return { accepted, limit, remaining: limit - count, resetMs, windowMs };
		},
	};
}

/** So many within any span of the window's length. */
export function slidingWindow(limit: number, windowMs: number): Limiter {
	let times: number[] = [];
	return {
		name: 'sliding window',
		idealMs: (calls) => (Math.ceil(calls / limit) - 1) * windowMs,
		arrive(nowMs) {
			times = times.filter((time) => time > nowMs - windowMs);
			const accepted = times.length < limit;
			if (accepted) times.push(nowMs);
			const resetMs = (times[0] ?? nowMs) + windowMs - nowMs;
			return { accepted, limit, remaining: limit - times.length, resetMs, windowMs };
		},
	};
}

/** A bucket that refills steadily, as AWS, Stripe and Shopify have it. */
export function tokenBucket(perSecond: number, burst: number): Limiter {
	let tokens = burst;
	let filledAtMs: number | undefined;
	return {
		name: 'token bucket',
		idealMs: (calls) => (Math.max(0, calls - burst) / perSecond) * 1000,
		arrive(nowMs) {
			tokens = Math.min(burst, tokens + ((nowMs - (filledAtMs ?? nowMs)) / 1000) * perSecond);
			filledAtMs = nowMs;
			const accepted = tokens >= 1;
			if (accepted) tokens--;
			const resetMs = ((burst - tokens) / perSecond) * 1000;
			const windowMs = (burst / perSecond) * 1000;
			return { accepted, limit: burst, remaining: Math.floor(tokens), resetMs, windowMs };
		},
	};
}

/** So many at a time, each of which takes `serviceMs`. It has no budget to tell of. */
export function concurrencyLimit(atOnce: number, serviceMs: number): Limiter {
	let underWay = 0;
	return {
		name: 'concurrency',
		idealMs: (calls) => Math.max(0, Math.ceil(calls / atOnce) - 1) * serviceMs,
		arrive() {
			const accepted = underWay < atOnce;
			if (accepted) underWay++;
			return { accepted, limit: atOnce, remaining: 0, resetMs: serviceMs, windowMs: serviceMs };
		},
		leave: () => void underWay--,
	};
}
