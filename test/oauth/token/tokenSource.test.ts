import { describe, expect, it } from 'vitest';
import { TokenError } from '../../../oauth/errors/tokenError';
import { createAccessToken, type AccessToken } from '../../../oauth/token/accessToken';
import type { TokenSource } from '../../../oauth/token/tokenSource';
import { createStaticData, startProcess, type StaticData, type TestProcess } from '../testProcess';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const REFUSED = new TokenError('The authorization server does not accept this client', 'Check it.');

const valueOf = async (source: TokenSource, signal?: AbortSignal) =>
	(await source.get(signal)).value;

/** Lets everything that is ready to run do so. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A grant that the test answers. */
function heldGrant(process: TestProcess) {
	const held: Array<{
		signal: AbortSignal;
		issue: (value: string) => void;
		fail: (error: Error) => void;
	}> = [];
	process.grant = (signal) =>
		new Promise<AccessToken>((resolve, reject) => {
			held.push({
				signal,
				issue: (value) => resolve(createAccessToken(value, 'Bearer', 3600, process.nowMs)),
				fail: reject,
			});
			signal.addEventListener('abort', () => reject(signal.reason as Error));
		});
	return {
		held,
		at(index: number) {
			const one = held[index];
			if (one === undefined) throw new Error(`There is no grant ${index}`);
			return one;
		},
	};
}

/** Static data in which a run of an earlier process has left its token. */
async function leftByEarlierProcess(nowMs: number): Promise<StaticData> {
	const earlier = startProcess(nowMs);
	earlier.grant = async () => createAccessToken('stored', 'Bearer', 3600, nowMs);
	const staticData = createStaticData();
	await earlier.startRun({ staticData }).get();
	// Through the database, as n8n does.
	return createStaticData(JSON.parse(JSON.stringify(staticData.data)) as Record<string, unknown>);
}

describe('the token', () => {
	it('comes from the grant where nobody has one', async () => {
		const process = startProcess();
		expect(await valueOf(process.startRun())).toBe('token-1');
	});

	it('comes from the store rather than from the grant', async () => {
		const process = startProcess();
		const staticData = await leftByEarlierProcess(process.nowMs);
		expect(await valueOf(process.startRun({ staticData }))).toBe('stored');
		expect(process.grants).toBe(0);
	});

	it('comes from memory rather than from the store', async () => {
		const process = startProcess();
		const staticData = await leftByEarlierProcess(process.nowMs);
		await process.startRun().get();
		expect(await valueOf(process.startRun({ staticData }))).toBe('token-1');
		expect(process.grants).toBe(1);
	});

	it('of the store is in memory from then on', async () => {
		const process = startProcess();
		const staticData = await leftByEarlierProcess(process.nowMs);
		await process.startRun({ staticData }).get();
		expect(await valueOf(process.startRun())).toBe('stored');
		expect(process.grants).toBe(0);
	});

	it('is asked for once by 100 items at the same time', async () => {
		const process = startProcess();
		const source = process.startRun();
		const values = await Promise.all(Array.from({ length: 100 }, () => valueOf(source)));
		expect(new Set(values)).toEqual(new Set(['token-1']));
		expect(process.grants).toBe(1);
	});

	it('is asked for once by runs at the same time, and kept by each of them', async () => {
		const process = startProcess();
		const staticData = [createStaticData(), createStaticData()];
		const runs = staticData.map((one) => process.startRun({ staticData: one }));
		await Promise.all(runs.flatMap((run) => [run.get(), run.get()]));
		expect(process.grants).toBe(1);
		expect(staticData.map((one) => one.tokenAt(process.nowMs))).toEqual(['token-1', 'token-1']);
		expect(staticData.map((one) => one.writes())).toEqual([1, 1]);
	});

	it('of another credential is another one', async () => {
		const process = startProcess();
		expect(await valueOf(process.startRun({ key: 'one' }))).toBe('token-1');
		expect(await valueOf(process.startRun({ key: 'other' }))).toBe('token-2');
	});
});

/** A run whose token has half a minute left, and a server that answers when the test lets it. */
async function dueForRenewal() {
	const process = startProcess();
	const source = process.startRun();
	await source.get();
	const grants = heldGrant(process);
	process.nowMs += HOUR - 30 * SECOND;
	return { process, source, grants };
}

describe('renewal', () => {
	it('is due a minute before the token expires, and not earlier', async () => {
		const process = startProcess();
		const source = process.startRun();
		await source.get();
		process.nowMs += HOUR - 60 * SECOND - 1;
		expect(await valueOf(source)).toBe('token-1');
		process.nowMs += 1;
		await source.get();
		await settled();
		expect(await valueOf(source)).toBe('token-2');
	});

	it('is due for a stored token, too, which serves until then', async () => {
		const process = startProcess();
		const staticData = await leftByEarlierProcess(process.nowMs);
		process.nowMs += HOUR - 60 * SECOND;
		const source = process.startRun({ staticData });
		expect(await valueOf(source)).toBe('stored');
		await settled();
		expect(await valueOf(source)).toBe('token-1');
		expect(process.grants).toBe(1);
	});

	it.each([
		['due', HOUR - 60 * SECOND],
		['expired', HOUR],
	])('happens once for 100 items that meet a token that is %s', async (_name, afterMs) => {
		const process = startProcess();
		const source = process.startRun();
		await source.get();
		process.nowMs += afterMs;
		await Promise.all(Array.from({ length: 100 }, () => source.get()));
		await settled();
		await Promise.all(Array.from({ length: 100 }, () => source.get()));
		expect(process.grants).toBe(2);
	});

	it('holds nobody up before the token expires, and everybody after that', async () => {
		const { process, source, grants } = await dueForRenewal();
		expect(await valueOf(source)).toBe('token-1');
		process.nowMs += 30 * SECOND - 1;
		expect(await valueOf(source)).toBe('token-1');
		process.nowMs += 1;
		const waiting = Promise.all([valueOf(source), valueOf(process.startRun())]);
		grants.at(0).issue('new');
		expect(await waiting).toEqual(['new', 'new']);
		expect(process.grants).toBe(2);
	});

	it('ends by itself, and not with a run that is cancelled', async () => {
		const { process, source, grants } = await dueForRenewal();
		const cancel = new AbortController();
		await source.get(cancel.signal);
		cancel.abort();
		await settled();
		expect(grants.at(0).signal.aborted).toBe(false);
		grants.at(0).issue('new');
		await settled();
		expect(await valueOf(process.startRun())).toBe('new');
		expect(process.grants).toBe(2);
	});

	it('is waited for by who wants the token for later', async () => {
		const { source, grants } = await dueForRenewal();
		const first = source.getRenewed();
		grants.at(0).issue('new');
		expect((await first).value).toBe('new');
	});

	it('that fails gives the old token to who has waited for it', async () => {
		const { source, grants } = await dueForRenewal();
		const first = source.getRenewed();
		grants.at(0).fail(REFUSED);
		expect((await first).value).toBe('token-1');
	});

	it('is no longer waited for when the run is cancelled', async () => {
		const { source } = await dueForRenewal();
		const cancel = new AbortController();
		const cancelled = source.getRenewed(cancel.signal);
		cancel.abort(new Error('cancelled'));
		await expect(cancelled).rejects.toThrow('cancelled');
	});

	it('is in static data as soon as it has come, and written once', async () => {
		const process = startProcess();
		const staticData = createStaticData();
		const source = process.startRun({ staticData });
		await source.get();
		process.nowMs += HOUR - 30 * SECOND;
		await Promise.all(Array.from({ length: 100 }, () => source.get()));
		await settled();
		expect(staticData.tokenAt(process.nowMs)).toBe('token-2');
		await source.get();
		expect(staticData.writes()).toBe(2);
	});

	it('that comes after the end of the run is saved by the next run', async () => {
		const process = startProcess();
		const workflow = 'workflow';
		const staticData = createStaticData();
		await process.startRun({ staticData, workflow }).get();
		const grants = heldGrant(process);
		process.nowMs += HOUR - 30 * SECOND;
		await process.startRun({ staticData, workflow }).get();
		// What n8n saves at the end of the run.
		const saved = createStaticData({ ...staticData.data });
		grants.at(0).issue('new');
		await settled();
		await process.startRun({ staticData: saved, workflow }).get();
		expect(saved.tokenAt(process.nowMs)).toBe('new');
	});

	it('replaces the token in static data', async () => {
		const process = startProcess();
		const staticData = createStaticData();
		const source = process.startRun({ staticData });
		await source.get();
		process.nowMs += HOUR;
		await source.get();
		expect(staticData.tokenAt(process.nowMs)).toBe('token-2');
		expect(staticData.writes()).toBe(2);
	});

	it('that fails leaves the old token in use for as long as it lives', async () => {
		const process = startProcess();
		const source = process.startRun();
		await source.get();
		process.grant = () => Promise.reject(REFUSED);
		process.nowMs += HOUR - 30 * SECOND;
		expect(await valueOf(source)).toBe('token-1');
		process.nowMs += 30 * SECOND - 1;
		expect(await valueOf(source)).toBe('token-1');
		process.nowMs += 1;
		await expect(source.get()).rejects.toBe(REFUSED);
	});

	it('that fails is tried again every 20 seconds, not for each item or run', async () => {
		const process = startProcess();
		await process.startRun().get();
		process.grant = () => Promise.reject(REFUSED);
		process.nowMs += HOUR - 60 * SECOND;
		const triesAfter = async (ms: number) => {
			process.nowMs += ms;
			for (let run = 0; run < 10; run++) {
				await process.startRun().get();
				await settled();
			}
			return process.grants - 1;
		};
		expect(await triesAfter(0)).toBe(1);
		expect(await triesAfter(20 * SECOND - 1)).toBe(1);
		expect(await triesAfter(1)).toBe(2);
	});

	it('that has failed is no failure of the run: it asks again when the token has expired', async () => {
		const process = startProcess();
		const { grant } = process;
		const source = process.startRun();
		await source.get();
		process.grant = () => Promise.reject(REFUSED);
		process.nowMs += HOUR - 1;
		await source.get();
		await settled();
		process.grant = grant;
		process.nowMs += 1;
		expect(await valueOf(source)).toBe('token-3');
	});
});

describe('a failed grant', () => {
	it('is made once for 1,000 items, and told to each of them', async () => {
		const process = startProcess();
		process.grant = () => Promise.reject(REFUSED);
		const source = process.startRun();
		for (let wave = 0; wave < 10; wave++) {
			const items = await Promise.allSettled(Array.from({ length: 100 }, () => source.get()));
			expect(items.every((item) => item.status === 'rejected' && item.reason === REFUSED)).toBe(
				true,
			);
		}
		expect(process.grants).toBe(1);
	});

	it('is forgotten by the next run', async () => {
		const process = startProcess();
		const { grant } = process;
		process.grant = () => Promise.reject(REFUSED);
		await expect(process.startRun().get()).rejects.toBe(REFUSED);
		process.grant = grant;
		expect(await valueOf(process.startRun())).toBe('token-2');
	});

	it('of the run is mended by a token that another run was granted since', async () => {
		const process = startProcess();
		const { grant } = process;
		process.grant = () => Promise.reject(REFUSED);
		const source = process.startRun();
		await expect(source.get()).rejects.toBe(REFUSED);
		process.grant = grant;
		await process.startRun().get();
		expect(await valueOf(source)).toBe('token-2');
	});

	it('that throws at once is a failed grant, too', async () => {
		const process = startProcess();
		process.grant = () => {
			throw REFUSED;
		};
		const source = process.startRun();
		await expect(source.get()).rejects.toBe(REFUSED);
		await expect(source.get()).rejects.toBe(REFUSED);
		expect(process.grants).toBe(1);
	});

	it('writes nothing to static data', async () => {
		const process = startProcess();
		process.grant = () => Promise.reject(REFUSED);
		const staticData = createStaticData();
		await process
			.startRun({ staticData })
			.get()
			.catch(() => undefined);
		expect(staticData.writes()).toBe(0);
	});
});

describe('static data', () => {
	it('is written once for a granted token, however many items use it', async () => {
		const process = startProcess();
		const staticData = createStaticData();
		const source = process.startRun({ staticData });
		for (let item = 0; item < 100; item++) await source.get();
		expect(staticData.writes()).toBe(1);
		expect(staticData.tokenAt(process.nowMs)).toBe('token-1');
	});

	it('gets the token of memory where it has none', async () => {
		const process = startProcess();
		await process.startRun().get();
		const staticData = createStaticData();
		const source = process.startRun({ staticData });
		for (let item = 0; item < 100; item++) await source.get();
		expect(staticData.tokenAt(process.nowMs)).toBe('token-1');
		expect(staticData.writes()).toBe(1);
	});

	it('gets the token of memory where its own has expired', async () => {
		const process = startProcess();
		const staticData = await leftByEarlierProcess(process.nowMs);
		process.nowMs += HOUR;
		await process.startRun().get();
		await process.startRun({ staticData }).get();
		expect(staticData.tokenAt(process.nowMs)).toBe('token-1');
	});

	it('is not written where it has a fresh record', async () => {
		const process = startProcess();
		const staticData = await leftByEarlierProcess(process.nowMs);
		await process.startRun({ staticData }).get();
		await process.startRun({ staticData }).get();
		expect(staticData.writes()).toBe(0);
	});

	it('is not written where it has a fresh record of another token', async () => {
		const process = startProcess();
		const staticData = await leftByEarlierProcess(process.nowMs);
		await process.startRun().get();
		expect(await valueOf(process.startRun({ staticData }))).toBe('token-1');
		expect(staticData.writes()).toBe(0);
	});
});

describe('a cancelled run', () => {
	it('leaves the grant to the others', async () => {
		const process = startProcess();
		const grants = heldGrant(process);
		const cancel = new AbortController();
		const cancelled = process.startRun().get(cancel.signal);
		const other = process.startRun().get(new AbortController().signal);
		cancel.abort(new Error('cancelled'));
		await expect(cancelled).rejects.toThrow('cancelled');
		expect(grants.at(0).signal.aborted).toBe(false);
		grants.at(0).issue('shared');
		expect((await other).value).toBe('shared');
		expect(process.grants).toBe(1);
	});

	it('ends the grant when nobody else waits for it', async () => {
		const process = startProcess();
		const grants = heldGrant(process);
		const cancels = [new AbortController(), new AbortController()];
		const waiting = cancels.map(({ signal }) => process.startRun().get(signal));
		const ended = Promise.allSettled(waiting);
		cancels[0]?.abort();
		await settled();
		expect(grants.at(0).signal.aborted).toBe(false);
		cancels[1]?.abort();
		await ended;
		expect(grants.at(0).signal.aborted).toBe(true);
	});

	it('does not spoil the grant of who comes right after', async () => {
		const process = startProcess();
		const grants = heldGrant(process);
		const cancel = new AbortController();
		const source = process.startRun();
		const cancelled = source.get(cancel.signal);
		const next = cancelled.catch(() => process.startRun().get());
		cancel.abort();
		await settled();
		expect(process.grants).toBe(2);
		grants.at(1).issue('second');
		expect((await next).value).toBe('second');
	});

	it('does not hold up who comes right after, though the server still works on the old grant', async () => {
		const process = startProcess();
		const { grant } = process;
		process.grant = () => new Promise(() => undefined);
		const cancel = new AbortController();
		const cancelled = process.startRun().get(cancel.signal);
		cancel.abort();
		await cancelled.catch(() => undefined);
		process.grant = grant;
		expect(await valueOf(process.startRun())).toBe('token-2');
	});

	it('is told why, and remembers no failure', async () => {
		const process = startProcess();
		const grants = heldGrant(process);
		const cancel = new AbortController();
		const source = process.startRun();
		const cancelled = source.get(cancel.signal);
		const reason = new Error('cancelled');
		cancel.abort(reason);
		await expect(cancelled).rejects.toBe(reason);
		const next = source.get();
		grants.at(1).issue('second');
		expect((await next).value).toBe('second');
	});

	it('asks for no token any more', async () => {
		const process = startProcess();
		heldGrant(process);
		const cancelled = process.startRun().get(AbortSignal.abort(new Error('cancelled')));
		await expect(cancelled).rejects.toThrow('cancelled');
		expect(process.grants).toBe(0);
	});

	it('whose grant succeeds after all does not displace a newer token', async () => {
		const process = startProcess();
		const late: Array<(token: AccessToken) => void> = [];
		process.grant = () => new Promise((resolve) => late.push(resolve));
		const issue = (index: number, value: string) =>
			late[index]?.(createAccessToken(value, 'Bearer', 3600, process.nowMs));

		const cancel = new AbortController();
		const cancelled = process.startRun().get(cancel.signal);
		cancel.abort();
		await cancelled.catch(() => undefined);
		const next = process.startRun().get();
		issue(1, 'newer');
		await next;
		issue(0, 'given-up');
		await settled();
		expect(await valueOf(process.startRun())).toBe('newer');
	});

	it('leaves nothing behind on a signal that lives on', async () => {
		const process = startProcess();
		const added = new Set<unknown>();
		const { signal } = new AbortController();
		const { addEventListener, removeEventListener } = signal;
		signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
			added.add(args[1]);
			addEventListener.apply(signal, args);
		};
		signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
			added.delete(args[1]);
			removeEventListener.apply(signal, args);
		};
		await process.startRun().get(signal);
		expect(process.grants).toBe(1);
		expect(added.size).toBe(0);
	});
});

describe('a token that an API refuses', () => {
	it('is replaced by a new one', async () => {
		const process = startProcess();
		const source = process.startRun();
		expect(source.refused(await source.get())).toBe(true);
		expect(await valueOf(source)).toBe('token-2');
	});

	it('is replaced once when 50 items meet it', async () => {
		const process = startProcess();
		const source = process.startRun();
		const tokens = await Promise.all(Array.from({ length: 50 }, () => source.get()));
		const renewed = await Promise.all(
			tokens.map((token) => {
				expect(source.refused(token)).toBe(true);
				return valueOf(source);
			}),
		);
		expect(new Set(renewed)).toEqual(new Set(['token-2']));
		expect(process.grants).toBe(2);
	});

	it('is dropped only where nobody has replaced it', async () => {
		const process = startProcess();
		const source = process.startRun();
		const old = await source.get();
		source.refused(old);
		await source.get();
		expect(source.refused(old)).toBe(true);
		expect(await valueOf(source)).toBe('token-2');
		expect(process.grants).toBe(2);
	});

	it('is replaced for the other runs of the process, too', async () => {
		const process = startProcess();
		const [one, other] = [process.startRun(), process.startRun()];
		const token = await one.get();
		await other.get();
		one.refused(token);
		await one.get();
		expect(other.refused(token)).toBe(true);
		expect(await valueOf(other)).toBe('token-2');
		expect(process.grants).toBe(2);
	});

	it('of the store is not used again by this run', async () => {
		const process = startProcess();
		const staticData = await leftByEarlierProcess(process.nowMs);
		const source = process.startRun({ staticData });
		source.refused(await source.get());
		expect(await valueOf(source)).toBe('token-1');
		expect(staticData.tokenAt(process.nowMs)).toBe('token-1');
	});

	it('of the store is not used again by another run that has loaded it as well', async () => {
		const process = startProcess();
		const staticData = await leftByEarlierProcess(process.nowMs);
		// In queue mode each run reads it from the database when it begins.
		const readByOther = createStaticData({ ...staticData.data });
		const source = process.startRun({ staticData });
		source.refused(await source.get());
		expect(await valueOf(process.startRun({ staticData: readByOther }))).toBe('token-1');
	});

	it('of a store is not used again where an older one was refused later', async () => {
		const process = startProcess();
		const old = await process.startRun().get();
		process.nowMs += SECOND;
		const source = process.startRun();
		source.refused(old);
		const newer = await source.get();
		const staticData = createStaticData();
		await process.startRun({ staticData }).get();
		process.nowMs += 30 * SECOND;
		process.startRun({ staticData }).refused(newer);
		process.startRun().refused(old);
		expect(await valueOf(process.startRun({ staticData }))).toBe('token-3');
	});

	it('is renewed once in a run where the API refuses everything', async () => {
		const process = startProcess();
		const source = process.startRun();
		for (let item = 0; item < 100; item++) {
			if (source.refused(await source.get())) source.refused(await source.get());
		}
		expect(process.grants).toBe(2);
	});

	it('is renewed once in a run where the server issues the same one again', async () => {
		const process = startProcess();
		process.grant = async () => createAccessToken('same', 'Bearer', 3600, process.nowMs);
		const source = process.startRun();
		for (let item = 0; item < 100; item++) {
			if (source.refused(await source.get())) source.refused(await source.get());
		}
		expect(process.grants).toBeLessThanOrEqual(2);
	});

	it('is renewed once in half a minute by runs where the API refuses everything', async () => {
		const process = startProcess();
		const runOf10 = async (): Promise<void> => {
			const source = process.startRun();
			for (let item = 0; item < 10; item++) {
				if (source.refused(await source.get())) source.refused(await source.get(), true);
			}
		};
		for (let run = 1; run <= 20; run++) await runOf10();
		expect(process.grants).toBe(2);
		process.nowMs += 30 * SECOND;
		for (let run = 1; run <= 20; run++) await runOf10();
		expect(process.grants).toBe(3);
	});

	it('is renewed once in half a minute by runs of one call, where some are refused for their own sake', async () => {
		const process = startProcess();
		for (let run = 0; run < 30; run++) {
			const source = process.startRun();
			const token = await source.get();
			if (run % 3 !== 0) source.accepted(token);
			else if (source.refused(token)) source.refused(await source.get(), true);
			process.nowMs += SECOND;
		}
		expect(process.grants).toBe(2);
	});

	it('is renewed again once the one in its place was accepted', async () => {
		const process = startProcess();
		const source = process.startRun();
		for (let time = 1; time <= 5; time++) {
			const token = await source.get();
			source.accepted(token);
			expect(source.refused(token)).toBe(true);
			expect(await valueOf(source)).toBe(`token-${time + 1}`);
		}
	});

	it('is not renewed for half a minute where that did not help the call that was refused', async () => {
		const process = startProcess();
		const source = process.startRun();
		const callAlone = async (): Promise<void> => {
			if (source.refused(await source.get())) source.refused(await source.get(), true);
		};
		for (let item = 0; item < 40; item++) {
			if (item % 2 === 0) source.accepted(await source.get());
			else await callAlone();
		}
		expect(process.grants).toBe(2);
		process.nowMs += 30 * SECOND;
		await callAlone();
		expect(process.grants).toBe(3);
	});

	it('is not renewed again because an older one was accepted late', async () => {
		const process = startProcess();
		const source = process.startRun();
		const old = await source.get();
		source.refused(old);
		const replacement = await source.get();
		source.accepted(old);
		expect(source.refused(replacement)).toBe(false);
	});

	it('is not used in place of a new one that cannot be had', async () => {
		const process = startProcess();
		const source = process.startRun();
		source.refused(await source.get());
		process.grant = () => Promise.reject(REFUSED);
		await expect(source.get()).rejects.toBe(REFUSED);
	});
});

describe('a token that is to be forgotten', () => {
	it.each([
		['memory', 'token-1'],
		['the store', 'stored'],
	])('is known as long as it lives, due for renewal or not: in %s', async (place, value) => {
		const process = startProcess();
		const staticData = await leftByEarlierProcess(process.nowMs);
		if (place === 'memory') await process.startRun().get();
		process.nowMs += HOUR - 1;
		const source = process.startRun({ staticData });
		expect(source.cached()?.value).toBe(value);
		process.nowMs += 1;
		expect(source.cached()).toBeUndefined();
		expect(process.grants).toBe(place === 'memory' ? 1 : 0);
	});

	it('takes along an older one that a store still holds', async () => {
		const process = startProcess();
		const staticData = await leftByEarlierProcess(process.nowMs);
		process.nowMs += HOUR - 30 * SECOND;
		await process.startRun().get();
		process.startRun().forget();
		expect(await valueOf(process.startRun({ staticData }))).toBe('token-2');
	});

	it('is the one that is in use, and takes along a later one that a store holds', async () => {
		const process = startProcess();
		await process.startRun().get();
		const later = await leftByEarlierProcess(process.nowMs + HOUR / 2);
		const source = process.startRun({ staticData: later });
		expect(source.cached()?.value).toBe('token-1');
		// Runs of a workflow that are under way still see what was saved with it.
		const underWay = createStaticData({ ...later.data });
		source.forget();
		expect(await valueOf(process.startRun({ staticData: underWay }))).toBe('token-2');
	});
});

describe('memory', () => {
	it('loses tokens that have expired when another credential comes', async () => {
		const process = startProcess();
		await process.startRun({ key: 'short' }).get();
		process.nowMs += HOUR / 2;
		await process.startRun({ key: 'long' }).get();
		process.nowMs += HOUR / 2;
		await process.startRun({ key: 'new' }).get();
		expect([...process.memory.keys()]).toEqual(['long', 'new']);
	});

	it('loses what a failed grant leaves', async () => {
		const process = startProcess();
		const { grant } = process;
		process.grant = () => Promise.reject(REFUSED);
		await process
			.startRun({ key: 'bad' })
			.get()
			.catch(() => undefined);
		process.grant = grant;
		await process.startRun({ key: 'good' }).get();
		expect([...process.memory.keys()]).toEqual(['good']);
	});

	it('keeps a grant on its way when another credential comes', async () => {
		const process = startProcess();
		const grants = heldGrant(process);
		const first = process.startRun({ key: 'slow' }).get();
		const other = process.startRun({ key: 'other' }).get();
		const second = process.startRun({ key: 'slow' }).get();
		grants.at(0).issue('slow-token');
		grants.at(1).issue('other-token');
		expect((await Promise.all([first, other, second])).map(({ value }) => value)).toEqual([
			'slow-token',
			'other-token',
			'slow-token',
		]);
	});
});
