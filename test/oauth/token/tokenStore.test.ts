import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAccessToken, type AccessToken } from '../../../oauth/token/accessToken';
import { seal } from '../../../oauth/token/seal';
import { createSealedTokenStore, type TokenStore } from '../../../oauth/token/tokenStore';

const NAMESPACE = 'oauth2ClientCredentials';
const KEY = 'key-of-the-token';
const SECRET = 'correct-horse-battery-staple';
const NOW_MS = 1_700_000_000_000;

type StaticData = Record<string, unknown>;
type StoredRecord = { expiresAtMs: number; sealed: string };

const tokenFor = (seconds: number, value = 'a-token'): AccessToken =>
	createAccessToken(value, 'Bearer', seconds, NOW_MS);

function storeOf(
	staticData: StaticData,
	{ key = KEY, secret = SECRET, nowMs = NOW_MS } = {},
): TokenStore {
	return createSealedTokenStore(staticData, key, secret, () => nowMs);
}

function saved(token: AccessToken): StaticData {
	const staticData: StaticData = {};
	storeOf(staticData).save(token);
	return staticData;
}

function recordsOf(staticData: StaticData): Record<string, StoredRecord> {
	return staticData[NAMESPACE] as Record<string, StoredRecord>;
}

function recordOf(staticData: StaticData): StoredRecord {
	const record = recordsOf(staticData)[KEY];
	if (record === undefined) throw new Error('There is no record');
	return record;
}

/** As n8n does between two runs. */
const throughDatabase = (staticData: StaticData) =>
	JSON.parse(JSON.stringify(staticData)) as StaticData;

describe('a saved token', () => {
	it('is loaded by the next run as it was', () => {
		fc.assert(
			fc.property(
				fc.string({ unit: 'binary' }),
				fc.constantFrom('Bearer' as const, 'DPoP' as const),
				fc.option(fc.integer({ min: 1, max: 10 ** 8 }), { nil: undefined }),
				(value, type, seconds) => {
					const token = createAccessToken(value, type, seconds, NOW_MS);
					const store = storeOf(throughDatabase(saved(token)));
					expect(store.load()).toEqual(token);
					expect(store.has()).toBe(true);
				},
			),
		);
	});

	it('takes the place of the one before', () => {
		const staticData = saved(tokenFor(600, 'the-old-one'));
		storeOf(staticData).save(tokenFor(300, 'the-new-one'));
		expect(storeOf(staticData).load()?.value).toBe('the-new-one');
		expect(Object.keys(recordsOf(staticData))).toEqual([KEY]);
	});

	it('lies beside those of other credentials', () => {
		const staticData = saved(tokenFor(600, 'mine'));
		storeOf(staticData, { key: 'another' }).save(tokenFor(600, 'yours'));
		expect(storeOf(staticData).load()?.value).toBe('mine');
		expect(storeOf(staticData, { key: 'another' }).load()?.value).toBe('yours');
	});

	it('leaves all other static data alone', () => {
		const staticData: StaticData = { lastId: 7, nested: { a: [1] } };
		storeOf(staticData).save(tokenFor(600));
		const { [NAMESPACE]: ours, ...others } = staticData;
		expect(ours).toBeDefined();
		expect(others).toEqual({ lastId: 7, nested: { a: [1] } });
	});

	it('cannot be read in static data', () => {
		fc.assert(
			fc.property(fc.string({ minLength: 8 }), (value) => {
				const stored = JSON.stringify(saved(tokenFor(600, value)));
				expect(stored).not.toContain(value);
				expect(stored).not.toContain(JSON.stringify(value).slice(1, -1));
				expect(stored).not.toContain(Buffer.from(value).toString('base64url'));
				expect(stored).not.toContain(SECRET);
			}),
		);
	});

	it('is over when it expires', () => {
		const staticData = saved(tokenFor(600));
		const justBefore = storeOf(staticData, { nowMs: NOW_MS + 599_999 });
		const then = storeOf(staticData, { nowMs: NOW_MS + 600_000 });
		expect([justBefore.load()?.value, justBefore.has()]).toEqual(['a-token', true]);
		expect([then.load(), then.has()]).toEqual([undefined, false]);
	});
});

describe('static data', () => {
	it('is written to by save only, and by one assignment', () => {
		const writes: PropertyKey[] = [];
		const write = (_target: object, name: PropertyKey) => {
			writes.push(name);
			return true;
		};
		const expired = { other: { expiresAtMs: NOW_MS - 1, sealed: 'x' }, odd: 5 };
		const staticData = new Proxy<StaticData>(
			{ [NAMESPACE]: Object.freeze(expired) },
			{
				set: (target, name, value) => write(target, name) && Reflect.set(target, name, value),
				deleteProperty: write,
				defineProperty: (target, name, descriptor) =>
					Reflect.defineProperty(target, name, descriptor),
			},
		);
		const store = storeOf(staticData);
		store.load();
		store.has();
		expect(writes).toEqual([]);
		store.save(tokenFor(600));
		store.load();
		store.has();
		expect(writes).toEqual([NAMESPACE]);
	});

	it('loses expired and malformed records when a token is saved', () => {
		const staticData = saved(tokenFor(600));
		Object.assign(recordsOf(staticData), {
			expired: { expiresAtMs: NOW_MS, sealed: 'x' },
			valid: { expiresAtMs: NOW_MS + 1, sealed: 'x' },
			malformed: { expiresAtMs: 'soon', sealed: 'x' },
			null: null,
		});
		storeOf(staticData).save(tokenFor(600));
		expect(Object.keys(recordsOf(staticData)).sort()).toEqual([KEY, 'valid'].sort());
	});

	it('keeps at most 20 records, and drops those that expire first', () => {
		const staticData: StaticData = {};
		const lifetimes = Array.from({ length: 30 }, (_, index) => 1000 + ((index * 7) % 30));
		for (const seconds of lifetimes) {
			storeOf(staticData, { key: `for ${seconds}` }).save(tokenFor(seconds));
			expect(Object.keys(recordsOf(staticData)).length).toBeLessThanOrEqual(20);
		}
		expect(Object.keys(recordsOf(staticData))).toHaveLength(20);
		// The last one saved is kept in any case; of the others the 19 that last longest.
		storeOf(staticData, { key: 'short' }).save(tokenFor(1));
		expect(Object.keys(recordsOf(staticData)).sort()).toEqual(
			['short', ...Array.from({ length: 19 }, (_, index) => `for ${1029 - index}`)].sort(),
		);
	});

	it('is filled anew where the package’s own part is garbage', () => {
		for (const garbage of [null, 5, 'text', [], [1, 2], true]) {
			const staticData: StaticData = { [NAMESPACE]: garbage };
			storeOf(staticData).save(tokenFor(600));
			expect(storeOf(staticData).load()?.value).toBe('a-token');
		}
	});
});

describe('a miss, and never an error, is', () => {
	it('static data without a record', () => {
		const store = storeOf({});
		expect([store.load(), store.has()]).toEqual([undefined, false]);
	});

	it('a record of another secret, which still is there', () => {
		const store = storeOf(saved(tokenFor(600)), { secret: 'the-rotated-one' });
		expect([store.load(), store.has()]).toEqual([undefined, true]);
	});

	it('a record that was moved to another key', () => {
		const staticData = saved(tokenFor(600));
		recordsOf(staticData).moved = recordOf(staticData);
		expect(storeOf(staticData, { key: 'moved' }).load()).toBeUndefined();
	});

	it('a changed expiry', () => {
		fc.assert(
			fc.property(fc.oneof(fc.integer(), fc.double(), fc.integer({ min: 1 })), (byMs) => {
				fc.pre(byMs !== 0 && NOW_MS + 600_000 + byMs !== NOW_MS + 600_000);
				const staticData = saved(tokenFor(600));
				recordOf(staticData).expiresAtMs += byMs;
				expect(storeOf(staticData).load()).toBeUndefined();
			}),
		);
	});

	it('a changed sealed text', () => {
		const staticData = saved(tokenFor(600));
		const { sealed } = recordOf(staticData);
		for (let index = 0; index < sealed.length; index++) {
			const other = sealed[index] === 'A' ? 'B' : 'A';
			recordOf(staticData).sealed = sealed.slice(0, index) + other + sealed.slice(index + 1);
			expect(storeOf(staticData).load()).toBeUndefined();
		}
	});

	it('a sealed text of an earlier token beside a later expiry', () => {
		const earlier = saved(tokenFor(600, 'the-revoked-one'));
		const later = saved(tokenFor(3600, 'the-new-one'));
		recordOf(later).sealed = recordOf(earlier).sealed;
		expect(storeOf(later).load()).toBeUndefined();
	});

	it('garbage of any shape', () => {
		const record = fc.oneof(
			fc.jsonValue(),
			fc.record({ expiresAtMs: fc.oneof(fc.jsonValue(), fc.double()), sealed: fc.jsonValue() }),
			fc.record({ expiresAtMs: fc.constant(NOW_MS + 1), sealed: fc.base64String() }),
		);
		const garbage = fc.oneof(
			fc.anything({ withBigInt: false }),
			fc.dictionary(fc.oneof(fc.constant(KEY), fc.string()), record),
			record.map((value) => ({ [KEY]: value })),
		);
		fc.assert(
			fc.property(garbage, (value) => {
				const staticData: StaticData = { [NAMESPACE]: value };
				const store = storeOf(staticData);
				store.has();
				expect(store.load()).toBeUndefined();
				store.save(tokenFor(600));
				expect(store.load()?.value).toBe('a-token');
			}),
			{ numRuns: 500 },
		);
	});

	it.each([
		['another form', 'v2:a-token'],
		['JSON of another form', JSON.stringify({ token: 'a-token' })],
		['null', 'null'],
		['a token without its times', JSON.stringify({ value: 'a-token', type: 'Bearer' })],
		['a token of an unknown type', JSON.stringify({ value: 'a', type: 'MAC', renewAtMs: 1 })],
	])('what another version of the package has sealed: %s', (_name, plaintext) => {
		const expiresAtMs = NOW_MS + 600_000;
		const sealed = seal(plaintext, SECRET, `${KEY}\n${expiresAtMs}`);
		const store = storeOf({ [NAMESPACE]: { [KEY]: { expiresAtMs, sealed } } });
		expect(store.load()).toBeUndefined();
	});
});
