import { IF_REFUSED, type Headers } from './answer';
import {
	alignedWindow,
	both,
	concurrencyLimit,
	fixedWindow,
	slidingWindow,
	tokenBucket,
	usedUp,
	type Limiter,
} from './limiters';
import { simulate, type Case, type Figures } from './simulate';

export interface Kind {
	name: string;
	limiter: (perSecond: number) => Limiter;
	windowSeconds: number;
	headers: Headers[];
	serviceMs: (perSecond: number) => number;
	before?: Case['before'];
}

export const RATES = [2, 20, 200];
export const PROCESSES = [1, 2, 4];
const HEADERS: Headers[] = [
	'RateLimit',
	'RateLimit-*',
	'X-RateLimit-* (s)',
	'X-RateLimit-* (ms)',
	'X-RateLimit-* (epoch)',
	'Retry-After',
	'none',
];
const CONCURRENCY = 10;
const SEEDS = [1, 2, 3];

export const KINDS: Kind[] = [
	windows('fixed window of 1 s', 1, (rate) => fixedWindow(rate, 1_000)),
	windows('fixed window of 10 s', 10, (rate) => fixedWindow(rate * 10, 10_000)),
	windows('10 s by the clock', 10, (rate) => alignedWindow(rate * 10, 10_000)),
	windows('sliding window of 1 s', 1, (rate) => slidingWindow(rate, 1_000)),
	windows('token bucket', 1, (rate) => tokenBucket(rate, rate)),
	{
		name: '4 at a time',
		limiter: (rate) => concurrencyLimit(4, 4_000 / rate),
		windowSeconds: 1,
		headers: ['Retry-After', 'none'],
		serviceMs: (rate) => 4_000 / rate,
	},
];

function windows(name: string, windowSeconds: number, limiter: Kind['limiter']): Kind {
	return { name, limiter, windowSeconds, headers: HEADERS, serviceMs: () => 2 };
}

/**
 * At least about 25 seconds, and 90 calls. Ends in the middle of a window, as work does: a run that ends
 * exactly with a window would be charged a whole one for a single call that missed it.
 */
export function callsOf({ windowSeconds }: Kind, perSecond: number): number {
	const perWindow = perSecond * windowSeconds;
	return (Math.max(Math.floor(25 / windowSeconds), Math.floor(90 / perWindow)) + 0.5) * perWindow;
}

/** A table. */
export interface Runs {
	kinds: Kind[];
	headers: Headers[];
	/** Limits, in calls per second. */
	rates: number[];
	processes: number[];
	/** How long each takes at least; absent: as `callsOf` says. */
	seconds?: number;
}

/** Long enough for what adds up: a process that never finds its way back to the limit, or never gets a place. */
export const LONG_RUNS = {
	seconds: 600,
	kinds: KINDS.filter(({ name }) => ['fixed window of 1 s', 'token bucket'].includes(name)),
	headers: ['RateLimit', 'Retry-After', 'none'],
	rates: [1, 2, 20],
	processes: PROCESSES,
} satisfies Runs;

const minute = (perSecond: number): Limiter => fixedWindow(perSecond * 60, 60_000);

/** What most APIs have. */
export const MINUTES = {
	seconds: 150,
	kinds: [
		windows('window of a minute', 60, minute),
		windows('a minute, used up before', 60, (rate) => usedUp(minute(rate), rate * 60, 30_000)),
	],
	headers: ['RateLimit', 'X-RateLimit-* (epoch)', 'Retry-After', 'none'],
	rates: [1, 10],
	processes: PROCESSES,
} satisfies Runs;

/** A list that is fetched before its records are sent, and another workflow that calls all the time. */
const BEFORE: ReadonlyArray<[name: string, before: NonNullable<Case['before']>]> = [
	['1 call before', { calls: 1, gapMs: 4_000 }],
	['30 calls before', { calls: 30, gapMs: 900 }],
];

/** What was called before the first refusal must not be taken for the limit. */
export const AFTER_OTHERS = {
	kinds: KINDS.filter(({ name }) => !/clock|time/.test(name)).flatMap((kind) =>
		BEFORE.map(([name, before]): Kind => ({ ...kind, name: `${kind.name}, ${name}`, before })),
	),
	headers: ['RateLimit', 'Retry-After', 'none'],
	rates: [2, 20],
	processes: [1],
} satisfies Runs;

const slow = (kind: Kind, serviceMs: number): Kind => ({ ...kind, serviceMs: () => serviceMs });

/** What gateways and frameworks in use do besides. */
export const OTHER_APIS: Runs[] = [
	{
		kinds: [windows('window of a minute', 60, minute)],
		headers: [IF_REFUSED],
		rates: [1, 10],
		processes: [1],
		seconds: 150,
	},
	{
		kinds: [
			windows('10/s, and a minute', 60, (rate) => both(fixedWindow(10, 1_000), minute(rate))),
		],
		headers: ['RateLimit-*', 'X-RateLimit-* (epoch)', 'Retry-After', 'none'],
		rates: [2],
		processes: [1],
		seconds: 150,
	},
	{
		kinds: [
			slow(
				windows('10 s, calls of 400 ms', 10, (rate) => fixedWindow(rate * 10, 10_000)),
				400,
			),
		],
		headers: ['RateLimit', 'X-RateLimit-* (s)', 'X-RateLimit-* (epoch)'],
		rates: [50],
		processes: [1],
		seconds: 15,
	},
	{
		kinds: [
			slow(
				windows('1 s, calls of 1500 ms', 1, (rate) => fixedWindow(rate, 1_000)),
				1_500,
			),
		],
		headers: ['RateLimit', 'X-RateLimit-* (s)', 'X-RateLimit-* (epoch)'],
		rates: [1, 5, 20],
		processes: [1],
	},
];

/** As long as calls usually take. */
export const USUAL_CALLS = {
	kinds: [150, 400].flatMap((serviceMs) =>
		[
			...KINDS.filter(({ name }) => !/clock|time|10 s/.test(name)),
			windows('1 s by the clock', 1, (rate) => alignedWindow(rate, 1_000)),
		].map((kind): Kind =>
			slow({ ...kind, name: `${kind.name}, calls of ${serviceMs} ms` }, serviceMs),
		),
	),
	headers: ['RateLimit', 'Retry-After', 'none'],
	rates: [2, 20],
	processes: [1],
} satisfies Runs;

/** Gateways that spread calls evenly, or nearly so. */
export const SMALL_BURSTS = {
	kinds: [1, 3, 5].flatMap((burst) => {
		const kind = windows(`token bucket for ${burst}`, 1, (rate) => tokenBucket(rate, burst));
		return [kind, slow({ ...kind, name: `${kind.name}, calls of 150 ms` }, 150)];
	}),
	headers: ['RateLimit', 'Retry-After', 'none'],
	rates: [5, 20],
	processes: [1],
} satisfies Runs;

/** Of some runs that differ in their random numbers: each figure by itself. */
export interface Summary {
	median: Figures;
	worst: Figures;
}

export async function runsOf(
	kind: Kind,
	headers: Headers,
	perSecond: number,
	processes: number,
	calls = callsOf(kind, perSecond),
): Promise<Summary> {
	const runs: Figures[] = [];
	for (const seed of SEEDS) {
		runs.push(
			await simulate({
				limiter: () => kind.limiter(perSecond),
				headers,
				processes,
				calls,
				concurrency: CONCURRENCY,
				serviceMs: kind.serviceMs(perSecond),
				seed,
				...(kind.before && { before: kind.before }),
			}),
		);
	}
	const ascending = (key: keyof Figures): number[] =>
		runs.map((run) => run[key]).sort((a, b) => a - b);
	const middle = (key: keyof Figures): number => ascending(key)[SEEDS.length >> 1] ?? NaN;
	const delivered = Math.min(...ascending('delivered'));
	const duplicates = Math.max(...ascending('duplicates'));
	return {
		median: { ratio: middle('ratio'), wasted: middle('wasted'), delivered, duplicates },
		worst: {
			ratio: Math.max(...ascending('ratio')),
			wasted: Math.max(...ascending('wasted')),
			delivered,
			duplicates,
		},
	};
}

/** What the pacing aims at. Without a budget in the headers the limit is to be found out first. */
export function targetOf(headers: Headers): { ratio: number; wasted: number } {
	const isTold = !['none', 'Retry-After', IF_REFUSED].includes(headers);
	return isTold ? { ratio: 1.1, wasted: 0.05 } : { ratio: 1.25, wasted: 0.1 };
}

export function isMet(figures: Figures, headers: Headers): boolean {
	const target = targetOf(headers);
	return figures.ratio <= target.ratio && figures.wasted <= target.wasted;
}
