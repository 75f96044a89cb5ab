import type { AnsweredCall } from './answeredCall';
import { knownByLimit, type Limit } from './byLimit';
import { createQuota, type Quota } from './quota';
import type { Budget } from './rateLimitHeaders';

/**
 * The budgets that the API tells of in its headers. It may have several, for a second and a minute or for
 * each endpoint, and tell in each answer of one: they are told apart by their limits.
 */
export interface Quotas {
	/**
	 * When the next call fits into all of them, in ms since the epoch; Infinity: after one under way has ended.
	 * @param leftAtMs when the calls under way left, ascending.
	 */
	readyAtMs: (nowMs: number, leftAtMs: readonly number[]) => number;
	/** What is left of each when a call leaves; to be given back with its answer. */
	remaining: (nowMs: number) => Remaining;
	/**
	 * @param budget `undefined`: the answer tells of none.
	 * @returns when the budget is back that is told to be spent; `undefined` where none is, or it should be back already.
	 */
	learned: (
		budget: Budget | undefined,
		call: AnsweredCall,
		before: Remaining,
	) => number | undefined;
	/** Whether a budget is told with refusals only, which says nothing of the calls between them. */
	isToldWithRefusalsOnly: (budget: Budget) => boolean;
}

/** By the budgets' limits. */
export type Remaining = ReadonlyMap<Limit, number>;

const ROUNDED_DOWN_MS = 1_000;

export function createQuotas(random: () => number): Quotas {
	const byLimit = new Map<Limit, Quota>();
	/** Of which budgets accepted answers have told; `undefined` before the first one. */
	let toldWhenAccepted: Map<Limit, true> | undefined;
	const isToldWithRefusalsOnly = ({ limit }: Budget): boolean =>
		toldWhenAccepted !== undefined && !toldWhenAccepted.has(limit);

	/** What an answer no longer tells of, though its window is over, does not limit such calls. */
	function dropOver({ arrivedMs }: AnsweredCall, told?: Quota): void {
		for (const [limit, quota] of byLimit) {
			if (quota !== told && arrivedMs >= quota.resetAtMs()) byLimit.delete(limit);
		}
	}

	return {
		isToldWithRefusalsOnly,
		readyAtMs(nowMs, leftAtMs) {
			let readyAtMs = -Infinity;
			for (const quota of byLimit.values()) {
				readyAtMs = Math.max(readyAtMs, quota.readyAtMs(nowMs, leftAtMs));
			}
			return readyAtMs;
		},
		remaining: (nowMs) =>
			new Map([...byLimit].map(([limit, quota]) => [limit, quota.remaining(nowMs)])),
		learned(budget, call, before) {
			if (call.isAccepted) {
				toldWhenAccepted ??= new Map();
				if (budget !== undefined) knownByLimit(toldWhenAccepted, budget.limit, () => true);
			}
			if (budget === undefined || isToldWithRefusalsOnly(budget)) {
				if (call.isAccepted) dropOver(call);
				if (call.isPassed) for (const quota of byLimit.values()) quota.passed(call.arrivedMs);
				return undefined;
			}
			const quota = knownByLimit(byLimit, budget.limit, () => createQuota(random));
			if (call.isAccepted) dropOver(call, quota);
			quota.learned(budget, call, before.get(budget.limit) ?? Infinity);
			if (budget.remaining > 0) return undefined;
			const resetAtMs = quota.resetAtMs();
			// A moment in whole seconds may have been rounded down.
			const latestMs = budget.isRounded ? resetAtMs + ROUNDED_DOWN_MS : resetAtMs;
			return [resetAtMs, latestMs].find((atMs) => atMs > call.nowMs);
		},
	};
}
