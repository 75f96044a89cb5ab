import { sleepWithAbort } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { createSystemTiming } from '../../n8n/systemTiming';

const forgetful = () => Promise.reject(new Error('This helper ignores the signal'));

describe.each([
	['sleepWithAbort, as n8n has had it for long', { sleep: forgetful, sleepWithAbort }],
	['sleep with a signal, as n8n has it since 2.41', { sleep: sleepWithAbort }],
])('sleeping by %s', (_name, helpers) => {
	it('takes its time', async () => {
		const startedAt = performance.now();
		await createSystemTiming(helpers).sleep(30);
		expect(performance.now() - startedAt).toBeGreaterThanOrEqual(25);
	});

	it('ends at once when it is aborted', async () => {
		const abort = new AbortController();
		const sleeping = createSystemTiming(helpers).sleep(60_000, abort.signal);
		abort.abort();
		await expect(sleeping).rejects.toThrow();
	});

	it('longer than a timer can does not end at once', async () => {
		const abort = new AbortController();
		let isOver = false;
		const sleeping = createSystemTiming(helpers)
			.sleep(2 ** 40, abort.signal)
			.then(() => (isOver = true));
		await sleepWithAbort(20);
		expect(isOver).toBe(false);
		abort.abort();
		await expect(sleeping).rejects.toThrow();
	});
});
