import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HttpRequest, Outcome } from '../../../http/message';
import {
	decideRetry,
	DEFAULT_RETRY_POLICY,
	isInDoubt,
	type Repeatable,
	type RetryPolicy,
} from '../../../http/retry/decideRetry';
import { answer, aRequest, noAnswer } from '../messages';

const NOW = Date.UTC(2026, 0, 15);

const IDEMPOTENT = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'];
const NOT_IDEMPOTENT = ['POST', 'PATCH', 'CONNECT', 'LOCK'];
const NEVER_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];
const BROKEN_CONNECTIONS = ['ECONNRESET', 'EPIPE', 'EHOSTUNREACH', 'TIMEOUT', 'UNKNOWN'];
const PASSING_ERRORS = [...NEVER_SENT, ...BROKEN_CONNECTIONS];
const LASTING_ERRORS = [
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'CERT_HAS_EXPIRED',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
	'ERR_TLS_CERT_ALTNAME_INVALID',
	'ERR_SSL_WRONG_VERSION_NUMBER',
	'EPROTO',
	'ERR_INVALID_CHAR',
	'ERR_INVALID_URL',
	'BODY_TOO_LARGE',
];

interface Situation {
	request?: HttpRequest;
	outcome: Outcome;
	failures?: number;
	policy?: Partial<RetryPolicy>;
	random?: number;
	repeatable?: Repeatable;
}

function decide(situation: Situation) {
	const { request = aRequest(), outcome, failures = 0, policy, random = 0.5 } = situation;
	const at = { nowMs: NOW, random: () => random };
	const wholePolicy = { ...DEFAULT_RETRY_POLICY, ...policy };
	return decideRetry(request, outcome, failures, wholePolicy, at, situation.repeatable);
}

const methods = fc.constantFrom(...IDEMPOTENT, ...NOT_IDEMPOTENT);
const notIdempotentMethods = fc.constantFrom(...NOT_IDEMPOTENT);
const statuses = fc.integer({ min: 100, max: 599 });
const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const policies = fc.record({
	maxRetries: fc.nat(20),
	baseMs: fc.integer({ min: 1, max: 10_000 }),
	capMs: fc.integer({ min: 1, max: 1_000_000 }),
	maxRetryAfterMs: fc.nat(1_000_000),
});
const untoldOutcomes = fc.oneof(
	statuses.map((status) => answer(status)),
	fc.constantFrom(...PASSING_ERRORS, ...LASTING_ERRORS).map(noAnswer),
);
const outcomes = fc.oneof(
	untoldOutcomes,
	fc
		.tuple(statuses, fc.oneof(fc.nat(2_000).map(String), fc.string()))
		.map(([status, retryAfter]) => answer(status, { 'retry-after': retryAfter })),
);

describe('what is sent again', () => {
	it('is a call of any method that the API refused with 429 or 503', () => {
		fc.assert(
			fc.property(methods, fc.constantFrom(429, 503), (method, status) => {
				const decision = decide({ request: aRequest({ method }), outcome: answer(status) });
				expect(decision.action).toBe('retry');
			}),
		);
	});

	it.each([408, 502, 504])('is an idempotent call that %i answers', (status) => {
		for (const method of [...IDEMPOTENT, 'get', 'Delete']) {
			const decision = decide({ request: aRequest({ method }), outcome: answer(status) });
			expect(decision).toMatchObject({ action: 'retry' });
		}
	});

	it.each(PASSING_ERRORS)('is an idempotent call that got no answer but %s', (code) => {
		for (const method of IDEMPOTENT) {
			const decision = decide({ request: aRequest({ method }), outcome: noAnswer(code) });
			expect(decision).toMatchObject({ action: 'retry' });
		}
	});

	it('is never a POST that may have been acted upon, however little the policy minds', () => {
		const perhapsActedUpon = fc.oneof(
			fc.constantFrom(408, 502, 504).map((status) => answer(status)),
			fc.constantFrom(...BROKEN_CONNECTIONS, ...LASTING_ERRORS).map(noAnswer),
		);
		fc.assert(
			fc.property(
				notIdempotentMethods,
				perhapsActedUpon,
				policies,
				fc.nat(20),
				(method, outcome, policy, failures) => {
					const decision = decide({ request: aRequest({ method }), outcome, policy, failures });
					expect(decision).toEqual({ action: 'giveUp', reason: 'final' });
				},
			),
		);
	});

	it.each(NEVER_SENT)('is any call that there was no connection for: %s', (code) => {
		for (const method of [...IDEMPOTENT, ...NOT_IDEMPOTENT]) {
			const decision = decide({ request: aRequest({ method }), outcome: noAnswer(code) });
			expect(decision).toMatchObject({ action: 'retry' });
		}
	});

	it.each([
		'connect EHOSTUNREACH 10.0.0.1:443',
		'getaddrinfo EAI_FAIL a.example',
		'Connect Timeout Error (attempted address: 10.0.0.1:443, timeout: 10000ms)',
		'Client network socket disconnected before secure TLS connection was established',
	])('is any call whose connection failed by these words: %s', (message) => {
		const outcome: Outcome = { kind: 'networkError', error: { code: 'EHOSTUNREACH', message } };
		const request = aRequest({ method: 'POST' });
		expect(decide({ request, outcome })).toMatchObject({ action: 'retry' });
		expect(isInDoubt(request, outcome)).toBe(false);
	});

	it('is a POST with an Idempotency-Key as well', () => {
		const outcomesOfDoubt = [408, 502, 504].map((status) => answer(status));
		for (const outcome of [...outcomesOfDoubt, noAnswer()]) {
			for (const name of ['Idempotency-Key', 'idempotency-key']) {
				const request = aRequest({ method: 'POST', headers: { [name]: '8e03978e' } });
				expect(decide({ request, outcome }).action).toBe('retry');
			}
		}
	});

	it.each(['', ' '])('is no POST whose Idempotency-Key is "%s"', (key) => {
		const request = aRequest({ method: 'POST', headers: { 'Idempotency-Key': key } });
		expect(decide({ request, outcome: answer(502) }).action).toBe('giveUp');
	});

	it('is in doubt where it is a POST that the API may have acted on, and said nothing of it', () => {
		const inDoubt = (outcome: Outcome, request: Partial<HttpRequest> = { method: 'POST' }) =>
			isInDoubt(aRequest(request), outcome);
		for (const status of [408, 502, 504, 301, 302, 303]) {
			expect(inDoubt(answer(status))).toBe(true);
		}
		for (const code of [...BROKEN_CONNECTIONS, 'HPE_INVALID_CONSTANT', 'BODY_TOO_LARGE']) {
			expect(inDoubt(noAnswer(code))).toBe(true);
		}
		for (const status of [200, 307, 308, 400, 409, 429, 503])
			expect(inDoubt(answer(status))).toBe(false);
		for (const code of [...NEVER_SENT, 'CERT_HAS_EXPIRED']) {
			expect(inDoubt(noAnswer(code))).toBe(false);
		}
		for (const method of IDEMPOTENT) expect(inDoubt(answer(502), { method })).toBe(false);
		const headers = { 'idempotency-key': '8e03978e' };
		expect(inDoubt(answer(502), { method: 'POST', headers })).toBe(false);
	});

	it('is nothing that fails for good', () => {
		const others = statuses.filter((status) => ![408, 429, 502, 503, 504].includes(status));
		fc.assert(
			fc.property(methods, others, policies, (method, status, policy) => {
				const decision = decide({ request: aRequest({ method }), outcome: answer(status), policy });
				expect(decision).toEqual({ action: 'giveUp', reason: 'final' });
			}),
		);
	});

	it.each(LASTING_ERRORS)('is nothing that meets %s, which stays', (code) => {
		for (const repeatable of ['always', 'ifIdempotent'] as const) {
			const decision = decide({ outcome: noAnswer(code), repeatable });
			expect(decision).toEqual({ action: 'giveUp', reason: 'final' });
		}
	});

	it('is what may always be repeated, after any server error, whatever its method', () => {
		const request = aRequest({ method: 'POST' });
		for (const outcome of [408, 429, 500, 501, 502, 503, 504, 599].map((s) => answer(s))) {
			expect(decide({ request, outcome, repeatable: 'always' }).action).toBe('retry');
		}
		expect(decide({ request, outcome: noAnswer(), repeatable: 'always' }).action).toBe('retry');
	});

	it.each([200, 302, 400, 401, 403, 404, 499])(
		'is not what may always be repeated but was answered with %i',
		(status) => {
			const decision = decide({ outcome: answer(status), repeatable: 'always' });
			expect(decision).toEqual({ action: 'giveUp', reason: 'final' });
		},
	);
});

describe('how often', () => {
	it('is as often as the policy says, and no more', () => {
		fc.assert(
			fc.property(methods, outcomes, policies, fc.nat(30), (method, outcome, policy, failures) => {
				const decision = decide({ request: aRequest({ method }), outcome, policy, failures });
				if (decision.action === 'retry') expect(failures).toBeLessThan(policy.maxRetries);
			}),
		);
	});

	it('is exactly the number of retries', () => {
		const retries = (failures: number) =>
			decide({ outcome: answer(503), failures, policy: { maxRetries: 3 } });
		expect(retries(2).action).toBe('retry');
		expect(retries(3)).toEqual({ action: 'giveUp', reason: 'retriesSpent' });
	});

	it('is never without retries', () => {
		expect(decide({ outcome: answer(429), policy: { maxRetries: 0 } })).toEqual({
			action: 'giveUp',
			reason: 'retriesSpent',
		});
	});
});

describe('how long to wait', () => {
	const waitMs = (situation: Situation) => {
		const decision = decide(situation);
		return decision.action === 'retry' ? decision.waitMs : undefined;
	};

	it('is at most the cap where the API does not say', () => {
		fc.assert(
			fc.property(
				untoldOutcomes,
				policies,
				fc.nat(2_000),
				randoms,
				(outcome, policy, failures, random) => {
					const unlimited = { ...policy, maxRetries: Infinity };
					const wait = waitMs({ outcome, policy: unlimited, failures, random }) ?? 0;
					expect(wait).toBeGreaterThanOrEqual(0);
					expect(wait).toBeLessThanOrEqual(policy.capMs);
				},
			),
		);
	});

	it('is a random part of a bound that doubles with each failure, up to the cap', () => {
		const policy = { baseMs: 100, capMs: 1_000, maxRetries: 10 };
		const waits = [0, 1, 2, 3, 4, 5].map((failures) =>
			waitMs({ outcome: answer(503), failures, policy, random: 0.5 }),
		);
		expect(waits).toEqual([50, 100, 200, 400, 500, 500]);
	});

	it('never shrinks from one failure to the next at the same chance', () => {
		fc.assert(
			fc.property(policies, fc.nat(18), randoms, (policy, failures, random) => {
				const unlimited = { ...policy, maxRetries: Infinity };
				const situation = { outcome: answer(503), policy: unlimited, random };
				const wait = waitMs({ ...situation, failures }) ?? NaN;
				const next = waitMs({ ...situation, failures: failures + 1 }) ?? NaN;
				expect(next).toBeGreaterThanOrEqual(wait);
				expect(wait).toBeLessThanOrEqual(policy.baseMs * 2 ** failures);
			}),
		);
	});

	it('is what the API says, beyond the cap and whatever the chance', () => {
		fc.assert(
			fc.property(
				fc.constantFrom(408, 429, 502, 503, 504),
				fc.integer({ min: 1, max: 300 }),
				fc.nat(4),
				randoms,
				(status, seconds, failures, random) => {
					const outcome = answer(status, { 'retry-after': String(seconds) });
					const policy = { capMs: 10 };
					expect(waitMs({ outcome, failures, policy, random })).toBe(seconds * 1000);
				},
			),
		);
	});

	it('backs off where the API says 0 seconds, or a moment that has passed', () => {
		for (const retryAfter of ['0', 'Thu, 01 Jan 1970 00:00:00 GMT']) {
			const outcome = answer(429, { 'retry-after': retryAfter });
			expect(waitMs({ outcome, policy: { baseMs: 1_000 }, random: 0.5 })).toBe(500);
		}
	});

	it('backs off where Retry-After cannot be understood', () => {
		const outcome = answer(503, { 'retry-after': 'soon' });
		expect(waitMs({ outcome, policy: { baseMs: 1_000 }, random: 0.5 })).toBe(500);
	});

	it('gives up at once where the API wants a longer pause than the policy accepts', () => {
		const outcome = answer(429, { 'retry-after': '3600' });
		expect(decide({ outcome, policy: { maxRetryAfterMs: 3_599_999 } })).toEqual({
			action: 'giveUp',
			reason: 'pauseTooLong',
			waitMs: 3_600_000,
		});
		expect(waitMs({ outcome, policy: { maxRetryAfterMs: 3_600_000 } })).toBe(3_600_000);
	});

	it('is told also where the retries are spent, so that the pause is known', () => {
		const outcome = answer(429, { 'retry-after': '3600' });
		expect(decide({ outcome, failures: 5 })).toMatchObject({ reason: 'pauseTooLong' });
	});

	it('is finite and not negative, whatever the API says', () => {
		fc.assert(
			fc.property(outcomes, policies, fc.nat(20), randoms, (outcome, policy, failures, random) => {
				const wait = waitMs({ outcome, policy, failures, random }) ?? 0;
				expect(wait).toSatisfy(Number.isFinite);
				expect(wait).toBeGreaterThanOrEqual(0);
			}),
		);
	});
});
