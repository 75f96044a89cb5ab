import { describe, expect, it } from 'vitest';
import type { Headers } from '../../../bench/pacing/answer';
import {
	AFTER_OTHERS,
	isMet,
	KINDS,
	MINUTES,
	OTHER_APIS,
	runsOf,
	SMALL_BURSTS,
	USUAL_CALLS,
	type Kind,
} from '../../../bench/pacing/cases';
import { fixedWindow } from '../../../bench/pacing/limiters';
import { simulate } from '../../../bench/pacing/simulate';

const kindOf = (name: string): Kind => {
	const kind = [
		...KINDS,
		...MINUTES.kinds,
		...AFTER_OTHERS.kinds,
		...USUAL_CALLS.kinds,
		...SMALL_BURSTS.kinds,
	].find((candidate) => candidate.name === name);
	if (kind === undefined) throw new Error(`There is no API named ${name}`);
	return kind;
};

describe('one process delivers every call once, in about the time that is possible', () => {
	it.each<[string, Headers, number]>([
		['fixed window of 1 s', 'RateLimit', 20],
		['fixed window of 1 s', 'X-RateLimit-* (epoch)', 20],
		['fixed window of 1 s', 'X-RateLimit-* (ms)', 20],
		['fixed window of 1 s', 'Retry-After', 20],
		['fixed window of 1 s', 'none', 2],
		['fixed window of 10 s', 'RateLimit-*', 2],
		['10 s by the clock', 'RateLimit', 2],
		['sliding window of 1 s', 'RateLimit-*', 20],
		['token bucket', 'RateLimit', 20],
		['token bucket', 'none', 2],
		['4 at a time', 'Retry-After', 2],
		['4 at a time', 'none', 2],
		['4 at a time', 'none', 20],
	])('%s, %s, %i/s', async (name, headers, perSecond) => {
		const { worst: figures } = await runsOf(kindOf(name), headers, perSecond, 1);
		expect(figures).toMatchObject({ delivered: 1, duplicates: 0 });
		expect(isMet(figures, headers), JSON.stringify(figures)).toBe(true);
	});
});

describe('what gateways and frameworks in use do besides', () => {
	it.each(
		OTHER_APIS.flatMap(({ kinds, headers, rates, seconds = 25 }) =>
			kinds.flatMap((kind) =>
				headers.flatMap((said) =>
					rates.map((rate): [string, Headers, number, Kind, number] => [
						kind.name,
						said,
						rate,
						kind,
						seconds,
					]),
				),
			),
		),
	)('holds nobody up for long: %s, %s, %i/s', async (_name, headers, rate, kind, seconds) => {
		const { worst } = await runsOf(kind, headers, rate, 1, seconds * rate);
		expect(worst).toMatchObject({ delivered: 1, duplicates: 0 });
		expect(worst.ratio).toBeLessThan(1.5);
		expect(worst.wasted).toBeLessThan(0.15);
	});
});

describe('a window that only refusals tell of', () => {
	it.each<[string, Headers, number]>([
		['fixed window of 1 s, 1 call before', 'none', 20],
		['fixed window of 1 s, 1 call before', 'Retry-After', 20],
		['fixed window of 1 s, 30 calls before', 'none', 20],
		['fixed window of 1 s, 30 calls before', 'Retry-After', 20],
		['sliding window of 1 s, 30 calls before', 'none', 20],
		['token bucket, 30 calls before', 'Retry-After', 2],
		['fixed window of 10 s, 1 call before', 'none', 2],
		['fixed window of 10 s, 30 calls before', 'Retry-After', 20],
	])(
		'does not begin with what was called long before: %s, %s, %i/s',
		async (name, headers, rate) => {
			const { median } = await runsOf(kindOf(name), headers, rate, 1);
			expect(median).toMatchObject({ delivered: 1, duplicates: 0 });
			expect(isMet(median, headers), JSON.stringify(median)).toBe(true);
		},
	);

	it('has as many calls as came before, where it turns out to be that long', async () => {
		const { ratio } = await simulate({
			limiter: () => fixedWindow(60, 60_000),
			headers: 'none',
			processes: 1,
			calls: 210,
			concurrency: 10,
			serviceMs: 2,
			seed: 1,
			before: { calls: 30, gapMs: 900 },
		});
		expect(ratio).toBeLessThan(1.1);
	});
});

describe('calls that take as long as calls usually do', () => {
	it.each<[string, Headers, number]>([
		['fixed window of 1 s, calls of 150 ms', 'none', 20],
		['fixed window of 1 s, calls of 150 ms', 'Retry-After', 20],
		['fixed window of 1 s, calls of 400 ms', 'none', 2],
		['fixed window of 1 s, calls of 400 ms', 'Retry-After', 2],
		['sliding window of 1 s, calls of 400 ms', 'Retry-After', 20],
		['fixed window of 1 s, calls of 400 ms', 'RateLimit', 2],
		['1 s by the clock, calls of 400 ms', 'none', 20],
	])('use a limit in full, too: %s, %s, %i/s', async (name, headers, perSecond) => {
		const { median } = await runsOf(kindOf(name), headers, perSecond, 1);
		expect(median).toMatchObject({ delivered: 1, duplicates: 0 });
		expect(isMet(median, headers), JSON.stringify(median)).toBe(true);
	});

	it('have a slow start that may last longer than the window', async () => {
		for (let seed = 1; seed <= 5; seed++) {
			const { ratio } = await simulate({
				limiter: () => fixedWindow(50, 1_000),
				headers: 'none',
				processes: 1,
				calls: 1_250,
				concurrency: 10,
				serviceMs: 150,
				seed,
			});
			expect(ratio).toBeLessThan(1.25);
		}
	});
});

describe('a gateway that lets calls through one by one, or a few at once', () => {
	it.each<[string, Headers, number, number]>([
		['token bucket for 1', 'none', 20, 1.9],
		['token bucket for 1', 'none', 5, 1.7],
		['token bucket for 1', 'Retry-After', 5, 1.8],
		['token bucket for 1, calls of 150 ms', 'none', 20, 1.9],
		['token bucket for 3', 'none', 20, 1.5],
		['token bucket for 3, calls of 150 ms', 'none', 20, 1.25],
	])(
		'is called nearly as often as it allows: %s, %s, %i/s',
		async (name, headers, perSecond, most) => {
			const { worst } = await runsOf(kindOf(name), headers, perSecond, 1);
			expect(worst).toMatchObject({ delivered: 1, duplicates: 0 });
			expect(worst.ratio).toBeLessThan(most);
			expect(worst.wasted).toBeLessThan(0.1);
		},
	);

	it('is called as often as it allows in the end', async () => {
		const { worst } = await runsOf(kindOf('token bucket for 1'), 'none', 10, 1, 3_000);
		expect(worst.ratio).toBeLessThan(1.25);
	});
});

describe('several processes that are told of their limit share it, in about the time that is possible', () => {
	it.each<[string, Headers, number, number]>([
		['fixed window of 1 s', 'RateLimit-*', 20, 4],
		['fixed window of 1 s', 'X-RateLimit-* (epoch)', 200, 4],
		['10 s by the clock', 'RateLimit', 2, 4],
		['fixed window of 1 s', 'RateLimit', 2, 2],
		['sliding window of 1 s', 'RateLimit-*', 20, 2],
		['sliding window of 1 s', 'X-RateLimit-* (ms)', 200, 2],
		['sliding window of 1 s', 'X-RateLimit-* (epoch)', 200, 4],
		['token bucket', 'X-RateLimit-* (ms)', 20, 2],
		['token bucket', 'RateLimit', 20, 4],
		['token bucket', 'X-RateLimit-* (ms)', 200, 4],
	])('%s, %s, %i/s, %i processes', async (name, headers, perSecond, processes) => {
		const { median, worst } = await runsOf(kindOf(name), headers, perSecond, processes);
		expect(worst).toMatchObject({ delivered: 1, duplicates: 0 });
		expect(isMet(median, headers), JSON.stringify(median)).toBe(true);
	});
});

describe('several processes deliver every call once', () => {
	it.each<[string, Headers, number, number]>([
		['fixed window of 1 s', 'RateLimit', 2, 4],
		['fixed window of 1 s', 'none', 2, 4],
		['sliding window of 1 s', 'Retry-After', 2, 4],
		['token bucket', 'none', 2, 2],
		['4 at a time', 'none', 2, 4],
	])('%s, %s, %i/s, %i processes', async (name, headers, perSecond, processes) => {
		const { worst: figures } = await runsOf(kindOf(name), headers, perSecond, processes);
		expect(figures).toMatchObject({ delivered: 1, duplicates: 0 });
	});
});

describe('a run of ten minutes', () => {
	it.each<[string, Headers, number, number]>([
		['fixed window of 1 s', 'none', 1, 4],
		['fixed window of 1 s', 'Retry-After', 2, 1.2],
		['token bucket', 'none', 2, 1.2],
		['token bucket', 'none', 10, 1.1],
		['fixed window of 1 s', 'Retry-After', 20, 1.3],
	])(
		'finds its way back to the whole limit when another process has ended (%s, %s, %i/s)',
		async (name, headers, perSecond, most) => {
			const { worst } = await runsOf(kindOf(name), headers, perSecond, 2, 600 * perSecond);
			expect(worst.ratio).toBeLessThan(most);
			expect(worst.delivered).toBeGreaterThan(0.99);
		},
	);
});

describe('a limit per minute', () => {
	it.each<[Headers]>([['RateLimit'], ['X-RateLimit-* (epoch)'], ['Retry-After'], ['none']])(
		'that others have used up before is used in full from then on (%s)',
		async (headers) => {
			const { worst } = await runsOf(kindOf('a minute, used up before'), headers, 10, 1, 1_500);
			expect(worst).toMatchObject({ delivered: 1, duplicates: 0 });
			expect(isMet(worst, headers), JSON.stringify(worst)).toBe(true);
		},
	);

	it('is used to its last call without waiting for the next minute', async () => {
		for (let seed = 1; seed <= 10; seed++) {
			const { ratio, wasted } = await simulate({
				limiter: () => fixedWindow(100, 60_000),
				headers: 'RateLimit-*',
				processes: 1,
				calls: 100,
				concurrency: 10,
				serviceMs: 20,
				seed,
			});
			// Some seconds, where the calls alone take less than one.
			expect(ratio).toBeLessThan(20);
			expect(wasted).toBe(0);
		}
	});
});

describe('of more processes than a window has calls', () => {
	it.each<[string, Headers]>([
		['fixed window of 1 s', 'RateLimit'],
		['fixed window of 1 s', 'X-RateLimit-* (ms)'],
		['sliding window of 1 s', 'X-RateLimit-* (s)'],
		['token bucket', 'RateLimit-*'],
	])(
		'those without a place ask now and then, not in each window (%s, %s)',
		async (name, headers) => {
			const { median } = await runsOf(kindOf(name), headers, 2, 4);
			expect(median.wasted).toBeLessThan(0.3);
			expect(median.ratio).toBeLessThan(1.2);
		},
	);

	it.each([
		[1, 2],
		[2, 4],
	])(
		'none is kept out until its calls are given up (%i/s, %i processes)',
		async (rate, processes) => {
			const { limiter, serviceMs } = kindOf('sliding window of 1 s');
			for (let seed = 1; seed <= 10; seed++) {
				const { delivered } = await simulate({
					limiter: () => limiter(rate),
					headers: 'X-RateLimit-* (s)',
					processes,
					// A call is given up after five minutes.
					calls: 600 * rate,
					concurrency: 10,
					serviceMs: serviceMs(rate),
					seed,
				});
				expect(delivered).toBe(1);
			}
		},
	);

	it('one that is alone pays little for that', async () => {
		const { limiter, serviceMs } = kindOf('fixed window of 1 s');
		const { ratio } = await simulate({
			limiter: () => limiter(2),
			headers: 'RateLimit',
			processes: 1,
			calls: 1_200,
			concurrency: 10,
			serviceMs: serviceMs(2),
			seed: 1,
		});
		expect(ratio).toBeLessThan(1.06);
	});
});
