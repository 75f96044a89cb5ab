import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Api } from '../../../http/call/api';
import { callAndRead } from '../../../http/call/callAndRead';
import { createSilence } from '../../../http/call/silence';
import type { HttpRequest } from '../../../http/message';
import { createPacer } from '../../../http/pacing/pacer';
import { DEFAULT_RETRY_POLICY } from '../../../http/retry/decideRetry';
import { BrokenOff } from '../../../http/transport/exchange';
import { fakeTiming } from '../fakeTiming';
import { aRequest, answer, farEnd } from '../messages';

const URL_OF_API = aRequest().url;
const BROKEN = new BrokenOff({ code: 'ECONNRESET', message: 'aborted' });

/** Reads the responses in turn: an error is what reading fails with. */
function reading(...outcomes: unknown[]) {
	const timing = fakeTiming();
	const { sent, transport } = farEnd(timing, () => answer(200));
	const api: Api = {
		origin: new URL(URL_OF_API).origin,
		transport,
		authorizer: { authorize: async () => ({ headers: {}, verdictOf: async () => 'accepted' }) },
		pacer: createPacer(timing),
		silence: createSilence(),
		retry: { ...DEFAULT_RETRY_POLICY, maxRetries: 2 },
		timing,
	};
	const read = async () => {
		const outcome = outcomes.shift();
		if (outcome instanceof Error) throw outcome;
		return outcome;
	};
	const call = (request?: Partial<HttpRequest>, signal?: AbortSignal) =>
		callAndRead({ request: aRequest(request), maxRedirects: 0 }, api, read, signal);
	return { sent, call, api, timing };
}

describe('a response that breaks off while it is read', () => {
	it('is asked for again, after a backoff', async () => {
		const { call, sent } = reading(BROKEN, 'whole');
		expect(await call()).toEqual({ kind: 'read', value: 'whole' });
		expect(sent).toHaveLength(2);
		expect(sent[1]?.atMs).toBeGreaterThan(sent[0]?.atMs ?? 0);
	});

	it('is known within what a store makes of it', async () => {
		const { call } = reading(new Error('Storing failed', { cause: BROKEN }), 'whole');
		expect(await call()).toEqual({ kind: 'read', value: 'whole' });
	});

	it('is a network error when the retries are spent', async () => {
		const { call, sent } = reading(BROKEN, BROKEN, BROKEN, 'whole');
		expect(await call()).toEqual({
			kind: 'networkError',
			error: BROKEN.networkError,
			url: URL_OF_API,
			inDoubt: false,
		});
		expect(sent).toHaveLength(3);
	});

	it('counts with the tries that have failed otherwise', async () => {
		const { call, api, sent } = reading(BROKEN, 'the error');
		const { transport } = api;
		api.transport = async (request, signal) => {
			const outcome = await transport(request, signal);
			return sent.length % 2 === 1 ? answer(502) : outcome;
		};
		expect(await call()).toEqual({ kind: 'read', value: 'the error' });
		expect(sent).toHaveLength(3);
	});

	it('to a POST is in doubt, and not asked for again', async () => {
		const { call, sent } = reading(BROKEN, 'whole');
		expect(await call({ method: 'POST' })).toMatchObject({ kind: 'networkError', inDoubt: true });
		expect(sent).toHaveLength(1);
	});
});

describe('a response that cannot be read', () => {
	it('fails with what reading failed with, and holds no connection', async () => {
		const stream = Readable.from(['a']);
		const { call, api, sent } = reading(new Error('Not JSON'));
		const { transport } = api;
		api.transport = async (request, signal) => {
			const outcome = await transport(request, signal);
			return outcome.kind === 'response'
				? { ...outcome, response: { ...outcome.response, stream } }
				: outcome;
		};
		await expect(call()).rejects.toThrow('Not JSON');
		expect(stream.destroyed).toBe(true);
		expect(sent).toHaveLength(1);
	});

	it('leaves a POST in doubt that the API has perhaps acted on', async () => {
		const { call, api } = reading(new Error('Not JSON'));
		api.transport = async () => answer(504);
		await expect(call({ method: 'POST' })).rejects.toMatchObject({
			name: 'ResultNotFetched',
			cause: new Error('Not JSON'),
		});
	});
});
