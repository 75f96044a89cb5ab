import { createAccessToken, type AccessToken } from '../../oauth/token/accessToken';
import {
	createTokenSource,
	type TokenMemory,
	type TokenSource,
} from '../../oauth/token/tokenSource';
import { createSealedTokenStore } from '../../oauth/token/tokenStore';

const SECRET = 'correct-horse-battery-staple';

/** n8n's static data of a workflow, with a count of the writes to it. */
export interface StaticData {
	data: Record<string, unknown>;
	writes(): number;
	/** The value of the token that is kept in it. */
	tokenAt(nowMs: number, key?: string): string | undefined;
}

export function createStaticData(content: Record<string, unknown> = {}): StaticData {
	let writes = 0;
	const data = new Proxy(content, {
		set(target, name, value) {
			writes++;
			return Reflect.set(target, name, value);
		},
	});
	return {
		data,
		writes: () => writes,
		tokenAt: (nowMs, key = 'key') =>
			createSealedTokenStore(data, key, SECRET, () => nowMs).load()?.value,
	};
}

/** A process of n8n in which runs share their tokens, with a clock of its own. */
export interface TestProcess {
	nowMs: number;
	memory: TokenMemory;
	/** How many grants were asked for. */
	grants: number;
	/** Issues `token-1`, `token-2`… for an hour by default. */
	grant: (signal: AbortSignal) => Promise<AccessToken>;
	/** A run of a workflow: by default one whose static data is empty, and is not kept. */
	startRun(options?: { key?: string; staticData?: StaticData; workflow?: string }): TokenSource;
}

export function startProcess(nowMs = 1_700_000_000_000): TestProcess {
	const process: TestProcess = {
		nowMs,
		memory: new Map(),
		grants: 0,
		grant: async () => createAccessToken(`token-${process.grants}`, 'Bearer', 3600, process.nowMs),
		startRun({ key = 'key', staticData = createStaticData(), workflow } = {}) {
			const now = () => process.nowMs;
			return createTokenSource({
				key,
				memory: process.memory,
				store: createSealedTokenStore(staticData.data, key, SECRET, now),
				...(workflow !== undefined && { storeOwner: workflow }),
				grant: (signal) => {
					process.grants++;
					return process.grant(signal);
				},
				now,
				awakeMs: now,
			});
		},
	};
	return process;
}
