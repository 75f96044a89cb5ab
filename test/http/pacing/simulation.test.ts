import { describe, expect, it } from 'vitest';
import type { Headers } from '../../../bench/pacing/answer';
import { isMet, KINDS, runsOf, type Kind } from '../../../bench/pacing/cases';

const kindOf = (name: string): Kind => {
	const kind = KINDS.find((candidate) => candidate.name === name);
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

describe('several processes that are told of their limit share it, in about the time that is possible', () => {
	it.each<[string, Headers, number, number]>([
		['fixed window of 1 s', 'RateLimit-*', 20, 4],
		['fixed window of 1 s', 'X-RateLimit-* (epoch)', 200, 4],
		['10 s by the clock', 'RateLimit', 2, 4],
		['sliding window of 1 s', 'RateLimit-*', 20, 4],
		['sliding window of 1 s', 'X-RateLimit-* (ms)', 200, 2],
		['sliding window of 1 s', 'X-RateLimit-* (epoch)', 20, 4],
		['token bucket', 'X-RateLimit-* (ms)', 20, 2],
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
