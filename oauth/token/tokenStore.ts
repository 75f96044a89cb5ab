import { isJsonObject, parseJson } from '../../text/json';
import type { AccessToken } from './accessToken';
import { open, seal } from './seal';

/** Where a token outlives the process. */
export interface TokenStore {
	/** The token that was saved, if it can be read and has not expired. */
	load(): AccessToken | undefined;
	/** Whether there is an unexpired record, readable or not. */
	has(): boolean;
	save(token: AccessToken): void;
	remove(): void;
}

/** The one key that this package takes in a workflow's static data. */
const NAMESPACE = 'oauth2ClientCredentials';
const MAX_RECORDS = 20;

interface SealedRecord {
	/** In clear, so that an expired record can be dropped without its key. It is authenticated with the rest. */
	expiresAtMs: number;
	sealed: string;
}

/**
 * Keeps tokens in workflow static data, which n8n saves as plain JSON: hence sealed. What does not
 * open (changed, another secret, another version of this package) is a miss, never an error.
 *
 * @param staticData n8n's `getWorkflowStaticData('global')`. Written to only by `save` and `remove`: each change
 * is a database write of the whole object.
 * @param key names the token; @param secret seals it.
 */
export function createSealedTokenStore(
	staticData: Record<string, unknown>,
	key: string,
	secret: string,
	now: () => number,
): TokenStore {
	const records = (): Record<string, unknown> => {
		const value = staticData[NAMESPACE];
		return isJsonObject(value) ? value : {};
	};
	const current = (): SealedRecord | undefined => {
		const record = records()[key];
		return isRecord(record) && record.expiresAtMs > now() ? record : undefined;
	};

	return {
		has: () => current() !== undefined,

		load() {
			const record = current();
			if (record === undefined) return undefined;
			const plaintext = open(record.sealed, secret, contextOf(key, record.expiresAtMs));
			return plaintext === undefined ? undefined : parseToken(plaintext, record.expiresAtMs);
		},

		save(token) {
			const { expiresAtMs, ...others } = token;
			const sealed = seal(JSON.stringify(others), secret, contextOf(key, expiresAtMs));
			const kept = Object.entries(records())
				.filter(
					(entry): entry is [string, SealedRecord] =>
						entry[0] !== key && isRecord(entry[1]) && entry[1].expiresAtMs > now(),
				)
				.sort(([, a], [, b]) => b.expiresAtMs - a.expiresAtMs)
				.slice(0, MAX_RECORDS - 1);
			staticData[NAMESPACE] = Object.fromEntries([...kept, [key, { expiresAtMs, sealed }]]);
		},

		remove() {
			const { [key]: _removed, ...others } = records();
			staticData[NAMESPACE] = others;
		},
	};
}

function contextOf(key: string, expiresAtMs: number): string {
	return `${key}\n${expiresAtMs}`;
}

function parseToken(plaintext: string, expiresAtMs: number): AccessToken | undefined {
	const record = parseJson(plaintext);
	if (!isJsonObject(record)) return undefined;
	const { value, type, scope, isLifetimeAssumed, renewAtMs, proofKey } = record;
	return typeof value === 'string' &&
		(type === 'Bearer' || type === 'DPoP') &&
		typeof renewAtMs === 'number'
		? {
				value,
				type,
				...(typeof scope === 'string' && { scope }),
				expiresAtMs,
				...(isLifetimeAssumed === true && { isLifetimeAssumed }),
				renewAtMs,
				...(typeof proofKey === 'string' && { proofKey }),
			}
		: undefined;
}

function isRecord(value: unknown): value is SealedRecord {
	return (
		isJsonObject(value) && typeof value.expiresAtMs === 'number' && typeof value.sealed === 'string'
	);
}
