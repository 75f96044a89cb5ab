import { describe, expect, it } from 'vitest';
import { createQuota } from '../../../http/pacing/quota';

describe('a quota', () => {
	it('holds nothing back before the API has told of one', () => {
		expect(createQuota().readyAtMs(1_000)).toBe(1_000);
	});

	it('lets go what is left, and then waits for the reset', () => {
		const quota = createQuota();
		quota.learned({ remaining: 2, resetMs: 500 }, 0, 1_000);
		for (let sent = 0; sent < 2; sent++) {
			expect(quota.readyAtMs(1_000)).toBe(1_000);
			quota.sent(1_000);
		}
		expect(quota.readyAtMs(1_000)).toBe(1_500);
	});

	it('leaves room for calls that are under way and may not be counted yet', () => {
		const quota = createQuota();
		quota.learned({ remaining: 3, resetMs: 500 }, 3, 1_000);
		expect(quota.readyAtMs(1_000)).toBe(1_500);
	});

	it('takes the earliest reset that a window was told of: seconds are rounded up', () => {
		const quota = createQuota();
		quota.learned({ remaining: 9, resetMs: 1_000 }, 0, 1_000);
		quota.learned({ remaining: 0, resetMs: 1_000 }, 0, 1_400);
		expect(quota.readyAtMs(1_400)).toBe(2_000);
	});

	it('is full again after the reset', () => {
		const quota = createQuota();
		quota.learned({ remaining: 0, resetMs: 500, limit: 2, windowMs: 500 }, 0, 1_000);
		for (let sent = 0; sent < 2; sent++) {
			expect(quota.readyAtMs(1_600)).toBe(1_600);
			quota.sent(1_600);
		}
		expect(quota.readyAtMs(1_600)).toBe(2_100);
	});

	it('is known no longer after the reset where no limit was told', () => {
		const quota = createQuota();
		quota.learned({ remaining: 0, resetMs: 500 }, 0, 1_000);
		quota.sent(1_500);
		expect(quota.readyAtMs(1_500)).toBe(1_500);
	});

	it('takes the longest reset for the window where none was told', () => {
		const quota = createQuota();
		quota.learned({ remaining: 0, resetMs: 500, limit: 1 }, 0, 1_000);
		quota.sent(1_500);
		expect(quota.readyAtMs(1_500)).toBe(2_000);
	});

	it('of which another process uses the most is left to it', () => {
		const quota = createQuota();
		let nowMs = 0;
		// Each of our answers finds four requests gone.
		for (let remaining = 100; remaining > 0; remaining -= 4) {
			quota.learned({ remaining, resetMs: 10_000, limit: 100, windowMs: 10_000 }, 0, nowMs++);
		}
		let sent = 0;
		while (quota.readyAtMs(20_000) === 20_000 && sent < 100) {
			quota.sent(20_000);
			sent++;
		}
		expect(sent).toBeGreaterThan(15);
		expect(sent).toBeLessThan(40);
	});
});
