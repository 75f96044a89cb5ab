import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../http/message';
import { createPacer, type Pacer, type TurnOptions } from '../../../http/pacing/pacer';
import { createPacerPool } from '../../../http/pacing/pacerPool';
import { fakeTiming, type FakeTiming } from '../fakeTiming';
import { answer, noAnswer } from '../messages';

const OK = answer(200);
const PATIENT: TurnOptions = { maxPauseMs: Infinity };
const refusal = (seconds: number, status = 429) =>
	answer(status, { 'retry-after': String(seconds) });

/** All promise callbacks that are due have run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

interface Gate {
	timing: FakeTiming;
	pacer: Pacer;
	/** Takes a turn, ends it with this answer, and returns when it came. */
	pass: (outcome?: Outcome, options?: Partial<TurnOptions>) => Promise<number>;
}

function setUp(): Gate {
	const timing = fakeTiming();
	const pacer = createPacer(timing);
	return {
		timing,
		pacer,
		async pass(outcome = OK, options = {}) {
			(await leave(pacer, options)).end(outcome);
			return timing.elapsedMs();
		},
	};
}

async function leave(pacer: Pacer, options: Partial<TurnOptions> = {}) {
	const turn = await pacer.turn({ ...PATIENT, ...options });
	if (!turn.go) throw new Error(`Turned away: ${JSON.stringify(turn.obstacle)}`);
	return turn;
}

const turnedAway = (pauseMs: number) => ({ go: false, obstacle: { kind: 'pause', pauseMs } });

describe('a turn', () => {
	it('comes at once where the API has asked for nothing', async () => {
		const { pacer, timing } = setUp();
		expect(await pacer.turn({ maxPauseMs: 0 })).toMatchObject({ go: true });
		expect(timing.elapsedMs()).toBe(0);
	});

	it.each([429, 503])(
		'comes to nobody before the end of the pause that a %i asks for',
		async (status) => {
			const { pass } = setUp();
			await pass(refusal(5, status));
			const passedAt = await Promise.all(Array.from({ length: 10 }, () => pass()));
			expect(Math.min(...passedAt)).toBe(5_000);
		},
	);

	it('comes at once after the pause', async () => {
		const { pass, timing } = setUp();
		await pass(refusal(5));
		await timing.sleep(6_000);
		expect(await pass()).toBe(6_000);
	});

	it('comes to everybody in the end', async () => {
		const { pass } = setUp();
		await pass(refusal(5));
		const all = await Promise.all(Array.from({ length: 50 }, () => pass()));
		expect(all).toHaveLength(50);
	});

	it('comes up to ten seconds later than told, at random, where it is refused again after the pause', async () => {
		const { pass } = setUp();
		await pass(refusal(3_600));
		await pass(refusal(3_600));
		// By the chance of one half.
		expect(await pass()).toBe(2 * 3_600_000 + 5_000);
	});

	it('comes later where the pause grows while it is waited for', async () => {
		const { pacer, pass, timing } = setUp();
		for (let answered = 0; answered < 4; answered++) await pass();
		const late = await leave(pacer);
		await pass(refusal(5));
		void timing.sleep(3_000).then(() => late.end(refusal(10)));
		expect(await pass()).toBeGreaterThanOrEqual(13_000);
	});

	it('does not come earlier where a later answer asks for less', async () => {
		const { pacer, pass } = setUp();
		for (let answered = 0; answered < 4; answered++) await pass();
		const late = await leave(pacer);
		await pass(refusal(10));
		late.end(refusal(1));
		expect(await pass()).toBe(10_000);
	});

	it('does not come early where a timer does', async () => {
		const { timing } = setUp();
		const sleep = (ms: number, signal?: AbortSignal) => timing.sleep(Math.ceil(ms * 0.9), signal);
		const pacer = createPacer({ ...timing, sleep });
		(await leave(pacer)).end(refusal(1));
		await leave(pacer);
		expect(timing.elapsedMs()).toBeGreaterThanOrEqual(1_000);
	});

	it('does not come where the pause is longer than the caller accepts', async () => {
		const { pacer, pass, timing } = setUp();
		await pass(refusal(5));
		await timing.sleep(1_000);
		expect(await pacer.turn({ maxPauseMs: 3_999 })).toEqual(turnedAway(4_000));
		expect(timing.elapsedMs()).toBe(1_000);
		expect(await pass(OK, { maxPauseMs: 4_000 })).toBe(5_000);
	});

	it('does not come, and at once so, where the pause grows too long meanwhile', async () => {
		const { pacer, pass, timing } = setUp();
		for (let answered = 0; answered < 4; answered++) await pass();
		const late = await leave(pacer);
		await pass(refusal(5));
		void timing.sleep(3_000).then(() => late.end(refusal(60)));
		expect(await pacer.turn({ maxPauseMs: 10_000 })).toEqual(turnedAway(60_000));
		expect(timing.elapsedMs()).toBe(3_000);
	});

	it('comes to the oldest call first, also when it comes back', async () => {
		const { pacer, pass } = setUp();
		const first = await leave(pacer);
		const order: string[] = [];
		const waits = (name: string, options: Partial<TurnOptions> = {}) =>
			pass(OK, options).then(() => order.push(name));
		first.end(refusal(1));
		const younger = ['second', 'third'].map((name) => waits(name));
		await Promise.all([...younger, waits('first', { ticket: first.ticket })]);
		expect(order).toEqual(['first', 'second', 'third']);
	});

	it('comes to one before the first answer is known, and to more with those that are good', async () => {
		// No time passes.
		const pacer = createPacer({ ...fakeTiming(), sleep: () => new Promise(() => undefined) });
		const leaving: Array<Awaited<ReturnType<typeof leave>>> = [];
		for (let call = 0; call < 100; call++) {
			void leave(pacer).then((turn) => leaving.push(turn));
		}
		await settled();
		expect(leaving).toHaveLength(1);
		for (let answered = 0; answered < 60; answered++) {
			leaving[answered]?.end(OK);
			await settled();
		}
		expect(leaving.length - 60).toBeGreaterThanOrEqual(10);
	});

	it('comes soon where the API takes its time to answer, which is no fault of a limit', async () => {
		const { pacer, timing } = setUp();
		const turns = Array.from({ length: 10 }, () => leave(pacer));
		await Promise.all(turns);
		expect(timing.elapsedMs()).toBeGreaterThan(0);
		expect(timing.elapsedMs()).toBeLessThanOrEqual(1_000);
		expect(pacer.heldMs()).toBe(0);
	});

	it('is freed for another by a call that was given up', async () => {
		const { pacer, pass } = setUp();
		const first = await leave(pacer);
		const next = pass();
		first.end(undefined);
		expect(await next).toBe(0);
	});

	it('ends once, however often that is said', async () => {
		const { pacer } = setUp();
		const turn = await leave(pacer);
		turn.end(OK);
		turn.end(OK);
		expect(pacer.isIdle()).toBe(true);
	});

	it('comes to two runs in turn', async () => {
		const { pass } = setUp();
		await pass(refusal(1));
		const order: string[] = [];
		const run = (name: string) =>
			Array.from({ length: 10 }, () => pass().then(() => order.push(name)));
		await Promise.all([...run('a'), ...run('b')]);
		await Promise.all(['a', 'b', 'a', 'b'].map((name) => pass().then(() => order.push(name))));
		expect(order.slice(20)).toEqual(['a', 'b', 'a', 'b']);
	});
});

describe('a caller that aborts', () => {
	it('waits no longer', async () => {
		const { pass, timing } = setUp();
		const abort = new AbortController();
		await pass(refusal(60));
		void timing.sleep(1_000).then(() => abort.abort());
		await expect(pass(OK, { signal: abort.signal })).rejects.toThrow('aborted');
		expect(timing.elapsedMs()).toBe(1_000);
	});

	it('has no turn where it has aborted before', async () => {
		const { pass } = setUp();
		await expect(pass(OK, { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
	});

	it('makes room for the others', async () => {
		const { pass } = setUp();
		const abort = new AbortController();
		await pass(refusal(5));
		const gone = pass(OK, { signal: abort.signal });
		const stays = pass();
		abort.abort();
		await expect(gone).rejects.toThrow('aborted');
		expect(await stays).toBe(5_000);
	});
});

describe('an API that says how many calls it takes', () => {
	const budget = (remaining: number, reset: number, status = 200) =>
		answer(status, { 'ratelimit-remaining': `${remaining}`, 'ratelimit-reset': `${reset}` });

	it('is not called until the reset once its budget is spent, though it refused nothing', async () => {
		const { pass } = setUp();
		await pass(budget(0, 7));
		expect(await pass()).toBe(7_000);
	});

	it('is called at once while its budget lasts', async () => {
		const { pass } = setUp();
		await pass(budget(3, 7));
		expect([await pass(), await pass(), await pass(), await pass()]).toEqual([0, 0, 0, 7_000]);
	});
});

describe('an API that says nothing but 429', () => {
	it('is asked by one call at a time until it accepts again, less and less often', async () => {
		const { pacer, timing } = setUp();
		let underWay = 0;
		const refusedAt: number[] = [];
		const call = async () => {
			const turn = await leave(pacer);
			expect(++underWay).toBe(1);
			await timing.sleep(10);
			underWay--;
			refusedAt.push(timing.elapsedMs());
			turn.end(answer(429));
		};
		(await leave(pacer)).end(answer(429));
		await Promise.all(Array.from({ length: 6 }, call));
		const gaps = refusedAt.slice(1).map((at, index) => at - (refusedAt[index] ?? 0));
		expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
		expect(gaps.at(-1)).toBeGreaterThan(4 * (gaps[0] ?? Infinity));
	});
});

describe('a limit of the user', () => {
	const limit = { requests: 3, spanMs: 1_000 };

	it('is kept in any span, as the API sees it, by all calls of the process', async () => {
		const timing = fakeTiming({ random: Math.random });
		const pacer = createPacer(timing);
		const arrivals: number[] = [];
		const send = async (own: TurnOptions['limit']) => {
			const turn = await leave(pacer, { limit: own });
			await timing.sleep(Math.random() * 200);
			arrivals.push(timing.elapsedMs());
			await timing.sleep(Math.random() * 200);
			turn.end(answer(200));
		};
		await Promise.all(Array.from({ length: 40 }, () => send(limit)));
		const startedAt = timing.elapsedMs();
		await Promise.all([send(undefined), send(undefined), send(undefined), send(limit)]);
		arrivals.sort((a, b) => a - b);
		for (const [index, at] of arrivals.slice(0, 40).entries()) {
			const next = arrivals.slice(0, 40)[index + limit.requests];
			if (next !== undefined) expect(next - at).toBeGreaterThanOrEqual(limit.spanMs);
		}
		expect(timing.elapsedMs() - startedAt).toBeGreaterThanOrEqual(limit.spanMs);
	});

	it('counts calls without an answer, too', async () => {
		const { pass } = setUp();
		for (const outcome of [noAnswer(), answer(502), answer(401)]) await pass(outcome, { limit });
		expect(await pass(OK, { limit })).toBe(1_000);
	});

	it('is remembered as long as it has effect', async () => {
		const { pass, pacer, timing } = setUp();
		await pass(OK, { limit });
		expect(pacer.isIdle()).toBe(false);
		await timing.sleep(1_000);
		expect(pacer.isIdle()).toBe(true);
	});
});

describe('a header that is misread', () => {
	it('never makes a call wait for longer than a pause may be', async () => {
		const { pass } = setUp();
		await pass(answer(200, { 'ratelimit-remaining': '0', 'ratelimit-reset': '86400' }));
		expect(await pass(OK, { maxPauseMs: 300_000 })).toBe(0);
	});
});

describe('the time that calls are held back', () => {
	it('is nothing where nobody waits, though the API asked for a pause', async () => {
		const { pacer, pass, timing } = setUp();
		await pass(refusal(5));
		await timing.sleep(5_000);
		await pass();
		expect(pacer.heldMs()).toBe(0);
	});

	it('counts once, however many wait', async () => {
		const { pacer, pass, timing } = setUp();
		await pass(refusal(5));
		const waiting = [pass(), pass(), pass()];
		await timing.sleep(2_000);
		expect(pacer.heldMs()).toBe(2_000);
		await waiting[0];
		expect(pacer.heldMs()).toBe(5_000);
	});

	it('ends when the last one who waits has aborted', async () => {
		const { pacer, pass, timing } = setUp();
		const abort = new AbortController();
		await pass(refusal(60));
		void timing.sleep(1_000).then(() => abort.abort());
		await pass(OK, { signal: abort.signal }).catch(() => undefined);
		await timing.sleep(30_000);
		expect(pacer.heldMs()).toBe(1_000);
	});
});

describe('the pool of pacers', () => {
	const createPool = (keep?: number) => createPacerPool(() => createPacer(fakeTiming()), keep);

	it('gives all calls to one API the same pacer, and each API its own', () => {
		const pacerOf = createPool();
		expect(pacerOf('a')).toBe(pacerOf('a'));
		expect(pacerOf('a')).not.toBe(pacerOf('b'));
	});

	it('keeps a hundred, and drops the one that was not asked for the longest', () => {
		const pacerOf = createPool();
		const first = pacerOf('first');
		const second = pacerOf('second');
		for (let api = 0; api < 98; api++) pacerOf(String(api));
		expect(pacerOf('first')).toBe(first);
		pacerOf('one more');
		expect(pacerOf('first')).toBe(first);
		expect(pacerOf('second')).not.toBe(second);
	});

	it('does not drop one that is in use', async () => {
		const pacerOf = createPool(2);
		const busy = pacerOf('a');
		expect(busy.isIdle()).toBe(true);
		const turn = await leave(busy);
		expect(busy.isIdle()).toBe(false);
		for (const api of ['b', 'c', 'd']) pacerOf(api);
		expect(pacerOf('a')).toBe(busy);
		turn.end(OK);
		expect(busy.isIdle()).toBe(true);
		for (const api of ['b', 'c', 'd']) pacerOf(api);
		expect(pacerOf('a')).not.toBe(busy);
	});

	it('does not forget a pause that is not over', async () => {
		const pacerOf = createPool(2);
		(await leave(pacerOf('a'))).end(refusal(60));
		pacerOf('b');
		pacerOf('c');
		expect(await pacerOf('a').turn({ maxPauseMs: 0 })).toEqual(turnedAway(60_000));
	});
});

describe('a clock that is set back', () => {
	const HOUR_MS = 3_600_000;

	it('does not make a pause that was over begin anew', async () => {
		const { pass, timing } = setUp();
		await pass(refusal(2));
		await pass();
		await timing.sleep(30_000);
		timing.setClock(-HOUR_MS);
		const before = timing.elapsedMs();
		expect((await pass(OK, { maxPauseMs: 0 })) - before).toBe(0);
	});

	it('does not hold back calls by a limit that was found out before', async () => {
		const { pass, timing } = setUp();
		for (let count = 0; count < 5; count++) await pass();
		await pass(answer(429));
		await pass();
		timing.setClock(-HOUR_MS);
		const before = timing.elapsedMs();
		expect((await pass()) - before).toBeLessThan(1_000);
	});

	it("neither breaks the user's limit nor waits for an hour to keep it", async () => {
		const { pass, timing } = setUp();
		const limit = { requests: 2, spanMs: 1_000 };
		await pass(OK, { limit });
		await pass(OK, { limit });
		timing.setClock(-HOUR_MS);
		const before = timing.elapsedMs();
		expect((await pass(OK, { limit })) - before).toBe(1_000);
	});

	it('does not keep those waiting that waited already', async () => {
		const { pacer, pass, timing } = setUp();
		await pass(refusal(10));
		const waiting = leave(pacer);
		await settled();
		timing.setClock(-HOUR_MS);
		const before = timing.elapsedMs();
		(await leave(pacer)).end(OK);
		(await waiting).end(OK);
		expect(timing.elapsedMs() - before).toBeLessThan(10_001);
	});
});
