import type { AccessToken } from './accessToken';
import type { TokenStore } from './tokenStore';

/** Gives the items of one run their token. */
export interface TokenSource {
	/**
	 * The current token: from memory, else the store, else the grant.
	 * @throws {TokenError} the same one for the rest of the run once the grant has failed.
	 */
	get(signal?: AbortSignal): Promise<AccessToken>;
	/** The API accepted this token. */
	accepted(token: AccessToken): void;
	/**
	 * The API refused this token: it is not given out again.
	 * `true` where asking for another one may help: a token that has just replaced a refused one and
	 * is refused as well will not be mended by a third.
	 */
	refused(token: AccessToken): boolean;
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
	now: () => number;
}

export function createTokenSource(options: TokenSourceOptions): TokenSource {
	const { key, memory, store, now } = options;
	let failure: { error: unknown; untilMs: number } | undefined;
	/** Value of the token that took the place of a refused one and has not been accepted yet. */
	let replacement: string | undefined;
	let anyRefused = false;
	let lastGrant: SharedGrant | undefined;
	let hasSaved = false;

	function entry(): MemoryEntry {
		let found = memory.get(key);
		if (found === undefined) {
			dropExpired(memory, now());
			found = {};
			memory.set(key, found);
		}
		return found;
	}

	function fromStore({ dropped }: Pick<MemoryEntry, 'dropped'>): AccessToken | undefined {
		const token = store.load();
		return token !== undefined && token.value !== dropped?.value && now() < token.renewAtMs
			? token
			: undefined;
	}

	async function fromGrant(current: MemoryEntry, signal?: AbortSignal): Promise<AccessToken> {
		signal?.throwIfAborted();
		const shared = (current.inFlight ??= shareGrant(options.grant, (ended, token) => {
			// One that was given up must not displace what has been asked for since.
			if (current.inFlight !== ended) return;
			delete current.inFlight;
			if (token !== undefined) current.token = token;
		}));
		const token = await shared.join(signal);
		if (shared !== lastGrant) {
			lastGrant = shared;
			if (anyRefused) replacement = token.value;
			save(token);
		}
		return token;
	}

	function isSaved({ savedBy }: MemoryEntry, { value }: AccessToken): boolean {
		return savedBy?.value === value && savedBy.owners.has(options.storeOwner ?? '');
	}

	function save(token: AccessToken): void {
		hasSaved = true;
		store.save(token);
		if (options.storeOwner === undefined) return;
		const current = entry();
		if (current.savedBy?.value !== token.value) {
			current.savedBy = { value: token.value, owners: new Set() };
		}
		current.savedBy.owners.add(options.storeOwner);
	}

	return {
		async get(signal) {
			const current = entry();
			const token = current.token;
			if (token !== undefined && now() < token.renewAtMs) {
				// Another workflow of this process asked for it; this one wants it after a restart, too.
				if (!hasSaved && !isSaved(current, token) && !store.has()) save(token);
				return token;
			}
			// After a refusal the store holds nothing newer: it was read when the run began.
			const stored = anyRefused ? undefined : fromStore(current);
			if (stored !== undefined) return (current.token = stored);
			try {
				if (failure !== undefined && now() < failure.untilMs) throw failure.error;
				return await fromGrant(current, signal);
			} catch (error) {
				signal?.throwIfAborted();
				// Renewal is early: until it expires, the old token still serves, and then it is time
				// to ask again.
				const serves = token !== undefined && now() < token.expiresAtMs;
				failure = { error, untilMs: serves ? token.expiresAtMs : Infinity };
				if (serves) return token;
				throw error;
			}
		},

		accepted(token) {
			if (token.value === replacement) replacement = undefined;
		},

		refused(token) {
			if (token.value === replacement) return false;
			anyRefused = true;
			const current = entry();
			// Another item may have renewed it meanwhile: only this very token is dropped.
			if (current.token?.value === token.value) delete current.token;
			current.dropped = token;
			return true;
		},

		cached() {
			const current = entry();
			return current.token !== undefined && now() < current.token.renewAtMs
				? current.token
				: fromStore(current);
		},

		forget() {
			const current = entry();
			const token = current.token ?? fromStore({});
			delete current.token;
			if (token !== undefined) current.dropped = token;
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
