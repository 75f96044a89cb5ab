import type { AccessToken } from './accessToken';
import type { TokenStore } from './tokenStore';

/** Gives the items of one run their token. */
export interface TokenSource {
	/**
	 * The current token: from memory, else the store, else the grant. One that is due for renewal
	 * serves until the new one has come.
	 * @throws {TokenError} the same one for the rest of the run once the grant has failed.
	 */
	get(signal?: AbortSignal): Promise<AccessToken>;
	/** Like `get`, but waits for a renewal that is due: for callers that keep the token. */
	getRenewed(signal?: AbortSignal): Promise<AccessToken>;
	/** The API accepted this token. */
	accepted(token: AccessToken): void;
	/**
	 * The API refused this token: it is not given out again.
	 * `true` where asking for another one may help: where a token that has just replaced a refused one
	 * is refused as well, the token is not what is wrong. `isAgain`: the same call was refused with the one
	 * before.
	 */
	refused(token: AccessToken, isAgain?: boolean): boolean;
	/** The token that `get` would give without asking for one. */
	cached(): AccessToken | undefined;
	/**
	 * Drops the token from memory and store; no older copy of it is used again in this process.
	 * Whether there was one in the store.
	 */
	forget(): boolean;
}

/** Tokens of the whole process by cache key: all executions share it, manual ones too. */
export type TokenMemory = Map<string, MemoryEntry>;

interface MemoryEntry {
	token?: AccessToken;
	/** The last one that an API refused, or that was to be forgotten: a store may still hold it. */
	dropped?: Pick<AccessToken, 'value' | 'expiresAtMs'>;
	inFlight?: SharedGrant;
	/** The token that took the place of a refused one; when, by `awakeMs()`. */
	replacement?: { value: string; isAccepted: boolean; sinceMs: number };
	/** When another token did not help the call that had been refused, by `awakeMs()`. */
	inVainAtMs?: number;
	/** An early renewal has failed: until then, by `awakeMs()`, no other one is tried. */
	renewalPausedUntilMs?: number;
	/** Whose store holds this token: in queue mode a run does not see what an earlier one saved. */
	savedBy?: { value: string; owners: Set<string> };
}

export interface TokenSourceOptions {
	key: string;
	memory: TokenMemory;
	store: TokenStore;
	/** Whose store it is; absent where what is saved will not be kept. */
	storeOwner?: string;
	grant: (signal: AbortSignal) => Promise<AccessToken>;
	/** Milliseconds since the epoch. */
	now: () => number;
	/** The same by a clock that nobody sets, for what lasts a while. */
	awakeMs: () => number;
}

/** For so long after another token has not helped, the token is not what is wrong. */
export const REPLACEMENT_STAYS_MS = 30_000;

/** As long as the old token serves, there is no hurry: three tries in its last minute. */
const RENEWAL_PAUSE_MS = 20_000;

export function createTokenSource(options: TokenSourceOptions): TokenSource {
	const { key, memory, store, now, awakeMs } = options;
	let failure: { error: unknown } | undefined;
	let isRenewing = false;
	let anyRefused = false;
	/** What this run got in place of a refused token. */
	let replacedBy: string | undefined;
	/** The token that is in the store as far as this run cares. */
	let kept: AccessToken | undefined;

	function entry(): MemoryEntry {
		let found = memory.get(key);
		if (found === undefined) {
			dropExpired(memory, now());
			found = {};
			memory.set(key, found);
		}
		return found;
	}

	function isFresh(token: AccessToken | undefined): token is AccessToken {
		return token !== undefined && now() < token.renewAtMs;
	}

	function fromStore({ dropped }: Pick<MemoryEntry, 'dropped'>): AccessToken | undefined {
		const token = store.load();
		if (token === undefined || dropped === undefined) return token;
		// An older one was to go with it.
		const isDropped = token.value === dropped.value || token.expiresAtMs < dropped.expiresAtMs;
		return isDropped ? undefined : token;
	}

	/** Not in place of a later one: those that expire earlier go with it. */
	function drop(current: MemoryEntry, token: AccessToken): void {
		if (token.expiresAtMs >= (current.dropped?.expiresAtMs ?? 0)) current.dropped = token;
	}

	/** What can be had without a grant: as long as it lasts, due for renewal or not. */
	function known(current: MemoryEntry): AccessToken | undefined {
		const { token } = current;
		// After a refusal the store holds nothing newer: it was read when the run began.
		const stored = anyRefused ? undefined : fromStore(current);
		const best = (stored?.renewAtMs ?? 0) > (token?.renewAtMs ?? 0) ? stored : token;
		return best !== undefined && now() < best.expiresAtMs ? best : undefined;
	}

	/** Whether another token would not help: calls are refused for their own sake, or all are. */
	function staysInPlace({ value }: AccessToken, current: MemoryEntry): boolean {
		const { replacement, inVainAtMs = -Infinity } = current;
		if (value !== replacement?.value) return false;
		const isRecent = (atMs: number) => awakeMs() < atMs + REPLACEMENT_STAYS_MS;
		if (replacement.isAccepted) return isRecent(inVainAtMs);
		return value === replacedBy || isRecent(replacement.sinceMs);
	}

	async function fromGrant(current: MemoryEntry, signal?: AbortSignal): Promise<AccessToken> {
		signal?.throwIfAborted();
		const shared = (current.inFlight ??= shareGrant(options.grant, (ended, token) => {
			// One that was given up must not displace what has been asked for since.
			if (current.inFlight !== ended) return;
			delete current.inFlight;
			if (token !== undefined) current.token = token;
		}));
		return await shared.join(signal);
	}

	/**
	 * Asks for the next token while the old one serves. Nobody waits, not even the run's end: a slow
	 * server must not hold up a run that has a good token. So no run's signal ends it; it ends by its own
	 * timeouts. What comes after the end is in memory, and the next run saves it.
	 */
	async function renew(current: MemoryEntry): Promise<void> {
		if (isRenewing || awakeMs() < (current.renewalPausedUntilMs ?? 0)) return;
		isRenewing = true;
		try {
			// Not noted as saved: n8n saves nothing that is written after the run.
			store.save(await fromGrant(current));
		} catch {
			// Quiet: once the token has expired, a grant that everybody waits for tells what is wrong.
			current.renewalPausedUntilMs = awakeMs() + RENEWAL_PAUSE_MS;
		} finally {
			isRenewing = false;
		}
	}

	function isSaved({ savedBy }: MemoryEntry, { value }: AccessToken): boolean {
		return savedBy?.value === value && savedBy.owners.has(options.storeOwner ?? '');
	}

	function save(current: MemoryEntry, token: AccessToken): void {
		if (kept === token) return;
		kept = token;
		store.save(token);
		if (options.storeOwner === undefined) return;
		if (current.savedBy?.value !== token.value) {
			current.savedBy = { value: token.value, owners: new Set() };
		}
		current.savedBy.owners.add(options.storeOwner);
	}

	/** Another run asked for the token; this one wants it after a restart, too. */
	function saveShared(current: MemoryEntry, token: AccessToken): void {
		if (kept === token) return;
		if (isSaved(current, token) || isFresh(fromStore(current))) kept = token;
		else save(current, token);
	}

	async function get(signal?: AbortSignal): Promise<AccessToken> {
		const current = entry();
		const { token } = current;
		if (isFresh(token)) {
			saveShared(current, token);
			return token;
		}
		const usable = known(current);
		if (usable !== undefined) {
			current.token = usable;
			if (!isFresh(usable)) void renew(current);
			return usable;
		}
		try {
			if (failure !== undefined) throw failure.error;
			const granted = await fromGrant(current, signal);
			if (anyRefused) {
				replacedBy = granted.value;
				current.replacement = { value: replacedBy, isAccepted: false, sinceMs: awakeMs() };
			}
			save(current, granted);
			return granted;
		} catch (error) {
			signal?.throwIfAborted();
			failure = { error };
			throw error;
		}
	}

	return {
		get,

		async getRenewed(signal) {
			await get(signal);
			await entry()
				.inFlight?.join(signal)
				.catch(() => signal?.throwIfAborted());
			return await get(signal);
		},

		accepted(token) {
			const { replacement } = entry();
			if (token.value === replacement?.value) replacement.isAccepted = true;
		},

		refused(token, isAgain = false) {
			const current = entry();
			if (isAgain) current.inVainAtMs = awakeMs();
			if (staysInPlace(token, current)) return false;
			anyRefused = true;
			// Another item may have renewed it meanwhile: only this very token is dropped.
			if (current.token?.value === token.value) delete current.token;
			drop(current, token);
			return true;
		},

		cached() {
			const current = entry();
			return isFresh(current.token) ? current.token : known(current);
		},

		forget() {
			const current = entry();
			for (const token of [current.token, store.load()]) if (token) drop(current, token);
			delete current.token;
			const wasSaved = store.has();
			if (wasSaved) store.remove();
			return wasSaved;
		},
	};
}

function dropExpired(memory: TokenMemory, nowMs: number): void {
	for (const [key, { token, dropped, inFlight }] of memory) {
		const untilMs = Math.max(token?.expiresAtMs ?? 0, dropped?.expiresAtMs ?? 0);
		if (inFlight === undefined && untilMs <= nowMs) memory.delete(key);
	}
}

interface SharedGrant {
	/** Waits for the token; rejects when `signal` aborts, without taking it from the others. */
	join(signal?: AbortSignal): Promise<AccessToken>;
}

/** One token request for all who want its token; given up when the last of them has left. */
function shareGrant(
	grant: (signal: AbortSignal) => Promise<AccessToken>,
	onEnd: (ended: SharedGrant, token?: AccessToken) => void,
): SharedGrant {
	const controller = new AbortController();
	let waiting = 0;
	const promise = grant(controller.signal);

	const shared: SharedGrant = {
		async join(signal) {
			signal?.throwIfAborted();
			waiting++;
			let leave = (): void => undefined;
			const left = new Promise<never>((_resolve, reject) => {
				leave = () => reject(signal?.reason as Error);
				signal?.addEventListener('abort', leave, { once: true });
			});
			try {
				return await Promise.race([promise, left]);
			} finally {
				signal?.removeEventListener('abort', leave);
				if (--waiting === 0) {
					controller.abort();
					// Who comes now must not join what has been given up.
					onEnd(shared);
				}
			}
		},
	};
	promise.then(
		(token) => onEnd(shared, token),
		() => onEnd(shared),
	);
	return shared;
}
