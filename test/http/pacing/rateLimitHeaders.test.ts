import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBudgetReader, type Budget } from '../../../http/pacing/rateLimitHeaders';
import { aResponse } from '../messages';

const NOW_MS = 1_700_000_000_000;
const read = (headers: Record<string, string>) =>
	createBudgetReader()(aResponse(200, headers), { sentAtMs: NOW_MS, nowMs: NOW_MS });

describe('a budget', () => {
	const cases: Array<[name: string, headers: Record<string, string>, budget: Budget]> = [
		[
			'RateLimit of the current draft',
			{ ratelimit: '"default";r=5;t=2', 'ratelimit-policy': '"default";q=20;w=10' },
			{ remaining: 5, resetMs: 2_000, limit: 20, windowMs: 10_000 },
		],
		[
			'RateLimit of an older draft',
			{ ratelimit: 'limit=20, remaining=5, reset=2', 'ratelimit-policy': '20;w=10' },
			{ remaining: 5, resetMs: 2_000, limit: 20, windowMs: 10_000 },
		],
		[
			'RateLimit of an older draft with the policy of its limit',
			{
				ratelimit: 'limit=1000, remaining=5, reset=2000',
				'ratelimit-policy': '100;w=60, 1000;w=3600',
			},
			{ remaining: 5, resetMs: 2_000_000, limit: 1000, windowMs: 3_600_000 },
		],
		[
			'RateLimit without a reset, beside headers that have one',
			{ ratelimit: '"a";r=5', 'x-ratelimit-remaining': '5', 'x-ratelimit-reset': '30000' },
			{ remaining: 5, resetMs: 30_000, isAmbiguous: true },
		],
		['RateLimit without a policy', { ratelimit: '"a";r=5;t=2' }, { remaining: 5, resetMs: 2_000 }],
		[
			'RateLimit-Limit, -Remaining and -Reset',
			{ 'ratelimit-limit': '20', 'ratelimit-remaining': '5', 'ratelimit-reset': '2' },
			{ remaining: 5, resetMs: 2_000, limit: 20 },
		],
		[
			'X-RateLimit-* in milliseconds',
			{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '30000' },
			{ remaining: 0, resetMs: 30_000, isAmbiguous: true },
		],
		[
			'X-RateLimit-* as a moment in seconds',
			{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${NOW_MS / 1000 + 30}` },
			{ remaining: 0, resetMs: 30_000, isMoment: true, isRounded: true },
		],
		[
			'X-RateLimit-* as a moment in milliseconds',
			{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${NOW_MS + 1_500}` },
			{ remaining: 0, resetMs: 1_500, isMoment: true },
		],
		[
			'a moment by the clock of the server',
			{
				'x-ratelimit-remaining': '0',
				'x-ratelimit-reset': `${NOW_MS / 1000 + 3_630}`,
				date: new Date(NOW_MS + 3_600_000).toUTCString(),
			},
			{ remaining: 0, resetMs: 30_000, isMoment: true, isRounded: true },
		],
		[
			'a moment by our own clock where the server has about the same time',
			{
				'x-ratelimit-remaining': '0',
				'x-ratelimit-reset': `${NOW_MS / 1000 + 30}`,
				date: new Date(NOW_MS - 1_000).toUTCString(),
			},
			{ remaining: 0, resetMs: 30_000, isMoment: true, isRounded: true },
		],
		[
			'a moment as text',
			{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': new Date(NOW_MS + 1_500).toISOString() },
			{ remaining: 0, resetMs: 1_500, isMoment: true },
		],
		[
			'a moment as text with a basic offset',
			{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2023-11-14T23:13:50.000+0100' },
			{ remaining: 0, resetMs: 30_000, isMoment: true },
		],
		[
			'X-Rate-Limit-*, as Okta has it',
			{
				'x-rate-limit-limit': '600',
				'x-rate-limit-remaining': '599',
				'x-rate-limit-reset': `${NOW_MS / 1000 + 60}`,
			},
			{ remaining: 599, resetMs: 60_000, limit: 600, isMoment: true, isRounded: true },
		],
		[
			'requests and tokens apart, with durations',
			{
				'x-ratelimit-limit-requests': '60',
				'x-ratelimit-remaining-requests': '59',
				'x-ratelimit-reset-requests': '6m0s',
				'x-ratelimit-remaining-tokens': '0',
				'x-ratelimit-reset-tokens': '120ms',
			},
			{ remaining: 59, resetMs: 360_000, limit: 60 },
		],
		[
			'several budgets with names by the one that runs out first',
			{
				'x-ratelimit-limit-short': '3',
				'x-ratelimit-remaining-short': '1',
				'x-ratelimit-reset-short': '1s',
				'x-ratelimit-limit-long': '100',
				'x-ratelimit-remaining-long': '90',
				'x-ratelimit-reset-long': '60s',
			},
			{ remaining: 1, resetMs: 1_000, limit: 3 },
		],
		[
			'separate headers with a policy, as an older draft has it',
			{
				'ratelimit-policy': '10;w=1, 1000;w=3600',
				'ratelimit-limit': '1000',
				'ratelimit-remaining': '5',
				'ratelimit-reset': '60',
			},
			{ remaining: 5, resetMs: 60_000, limit: 1000, windowMs: 3_600_000 },
		],
		[
			'a policy without a window that could be',
			{ ratelimit: '"a";r=5;t=2', 'ratelimit-policy': '"a";q=10;w=0' },
			{ remaining: 5, resetMs: 2_000, limit: 10 },
		],
		[
			'a moment that has passed',
			{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1600000000' },
			{ remaining: 0, resetMs: 0, isMoment: true, isRounded: true },
		],
		[
			'X-RateLimit-Reset-After, which is more exact',
			{
				'x-ratelimit-remaining': '1',
				'x-ratelimit-reset': '1700000001.5',
				'x-ratelimit-reset-after': '0.25',
			},
			{ remaining: 1, resetMs: 250 },
		],
		[
			'several policies by the one that runs out first',
			{
				ratelimit: '"day";r=900;t=40000, "burst";r=3;t=2',
				'ratelimit-policy': '"day";q=1000;w=86400, "burst";q=10;w=5',
			},
			{ remaining: 3, resetMs: 2_000, limit: 10, windowMs: 5_000 },
		],
		[
			'several spent policies by the one that comes back last',
			{ ratelimit: '"burst";r=0;t=2, "day";r=0;t=400' },
			{ remaining: 0, resetMs: 400_000 },
		],
		[
			'a limit with its window behind it',
			{ 'ratelimit-limit': '20, 20;w=1', 'ratelimit-remaining': '5', 'ratelimit-reset': '1' },
			{ remaining: 5, resetMs: 1_000, limit: 20 },
		],
	];
	it.each(cases)('is read from %s', (_name, headers, budget) => {
		expect(read(headers)).toEqual(budget);
	});

	it.each([
		['no header at all', {}],
		['a part of the headers', { 'ratelimit-remaining': '5' }],
		['something else', { ratelimit: 'soon' }],
		['words for numbers', { 'x-ratelimit-remaining': 'some', 'x-ratelimit-reset': 'soon' }],
		[
			'a day that is none',
			{ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '2024-99-99T00:00:00Z' },
		],
		[
			'a number without end',
			{ 'x-ratelimit-remaining': '9'.repeat(400), 'x-ratelimit-reset': '5' },
		],
		['a negative number', { 'x-ratelimit-remaining': '-1', 'x-ratelimit-reset': '5' }],
	])('is not made up from %s', (_name, headers: Record<string, string>) => {
		expect(read(headers)).toBeUndefined();
	});

	it('counts from now though the server wrote its time when a slow call arrived', () => {
		const response = aResponse(200, {
			'x-ratelimit-remaining': '1',
			'x-ratelimit-reset': `${NOW_MS / 1000 + 1}`,
			date: new Date(NOW_MS - 3_000).toUTCString(),
		});
		expect(
			createBudgetReader()(response, { sentAtMs: NOW_MS - 2_500, nowMs: NOW_MS }),
		).toMatchObject({ resetMs: 1_000 });
	});

	it('is none where the limit is 0, as Tyk writes it where there is none', () => {
		expect(
			read({
				'x-ratelimit-limit': '0',
				'x-ratelimit-remaining': '0',
				'x-ratelimit-reset': '0',
			}),
		).toBeUndefined();
	});

	it('is a number that can be waited for, whatever the headers say', () => {
		const value = fc.oneof(
			fc.string(),
			fc.nat().map(String),
			fc.constant('"a";r=1;t=1'),
			fc.constant('1m2s'),
		);
		fc.assert(
			fc.property(value, value, value, (a, b, c) => {
				for (const prefix of ['ratelimit', 'x-ratelimit']) {
					const budget = read({
						[`${prefix}-remaining`]: a,
						[`${prefix}-reset`]: b,
						[`${prefix}-limit`]: c,
						ratelimit: a,
						'ratelimit-policy': b,
					});
					if (budget === undefined) continue;
					expect(budget.remaining).toBeGreaterThanOrEqual(0);
					expect(budget.resetMs).toBeGreaterThanOrEqual(0);
					for (const number of Object.values(budget)) expect(Number(number)).toBeLessThan(Infinity);
				}
			}),
		);
	});
});
