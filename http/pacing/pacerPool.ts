import type { Pacer } from './pacer';

/** Pacers by API. Idle ones are dropped, the one that was used longest ago first. */
export function createPacerPool(create: () => Pacer, keep = 100): (key: string) => Pacer {
	const pool = new Map<string, Pacer>();
	return (key) => {
		const pacer = pool.get(key) ?? create();
		pool.delete(key);
		pool.set(key, pacer);
		for (const [oldKey, old] of pool) {
			if (pool.size <= keep) break;
			if (old !== pacer && old.isIdle()) pool.delete(oldKey);
		}
		return pacer;
	};
}
