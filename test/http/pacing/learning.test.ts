import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../bench/pacing/virtualTime';
import type { Outcome } from '../../../http/message';
import { createPacer, type Pacer } from '../../../http/pacing/pacer';
import { fakeTiming, type FakeTiming } from '../fakeTiming';
import { answer } from '../messages';
import { untilAccepted } from './untilAccepted';

/** What the API says of its limit, with each answer. `epochMs`: the moment of the answer. */
type Tell = (left: {
	limit: number;
	remaining: number;
	resetMs: number;
	epochMs: number;
}) => Record<string, string>;

interface World {
	timing: FakeTiming;
	pacer: Pacer;
	/** So many calls, each as soon as the pacer lets it go; returns when they arrived, in ms since the start. */
	deliver: (calls: number, pacer?: Pacer) => Promise<number[]>;
	refusals: () => number;
	setLimit: (limit: number) => void;
	setTell: (tell: Tell) => void;
}

/** An API with a window that begins with its first call, 5 to 15 ms away. */
function setUp({
	limit,
	windowMs,
	tell: firstTell,
	seed = 1,
}: {
	limit: number;
	windowMs: number;
	tell: Tell;
	seed?: number;
}): World {
	const timing = fakeTiming({ random: seededRandom(seed), startMs: Date.UTC(2026, 0, 1) + 137 });
	const pacer = createPacer(timing);
	let window = { atMs: -Infinity, calls: 0 };
	let current = limit;
	let tell = firstTell;
	let refused = 0;
	const travel = () => timing.sleep(5 + 10 * timing.random());

	function respond(): Outcome {
		const nowMs = timing.now();
		if (nowMs >= window.atMs + windowMs) window = { atMs: nowMs, calls: 0 };
		const accepted = window.calls < current;
		if (accepted) window.calls++;
		else refused++;
		const left = {
			limit: current,
			remaining: current - window.calls,
			resetMs: window.atMs + windowMs - nowMs,
		};
		return answer(accepted ? 200 : 429, tell({ ...left, epochMs: nowMs }));
	}

	async function send(to: Pacer, arrivals: number[]): Promise<void> {
		let atMs = 0;
		await untilAccepted(to, async () => {
			await travel();
			atMs = timing.elapsedMs();
			const outcome = respond();
			await travel();
			return outcome;
		});
		arrivals.push(atMs);
	}

	return {
		timing,
		pacer,
		refusals: () => refused,
		setLimit: (changed) => (current = changed),
		setTell: (changed) => (tell = changed),
		async deliver(calls, to = pacer) {
			const arrivals: number[] = [];
			await Promise.all(Array.from({ length: calls }, () => send(to, arrivals)));
			return arrivals.sort((a, b) => a - b);
		},
	};
}

/** A single run may have been lucky. */
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

const seconds = (ms: number) => String(Math.ceil(ms / 1000));

const tellRateLimit: Tell = ({ limit, remaining, resetMs }) => ({
	'ratelimit-limit': `${limit}`,
	'ratelimit-remaining': `${remaining}`,
	'ratelimit-reset': seconds(resetMs),
});

describe('a limit that is told is kept without being refused', () => {
	it.each<[string, Tell]>([
		[
			'RateLimit',
			({ limit, remaining, resetMs }) => ({
				ratelimit: `"a";r=${remaining};t=${seconds(resetMs)}`,
				'ratelimit-policy': `"a";q=${limit};w=2`,
			}),
		],
		[
			'RateLimit of an older draft',
			({ limit, remaining, resetMs }) => ({
				ratelimit: `limit=${limit}, remaining=${remaining}, reset=${seconds(resetMs)}`,
			}),
		],
		['RateLimit-*', tellRateLimit],
		[
			'X-RateLimit-* in seconds',
			({ limit, remaining, resetMs }) => ({
				'x-ratelimit-limit': `${limit}`,
				'x-ratelimit-remaining': `${remaining}`,
				'x-ratelimit-reset': seconds(resetMs),
			}),
		],
		[
			'X-RateLimit-* in milliseconds',
			({ limit, remaining, resetMs }) => ({
				'x-ratelimit-limit': `${limit}`,
				'x-ratelimit-remaining': `${remaining}`,
				'x-ratelimit-reset': `${resetMs}`,
			}),
		],
		[
			'X-RateLimit-* as a moment in seconds',
			({ limit, remaining, resetMs, epochMs }) => ({
				'x-ratelimit-limit': `${limit}`,
				'x-ratelimit-remaining': `${remaining}`,
				'x-ratelimit-reset': seconds(epochMs + resetMs),
			}),
		],
		[
			'X-RateLimit-* as a moment in milliseconds',
			({ limit, remaining, resetMs, epochMs }) => ({
				'x-ratelimit-limit': `${limit}`,
				'x-ratelimit-remaining': `${remaining}`,
				'x-ratelimit-reset': `${epochMs + resetMs}`,
			}),
		],
		[
			'X-Rate-Limit-* as a moment',
			({ limit, remaining, resetMs, epochMs }) => ({
				'x-rate-limit-limit': `${limit}`,
				'x-rate-limit-remaining': `${remaining}`,
				'x-rate-limit-reset': seconds(epochMs + resetMs),
			}),
		],
		[
			'durations',
			({ limit, remaining, resetMs }) => ({
				'x-ratelimit-limit-requests': `${limit}`,
				'x-ratelimit-remaining-requests': `${remaining}`,
				'x-ratelimit-reset-requests': `${resetMs}ms`,
			}),
		],
	])('%s', async (_name, tell) => {
		for (const seed of SEEDS) {
			const world = setUp({ limit: 20, windowMs: 2_000, tell, seed });
			const arrivals = await world.deliver(110);
			expect(world.refusals()).toBe(0);
			// Five windows are full before the last ten calls; a second of rounding may be lost once.
			expect(arrivals.at(-1)).toBeGreaterThanOrEqual(10_000);
			expect(arrivals.at(-1)).toBeLessThan(11_500);
		}
	});
});

describe('a limit that only refusals tell of', () => {
	const nothing: Tell = () => ({});
	const retryAfter: Tell = ({ resetMs }) => ({ 'retry-after': seconds(resetMs) });

	it.each<[string, number, Tell]>([
		['nothing', 1_000, nothing],
		['Retry-After', 1_000, retryAfter],
		['nothing', 10_000, nothing],
		['Retry-After', 10_000, retryAfter],
	])('is found out and kept (%s, windows of %i ms)', async (_name, windowMs, tell) => {
		const world = setUp({ limit: 30, windowMs, tell });
		const arrivals = await world.deliver(315);
		expect(world.refusals()).toBeLessThan(32);
		expect(arrivals.at(-1)).toBeLessThan(10 * windowMs * 1.25);
	});

	it('is tried beyond now and then, and followed when it has grown', async () => {
		const world = setUp({ limit: 10, windowMs: 1_000, tell: nothing });
		await world.deliver(60);
		world.setLimit(40);
		const grown = await world.deliver(600);
		const last = grown.at(-1) ?? Infinity;
		expect(grown.filter((atMs) => atMs > last - 5_000).length).toBeGreaterThan(5 * 30);
	});

	it('is followed when it has become lower', async () => {
		const world = setUp({ limit: 40, windowMs: 1_000, tell: nothing });
		await world.deliver(200);
		world.setLimit(10);
		const before = world.refusals();
		await world.deliver(200);
		expect(world.refusals() - before).toBeLessThan(45);
	});
});

describe('processes that share a limit', () => {
	it('both get through, with few refusals, though they know of each other by the headers only', async () => {
		const world = setUp({ limit: 40, windowMs: 1_000, tell: tellRateLimit });
		const [a, b] = await Promise.all([
			world.deliver(300),
			world.deliver(300, createPacer(world.timing)),
		]);
		expect(world.refusals()).toBeLessThan(600 * 0.05);
		expect(Math.max(a.at(-1) ?? 0, b.at(-1) ?? 0)).toBeLessThan(15_000 * 1.1);
		// All along, neither keeps the other from going on.
		for (const arrivals of [a, b]) {
			for (const fromMs of [0, 4_000, 8_000]) {
				const inPart = arrivals.filter((atMs) => atMs >= fromMs && atMs < fromMs + 4_000);
				expect(inPart.length).toBeGreaterThan(25);
			}
		}
	});

	it('do not wait for those who have used a long window before them', async () => {
		const world = setUp({ limit: 5_000, windowMs: 3_600_000, tell: tellRateLimit });
		await world.deliver(4_000);
		await world.timing.sleep(3_000_000);
		const startedAtMs = world.timing.elapsedMs();
		await world.deliver(50, createPacer(world.timing));
		expect(world.timing.elapsedMs() - startedAtMs).toBeLessThan(1_000);
	});

	it('use what one of them leaves, within two windows and a half', async () => {
		const windows = 4;
		let used = 0;
		for (const seed of SEEDS) {
			const world = setUp({ limit: 40, windowMs: 1_000, tell: tellRateLimit, seed });
			const [short, long] = await Promise.all([
				world.deliver(60, createPacer(world.timing)),
				world.deliver(400),
			]);
			const fromMs = (short.at(-1) ?? Infinity) + 2_500;
			used += long.filter((atMs) => atMs > fromMs && atMs <= fromMs + windows * 1_000).length;
		}
		expect(used).toBeGreaterThan(SEEDS.length * windows * 40 * 0.95);
	});
});

describe('two runs in one process', () => {
	it('share what the API accepts, call by call', async () => {
		const tell: Tell = ({ resetMs }) => ({ 'retry-after': seconds(resetMs) });
		const world = setUp({ limit: 10, windowMs: 1_000, tell });
		const first = world.deliver(50);
		await world.timing.sleep(1_500);
		const [early, late] = await Promise.all([first, world.deliver(10)]);
		// The second run has come later, and its calls go after those that wait.
		expect(early.at(-1)).toBeLessThan(late.at(-1) ?? 0);
		expect(late.at(-1)).toBeLessThan(8_000);
	});
});

describe('what was learned', () => {
	it('is forgotten when the API has not been called for a minute', async () => {
		const world = setUp({ limit: 5, windowMs: 1_000, tell: () => ({}) });
		await world.deliver(15);
		world.setLimit(1_000);
		await world.timing.sleep(61_000);
		const startedAtMs = world.timing.elapsedMs();
		await world.deliver(9);
		expect(world.timing.elapsedMs() - startedAtMs).toBeLessThan(500);
	});

	it('is kept before', async () => {
		const world = setUp({ limit: 5, windowMs: 1_000, tell: () => ({}) });
		await world.deliver(30);
		const before = world.refusals();
		await world.timing.sleep(30_000);
		await world.deliver(15);
		expect(world.refusals() - before).toBeLessThanOrEqual(1);
	});

	it('is forgotten when the API stops telling of a limit', async () => {
		const world = setUp({ limit: 10, windowMs: 1_000, tell: tellRateLimit });
		await world.deliver(30);
		world.setTell(() => ({}));
		world.setLimit(1_000);
		// What is left of the last window told of.
		await world.deliver(11);
		const startedAtMs = world.timing.elapsedMs();
		await world.deliver(100);
		expect(world.timing.elapsedMs() - startedAtMs).toBeLessThan(500);
	});
});
