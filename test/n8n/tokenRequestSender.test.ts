import { expect, it } from 'vitest';
import type { Outcome } from '../../http/message';
import { DEFAULT_RETRY_POLICY } from '../../http/retry/decideRetry';
import { tokenRequestSender } from '../../n8n/tokenRequestSender';
import { requestAccessToken } from '../../oauth/server/grant';
import { fakeTiming } from '../http/fakeTiming';
import { aResponse, answer, farEnd, inTurn, noAnswer } from '../http/messages';
import { clientWith } from '../oauth/exampleClient';

it.each([
	['the server asked for a pause', answer(429, { 'retry-after': '290' })],
	['a try failed', noAnswer('ETIMEDOUT')],
])('a token lives from the try on that was answered, where %s before', async (_name, first) => {
	const timing = fakeTiming();
	const body = Buffer.from('{"access_token":"abc","expires_in":300}');
	const issued: Outcome = { kind: 'response', response: { ...aResponse(200), body } };
	const { transport } = farEnd(timing, inTurn(first, issued));
	const client = clientWith();
	const send = tokenRequestSender(transport, client, DEFAULT_RETRY_POLICY, timing);
	const token = await requestAccessToken(client, { send, now: timing.now });
	expect(timing.elapsedMs()).toBeGreaterThan(0);
	expect(token.expiresAtMs - timing.now()).toBe(300_000);
});
