import { describe, expect, it } from 'vitest';
import { createRate, type Rate } from '../../../http/pacing/rate';

const rateOf = () => createRate(() => 0.5);

/** Accepts calls as fast as they come, then refuses one at `atMs`. */
function afterBurst(accepted: number, atMs: number, toldMs?: number): Rate {
	const rate = rateOf();
	for (let call = 0; call < accepted; call++) {
		rate.sent(0);
		rate.accepted(1);
	}
	rate.sent(atMs - 10);
	rate.refused(atMs - 10, atMs, toldMs);
	return rate;
}

/** How many calls leave in a second from `fromMs` on. */
function leavingInASecond(rate: Rate, fromMs: number): number {
	let count = 0;
	for (let nowMs = fromMs; nowMs < fromMs + 1_000; nowMs++) {
		if (rate.readyAtMs(nowMs) > nowMs) continue;
		rate.sent(nowMs);
		count++;
	}
	return count;
}

describe('a rate that is found out', () => {
	it('begins with a few calls, and lets more go with each that is accepted', () => {
		const rate = rateOf();
		expect(rate.maxInFlight()).toBe(4);
		rate.accepted(1);
		expect(rate.maxInFlight()).toBe(5);
		expect(rate.readyAtMs(7)).toBe(7);
	});

	it('asks with one call at a time after a refusal', () => {
		const rate = afterBurst(20, 100);
		expect(rate.maxInFlight()).toBe(1);
		expect(rate.readyAtMs(100)).toBe(200);
	});

	it('asks after pauses that double', () => {
		const rate = afterBurst(20, 100);
		rate.refused(200, 210);
		expect(rate.readyAtMs(210)).toBe(410);
		rate.refused(410, 420);
		expect(rate.readyAtMs(420)).toBe(820);
	});

	it('waits as long as it is told', () => {
		expect(afterBurst(20, 100, 5_000).readyAtMs(100)).toBe(5_100);
	});

	it('takes no second lesson from calls that left before the first', () => {
		const rate = afterBurst(20, 100);
		rate.refused(95, 120);
		expect(rate.readyAtMs(120)).toBe(200);
	});

	it('is what was accepted, over the time it took, evenly spaced', () => {
		const rate = afterBurst(19, 100);
		rate.sent(1_000);
		rate.accepted(1_000);
		expect(rate.maxInFlight()).toBe(Infinity);
		const count = leavingInASecond(rate, 1_000);
		expect(count).toBeGreaterThanOrEqual(19);
		expect(count).toBeLessThanOrEqual(27);
	});

	it('comes down after a refusal, and climbs back to it, and then beyond', () => {
		const rate = afterBurst(19, 100);
		rate.accepted(1_000);
		const before = leavingInASecond(rate, 1_000);
		rate.refused(2_000, 2_001);
		rate.accepted(2_200);
		const lowered = leavingInASecond(rate, 2_200);
		expect(lowered).toBeLessThan(before * 1.2);
		const climbed = leavingInASecond(rate, 11_500);
		expect(climbed).toBeGreaterThan(lowered);
		expect(leavingInASecond(rate, 30_000)).toBeGreaterThan(climbed);
	});

	it('comes down further where it is refused below what was refused before', () => {
		const rate = afterBurst(19, 100);
		rate.accepted(1_000);
		rate.refused(2_000, 2_001);
		rate.accepted(2_200);
		rate.refused(2_300, 2_301);
		rate.refused(2_600, 2_601);
		rate.accepted(3_000);
		expect(leavingInASecond(rate, 3_000)).toBeLessThan(20);
	});
});
