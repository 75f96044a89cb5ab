import { describe, expect, it } from 'vitest';
import type { ReceivedRequest } from '../../servers/loopback';
import type { RateLimit } from '../../servers/protectedApi';
import { N8N_1, N8N_2 } from '../prepare';
import { chain, send, splitItems, webhook } from '../workflows';
import { deliveredOnce, items, useWorld } from '../world';

const ITEMS = 300;
const LIMIT = { requests: 20, windowMs: 1_000 };
/** The first window's requests cost no time. */
const IDEAL_MS = (Math.ceil(ITEMS / LIMIT.requests) - 1) * LIMIT.windowMs;

const APIS: Array<[what: string, limit: Partial<RateLimit>]> = [
	['Retry-After alone', {}],
	['RateLimit headers of draft 7', { headers: 'draft-7' }],
	['RateLimit headers of draft 8', { headers: 'draft-8' }],
];

describe.each([N8N_2, N8N_1])(
	'300 items to an API that allows 20 a second, in n8n %s',
	(version) => {
		const world = useWorld({ version });
		let attempts = 0;

		it.each(APIS)(
			'arrive once each, within 15 percent of the ideal time: %s',
			// Another process that keeps the machine busy makes it slower, and never faster.
			{ retry: 2 },
			async (what, limit) => {
				const api = await world.startApi({ rateLimit: { ...LIMIT, ...limit } });
				const client = await world.newClient();
				const path = `limited-${++attempts}`;
				const workflow = await world.publish(
					chain(path, [
						webhook(path),
						splitItems(),
						send(`${api.origin}/records`, client.credentialId),
					]),
				);
				const sent = items('limited', ITEMS);
				expect(await workflow.call(sent)).toEqual(sent);

				const ratio = durationMs(api.requests) / IDEAL_MS;
				console.log(
					`n8n ${version}, ${what}: ${ratio.toFixed(3)} × the ideal time, ${api.refused429()} × 429`,
				);
				expect(api.delivered()).toEqual(deliveredOnce(sent));
				expect(client.tokenRequests()).toBe(1);
				expect(ratio).toBeLessThanOrEqual(1.15);
			},
		);
	},
);

/** From the first request to the last. */
function durationMs(requests: readonly ReceivedRequest[]): number {
	const times = requests.map(({ at }) => at);
	return Math.max(...times) - Math.min(...times);
}
