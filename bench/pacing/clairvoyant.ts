import type { Limiter } from './limiters';

export interface Client {
	/** Calls that may be under way at once, of all processes together. */
	connections: number;
	/** From sending to arrival, and back. */
	oneWayMs: number;
	serviceMs: number;
}

/**
 * The time from the first arrival, at `startAtMs`, to the last one of `calls` calls, for a client that knows exactly
 * when each will be accepted, and has the same connections and latency as the real one.
 */
export function clairvoyantMs(
	limiter: Limiter,
	calls: number,
	client: Client,
	startAtMs = 0,
): number {
	const connections = Math.min(client.connections, limiter.atOnce ?? Infinity);
	const freeAtMs = Array.from({ length: connections }, () => startAtMs - client.oneWayMs);
	let arrivedAtMs = startAtMs;
	for (let call = 0; call < calls; call++) {
		// Calls are alike, so connections come free in the order in which they were used.
		const connection = call % connections;
		const earliestMs = (freeAtMs[connection] ?? startAtMs) + client.oneWayMs;
		arrivedAtMs = limiter.nextFreeAtMs(Math.max(arrivedAtMs, earliestMs));
		if (!limiter.arrive(arrivedAtMs).accepted) throw new Error('The limiter broke its promise');
		freeAtMs[connection] = arrivedAtMs + client.serviceMs + client.oneWayMs;
	}
	return arrivedAtMs - startAtMs;
}
