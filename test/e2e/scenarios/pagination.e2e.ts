import { describe, expect, it } from 'vitest';
import { N8N_1, N8N_2 } from '../prepare';
import { chain, send, webhook } from '../workflows';
import { items, useWorld } from '../world';

const PAGES = 60;

/** As the editor stores them. */
const MODES: Array<[mode: string, pagination: Record<string, unknown>]> = [
	['linkHeader', {}],
	[
		'updateAParameterInEachRequest',
		{
			parameters: {
				parameters: [{ type: 'qs', name: 'page', value: '={{ $pageCount + 1 }}' }],
			},
		},
	],
	[
		'responseContainsNextURL',
		{
			nextURL: '={{ $response.body.next }}',
			paginationCompleteWhen: 'other',
			completeExpression: '={{ !$response.body.next }}',
		},
	],
];

describe.each([N8N_2, N8N_1])(
	'60 pages of an API that is busy now and then, in n8n %s',
	(version) => {
		const world = useWorld({ version });

		it.each(MODES)('come once each, in order: %s', async (paginationMode, pagination) => {
			const api = await world.startApi();
			const byNumber = paginationMode === 'updateAParameterInEachRequest';
			const counts = new Map<number, number>();
			api.intercept((req, res) => {
				if (api.requests.length % 20 === 7) {
					res.set('Retry-After', '0').sendStatus(503);
					return true;
				}
				const page = Number(req.query.page ?? 1);
				counts.set(page, (counts.get(page) ?? 0) + 1);
				const next = page < PAGES ? `${api.origin}/pages?page=${page + 1}` : null;
				if (next !== null) res.set('Link', `<${next}>; rel="next"`);
				if (byNumber) res.json(page > PAGES ? [] : [{ page }]);
				else res.json({ page, next });
				return true;
			});
			const client = await world.newClient();
			const path = `pages-${paginationMode.toLowerCase()}`;
			const workflow = await world.publish(
				chain(path, [
					webhook(path),
					send(`${api.origin}/pages`, client.credentialId, {
						method: 'GET',
						options: { pagination: { pagination: { paginationMode, ...pagination } } },
					}),
				]),
			);
			const received = (await workflow.call(items('any', 1))) as Array<{ page: number }>;
			expect(received.map(({ page }) => page)).toEqual(
				Array.from({ length: PAGES }, (_, index) => index + 1),
			);
			expect([...counts.values()]).toEqual(Array.from({ length: counts.size }, () => 1));
			expect(client.tokenRequests()).toBe(1);
		});
	},
);
