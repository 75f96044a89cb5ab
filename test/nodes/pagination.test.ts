import type { Request, Response } from 'express';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { SERVER } from '../servers/certificates';
import { freshProcess, QUICK_RETRY, startWorld, type NodeRunOptions, type World } from './world';

const LAST_PAGE = 5;

/** Five pages of two records each, and then nothing. */
function answerPage(page: number): IDataObject[] {
	return page > LAST_PAGE ? [] : [{ id: page * 10 }, { id: page * 10 + 1 }];
}

const ALL_IDS = [10, 11, 20, 21, 30, 31, 40, 41, 50, 51];

const byNumber = (pagination: INodeParameters = {}): INodeParameters => ({
	paginationMode: 'updateAParameterInEachRequest',
	parameters: { parameters: [{ type: 'qs', name: 'page', value: '={{ $pageCount + 1 }}' }] },
	...pagination,
});

interface Paginated extends NodeRunOptions {
	pagination: INodeParameters;
	path?: string;
	/** Of the node, beside its URL. */
	parameters?: INodeParameters;
	options?: INodeParameters;
	answer?: (req: Request, res: Response, world: World) => unknown;
	/** Serves the API over https, with a certificate that only "Ignore SSL Issues" accepts. */
	https?: boolean;
}

/** Runs the node against pages, and says what it got and what it had asked for. */
async function paginate({
	pagination,
	path = '/pages',
	parameters,
	options,
	answer = (req, res) => res.json(answerPage(Number(req.query.page))),
	https = false,
	...settings
}: Paginated) {
	const world = await startWorld(https ? { api: { https: SERVER } } : {});
	world.api.intercept((req, res) => {
		answer(req, res, world);
		return true;
	});
	const result = await world.run(
		{
			url: `${world.api.origin}${path}`,
			...parameters,
			options: {
				...QUICK_RETRY,
				...(https && { allowUnauthorizedCerts: true }),
				...options,
				pagination: { pagination },
			},
		},
		settings,
	);
	return {
		...result,
		ids: result.items.map(({ json }) => json.id),
		asked: world.api.requests.map(({ url }) => url),
	};
}

const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 10 };

/** Answers one page so many times with this status instead. */
function failing(page: string, status: number, times = 1): Paginated['answer'] {
	let left = times;
	return (req, res) => {
		if (req.query.page === page && left-- > 0) res.status(status).end();
		else res.json(answerPage(Number(req.query.page)));
	};
}

describe('a parameter in each request', () => {
	it('asks for page after page until one is empty', async () => {
		const { ids, asked, items, error } = await paginate({ pagination: byNumber() });
		expect(error).toBeUndefined();
		expect(ids).toEqual(ALL_IDS);
		expect(asked).toEqual([1, 2, 3, 4, 5, 6].map((page) => `/pages?page=${page}`));
		expect(items.at(-1)?.pairedItem).toEqual({ item: 0 });
	});

	it('is added to the query, the headers or the JSON body', async () => {
		const { ids, error } = await paginate({
			parameters: {
				method: 'POST',
				sendQuery: true,
				queryParameters: { parameters: [{ name: 'size', value: '2' }] },
				sendBody: true,
				specifyBody: 'json',
				jsonBody: '{"filter": {"open": true}}',
			},
			pagination: byNumber({
				parameters: {
					parameters: [
						{ type: 'body', name: 'page', value: '={{ $pageCount + 1 }}' },
						{ type: 'headers', name: 'x-page', value: '={{ $pageCount + 1 }}' },
						{ type: 'qs', name: 'p', value: '={{ $pageCount + 1 }}' },
					],
				},
			}),
			answer: async (req, res) => {
				const chunks = await req.toArray();
				const body = JSON.parse(Buffer.concat(chunks).toString()) as IDataObject;
				expect(body.filter).toEqual({ open: true });
				expect(req.query.size).toBe('2');
				const asked = [body.page, Number(req.headers['x-page']), Number(req.query.p)];
				expect(new Set(asked).size).toBe(1);
				res.json(answerPage(Number(body.page)));
			},
		});
		expect(error).toBeUndefined();
		expect(ids).toEqual(ALL_IDS);
	});

	it('sets a field inside the JSON body, as the cursor of GraphQL', async () => {
		const { ids, error } = await paginate({
			parameters: {
				method: 'POST',
				sendBody: true,
				specifyBody: 'json',
				jsonBody: '{"query": "…", "variables": {"first": 2}, "a.b": 1}',
			},
			pagination: byNumber({
				parameters: {
					parameters: [
						{ type: 'body', name: 'variables.after', value: '={{ $response.body.cursor }}' },
					],
				},
				paginationCompleteWhen: 'other',
				completeExpression: '={{ !$response.body.cursor }}',
			}),
			answer: async (req, res) => {
				const chunks = await req.toArray();
				const body = JSON.parse(Buffer.concat(chunks).toString()) as IDataObject;
				const { first, after = 0 } = body.variables as IDataObject;
				expect(body).toEqual({ query: '…', variables: expect.any(Object), 'a.b': 1 });
				expect(first).toBe(2);
				res.json({ id: after, ...(Number(after) < 3 && { cursor: Number(after) + 1 }) });
			},
		});
		expect(error).toBeUndefined();
		expect(ids).toEqual([0, 1, 2, 3]);
	});

	it.each([
		['missing', undefined],
		['null', null],
		['empty', ''],
	])(
		'that the last page does not give any more (%s) is an error, and no beginning anew',
		async (_name, none) => {
			const { error, asked } = await paginate({
				pagination: byNumber({
					parameters: {
						parameters: [{ type: 'qs', name: 'after', value: '={{ $response.body.cursor }}' }],
					},
				}),
				answer: (req, res, { api }) => {
					if (api.requests.length > 20) res.status(400).json({ message: 'It does not end' });
					else res.json({ cursor: req.query.after ? none : 'c2' });
				},
			});
			expect(asked).toHaveLength(2);
			expect(error?.message).toBe('The parameters of the pagination have no value after page 2');
			expect(error?.description).toContain('Pagination Complete When');
		},
	);

	it.each(['form-urlencoded', 'multipart-form-data'])(
		'is added to a %s body',
		async (contentType) => {
			const { ids } = await paginate({
				parameters: {
					method: 'POST',
					sendBody: true,
					contentType,
					bodyParameters: { parameters: [{ name: 'size', value: '2' }] },
				},
				pagination: byNumber({
					parameters: {
						parameters: [{ type: 'body', name: 'page', value: '={{ $pageCount + 1 }}' }],
					},
				}),
				answer: async (req, res) => {
					const form = await new globalThis.Response(Buffer.concat(await req.toArray()), {
						headers: { 'content-type': String(req.headers['content-type']) },
					}).formData();
					expect(form.get('size')).toBe('2');
					res.json(answerPage(Number(form.get('page'))));
				},
			});
			expect(ids).toEqual(ALL_IDS);
		},
	);

	it('knows the last response, the request and the input item', async () => {
		const value =
			'={{ $json.tenant + $request.headers["x-size"] + ($response.body?.at(-1)?.id ?? "none") }}';
		const { asked } = await paginate({
			items: [{ json: { tenant: 'north' } }],
			parameters: {
				sendHeaders: true,
				headerParameters: { parameters: [{ name: 'x-size', value: '2' }] },
			},
			pagination: byNumber({
				parameters: { parameters: [{ type: 'qs', name: 'after', value }] },
				limitPagesFetched: true,
				maxRequests: 2,
			}),
			answer: (_req, res) => res.json([{ id: 7 }]),
		});
		expect(asked).toEqual(['/pages?after=north2none', '/pages?after=north27']);
	});
});

describe('the end of the pages', () => {
	it('is the limit of pages', async () => {
		const { ids, asked } = await paginate({
			pagination: byNumber({ limitPagesFetched: true, maxRequests: 2 }),
		});
		expect(ids).toEqual([10, 11, 20, 21]);
		expect(asked).toHaveLength(2);
	});

	it('is an object whose lists are empty, where pages are counted', async () => {
		const { asked, error } = await paginate({
			pagination: byNumber(),
			answer: (req, res) => {
				const items = answerPage(Number(req.query.page));
				res.json({ items, tags: [], total: 10, at: req.query.page });
			},
		});
		expect(error).toBeUndefined();
		expect(asked).toHaveLength(LAST_PAGE + 1);
	});

	it('is no empty list where each page names the next one', async () => {
		const { asked, error } = await paginate({
			pagination: byNumber({
				parameters: {
					parameters: [{ type: 'qs', name: 'after', value: '={{ $response.body.cursor }}' }],
				},
				limitPagesFetched: true,
				maxRequests: 4,
			}),
			answer: (_req, res, { api }) => res.json({ items: [], cursor: api.requests.length }),
		});
		expect(error).toBeUndefined();
		expect(asked).toHaveLength(4);
	});

	it('is a status that is told', async () => {
		const { ids, error } = await paginate({
			pagination: byNumber({
				paginationCompleteWhen: 'receiveSpecificStatusCodes',
				statusCodesWhenComplete: '404, 410',
			}),
			answer: (req, res) => {
				const page = Number(req.query.page);
				if (page > LAST_PAGE) res.status(410).json([]);
				else res.json(answerPage(page));
			},
		});
		expect(error).toBeUndefined();
		expect(ids).toEqual(ALL_IDS);
	});

	it('is where an expression says so', async () => {
		const { ids, asked } = await paginate({
			pagination: byNumber({
				paginationCompleteWhen: 'other',
				completeExpression: '={{ $response.body.some(({ id }) => id === 31) }}',
			}),
		});
		expect(ids).toEqual([10, 11, 20, 21, 30, 31]);
		expect(asked).toHaveLength(3);
	});

	it.each([400, 404])('is never the first page with status %i', async (status) => {
		const { error, items } = await paginate({
			pagination: byNumber(),
			answer: (_req, res) => res.status(status).end(),
		});
		expect(error).toMatchObject({ httpCode: String(status) });
		expect(items).toEqual([]);
	});

	it('is a later page with status 404 and no body', async () => {
		const { error, items } = await paginate({
			pagination: byNumber(),
			answer: (req, res) =>
				req.query.page === '2' ? res.status(404).end() : res.json(answerPage(1)),
		});
		expect(error).toBeUndefined();
		expect(items.slice(0, 2).map(({ json }) => json.id)).toEqual([10, 11]);
	});

	it('is never a server error that looks like an empty page', async () => {
		const { error, asked } = await paginate({
			pagination: byNumber(),
			options: { retry: { retry: { maxRetries: 0 } } },
			answer: (req, res) => {
				if (req.query.page === '3') res.status(500).end();
				else res.json(answerPage(Number(req.query.page)));
			},
		});
		expect(error).toMatchObject({ httpCode: '500' });
		expect(asked).toHaveLength(3);
	});

	it('is an error where an API gives the same page again and again', async () => {
		const { error, asked } = await paginate({
			pagination: byNumber(),
			answer: (_req, res) => res.json([{ id: 1 }]),
		});
		expect(error?.message).toBe('The same page came back again and again');
		expect(asked.length).toBeLessThan(10);
	});

	it('is told as what it is, though an error has the word "identical" in it', async () => {
		const { error } = await paginate({
			pagination: byNumber(),
			parameters: { method: 'POST', url: 'http://identical.localhost:1/' },
		});
		expect(error?.message).toContain('identical.localhost');
	});

	it.each<[name: string, pagination: INodeParameters, text: string]>([
		['no parameter', { parameters: { parameters: [{ name: '', value: '' }] } }, 'Name and Value'],
		['no status', { paginationCompleteWhen: 'receiveSpecificStatusCodes' }, 'Status Code(s)'],
		[
			'no expression',
			{ paginationCompleteWhen: 'other', completeExpression: 'true' },
			'Complete Expression',
		],
	])('must be possible: %s', async (_name, pagination, text) => {
		const { error, asked } = await paginate({ pagination: byNumber(pagination) });
		expect(error?.description).toContain(text);
		expect(asked).toHaveLength(0);
	});
});

describe('the next URL', () => {
	const byUrl: INodeParameters = {
		paginationMode: 'responseContainsNextURL',
		nextURL: '={{ $response.body.next }}',
		paginationCompleteWhen: 'other',
		completeExpression: '={{ !$response.body.next }}',
	};

	it('is followed until there is none', async () => {
		const { items, asked } = await paginate({
			pagination: byUrl,
			answer: (req, res, { api }) => {
				const page = Number(req.query.page ?? 1);
				const next = page < 3 ? `${api.origin}/pages?page=${page + 1}` : null;
				res.json({ page, next });
			},
		});
		expect(items.map(({ json }) => json.page)).toEqual([1, 2, 3]);
		expect(asked).toEqual(['/pages', '/pages?page=2', '/pages?page=3']);
	});

	it.each([undefined, null, ''])(
		'that is missing (%j) does not begin at the first page again',
		async (none) => {
			const { error, asked } = await paginate({
				pagination: { ...byUrl, paginationCompleteWhen: 'responseIsEmpty' },
				answer: (req, res, { api }) => {
					if (api.requests.length > 20) res.status(400).json({ message: 'It does not end' });
					else if (req.query.page) res.json({ next: none });
					else res.json({ next: `${api.origin}/pages?page=2` });
				},
			});
			expect(asked).toEqual(['/pages', '/pages?page=2']);
			expect(error?.message).toBe('Next URL gives no address after page 2');
			expect(error?.description).toContain('Pagination Complete When');
		},
	);

	it('that names the page itself is an error', async () => {
		const { error, asked } = await paginate({
			pagination: byUrl,
			answer: (_req, res, { api }) => {
				if (api.requests.length > 20) res.status(400).json({ message: 'It does not end' });
				else res.json({ items: [], next: '/pages?page=2', at: Math.random() });
			},
		});
		expect(asked).toEqual(['/pages', '/pages?page=2']);
		expect(error?.message).toBe('Next URL gives the same address again after page 2');
		expect(error?.description).toContain('Complete Expression');
	});

	it('may be the same again and again where the pages are limited, or are no GET', async () => {
		const answer: Paginated['answer'] = (_req, res, { api }) =>
			res.json({ at: Math.random(), ...(api.requests.length < 6 && { next: '/pages' }) });
		const limited = { limitPagesFetched: true, maxRequests: 10 };
		const get = await paginate({ pagination: { ...byUrl, ...limited }, answer });
		expect([get.error, get.asked.length]).toEqual([undefined, 6]);
		const post = await paginate({ pagination: byUrl, parameters: { method: 'POST' }, answer });
		expect([post.error, post.asked.length]).toEqual([undefined, 6]);
	});

	it('gets what Query has, but nothing twice', async () => {
		const { asked, error } = await paginate({
			parameters: {
				sendQuery: true,
				specifyQuery: 'json',
				jsonQuery: '{"$top": 2, "offset": 0, "ids": [7, 8], "lang": "de"}',
			},
			pagination: byUrl,
			answer: (req, res, { api }) => {
				const next = `${api.origin}/pages?%24top=2&offset=2&ids[0]=7&ids[1]=8`;
				res.json(req.query.offset === '0' ? { next } : {});
			},
		});
		expect(error).toBeUndefined();
		expect(asked).toEqual([
			'/pages?%24top=2&offset=0&ids%5B0%5D=7&ids%5B1%5D=8&lang=de',
			'/pages?%24top=2&offset=2&ids[0]=7&ids[1]=8&lang=de',
		]);
	});

	it('of another origin gets no call, and so no token', async () => {
		const other = await startWorld();
		const { error } = await paginate({
			pagination: byUrl,
			answer: (_req, res) => res.json({ next: `${other.api.origin}/steal` }),
		});
		expect(error?.message).toContain('another address');
		expect(other.api.requests).toHaveLength(0);
	});

	it('keeps to https where the API behind a proxy names itself with http', async () => {
		const { asked, error } = await paginate({
			pagination: byUrl,
			https: true,
			answer: (req, res, { api }) => {
				const next = `${api.origin.replace('https:', 'http:')}/pages?page=2`;
				res.json(req.query.page === undefined ? { next } : {});
			},
		});
		expect(error).toBeUndefined();
		expect(asked).toEqual(['/pages', '/pages?page=2']);
	});

	it('that is none is an error that names the field, and does not show it', async () => {
		const { error } = await paginate({
			pagination: byUrl,
			answer: (_req, res) => res.json({ next: 'page-2?access_token=secret' }),
		});
		expect(error?.description).toContain('Next URL');
		expect(`${error?.message} ${error?.description}`).not.toContain('secret');
	});

	it.each([
		['a path', '/pages?page=2'],
		['a query', '?page=2'],
	])('may be %s of the page that names it', async (_name, next) => {
		const { asked, error } = await paginate({
			pagination: byUrl,
			answer: (req, res) => res.json(req.query.page ? {} : { next }),
		});
		expect(error).toBeUndefined();
		expect(asked).toEqual(['/pages', '/pages?page=2']);
	});

	it('may be made of a key, and is then the whole address', async () => {
		const { asked, error } = await paginate({
			path: '/entities?filter=type("HOST")',
			pagination: {
				...byUrl,
				nextURL: '=/entities?nextPageKey={{ $response.body.nextPageKey }}',
				completeExpression: '={{ !$response.body.nextPageKey }}',
			},
			answer: (req, res) => res.json(req.query.filter ? { nextPageKey: 'k2' } : {}),
		});
		expect(error).toBeUndefined();
		expect(asked.map((url) => decodeURI(url))).toEqual([
			'/entities?filter=type("HOST")',
			'/entities?nextPageKey=k2',
		]);
	});

	it('with a fixed part begins with URL all the same', async () => {
		const { asked, error } = await paginate({
			pagination: {
				...byUrl,
				nextURL: '=http://127.0.0.1/elsewhere{{ $response.body.next }}',
				completeExpression: '={{ true }}',
			},
			answer: (_req, res) => res.json({}),
		});
		expect(error).toBeUndefined();
		expect(asked).toEqual(['/pages']);
	});

	it('does not get what Query has under a name with brackets a second time', async () => {
		const { asked } = await paginate({
			parameters: {
				sendQuery: true,
				queryParameters: { parameters: [{ name: 'page[size]', value: '5' }] },
			},
			pagination: byUrl,
			answer: (req, res) => {
				const isFirst = !req.url.includes('number');
				res.json(isFirst ? { next: '/pages?page[size]=5&page[number]=2' } : {});
			},
		});
		expect(asked[1]).toBe('/pages?page[size]=5&page[number]=2');
	});
});

describe('a Link header', () => {
	it('is followed, relative or not, without asking for the query twice', async () => {
		const { items, asked, error } = await paginate({
			parameters: {
				sendQuery: true,
				queryParameters: { parameters: [{ name: 'size', value: '2' }] },
			},
			pagination: { paginationMode: 'linkHeader' },
			answer: (req, res, { api }) => {
				const page = Number(req.query.page ?? 1);
				const links = [
					'</pages?page=2&size=2>; rel="next"; title="a, b; c"',
					`<${api.origin}/pages?size=2>; rel=prev, <${api.origin}/pages?size=2&page=3>; rel=next`,
				];
				const link = links[page - 1];
				if (link) res.set('Link', link);
				res.json({ page });
			},
		});
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.page)).toEqual([1, 2, 3]);
		expect(asked).toEqual(['/pages?size=2', '/pages?page=2&size=2', '/pages?size=2&page=3']);
	});

	it('keeps to https where the API behind a proxy names itself with http', async () => {
		const { asked, error } = await paginate({
			pagination: { paginationMode: 'linkHeader' },
			https: true,
			answer: (req, res, { api }) => {
				const next = `${api.origin.replace('https:', 'http:')}/pages?page=2`;
				if (req.query.page === undefined) res.set('Link', `<${next}>; rel="next"`);
				res.json({});
			},
		});
		expect(error).toBeUndefined();
		expect(asked).toEqual(['/pages', '/pages?page=2']);
	});

	it('ends at the limit of pages, too', async () => {
		const { asked } = await paginate({
			pagination: { paginationMode: 'linkHeader', limitPagesFetched: true, maxRequests: 2 },
			answer: (_req, res, { api }) =>
				res.set('Link', `</pages?page=${api.requests.length + 1}>; rel="next"`).json({}),
		});
		expect(asked).toHaveLength(2);
	});

	it.each<[name: string, page: (n: number) => IDataObject[]]>([
		['empty', (n) => (n === 1 || n === 8 ? [{ id: n }] : [])],
		['alike', () => [{ status: 'ok' }]],
	])('is followed over pages that are %s', async (_name, page) => {
		const { asked, error } = await paginate({
			pagination: { paginationMode: 'linkHeader' },
			answer: (req, res) => {
				const n = Number(req.query.page ?? 1);
				if (n < 8) res.set('Link', `</pages?page=${n + 1}>; rel="next"`);
				res.json(page(n));
			},
		});
		expect(error).toBeUndefined();
		expect(asked).toHaveLength(8);
	});

	it.each<[name: string, empty: IDataObject | IDataObject[]]>([
		['an empty list', []],
		['an object whose lists are empty', { items: [], at: 'now' }],
		['an empty object', {}],
	])('ends where %s names itself as the next page', async (_name, empty) => {
		const { ids, asked, error } = await paginate({
			pagination: { paginationMode: 'linkHeader' },
			answer: (req, res) => {
				const after = Number(req.query.after ?? 0);
				res.set('Link', `</pages?after=${Math.min(after + 1, 2)}>; rel="next"`);
				res.json(after < 2 ? [{ id: after }] : empty);
			},
		});
		expect(error).toBeUndefined();
		expect(ids.slice(0, 2)).toEqual([0, 1]);
		expect(asked).toEqual(['/pages', '/pages?after=1', '/pages?after=2']);
	});

	it.each([
		['itself', 2],
		['an earlier page', 1],
	])('that leads to %s for ever is an error', async (_name, last) => {
		const { asked, error } = await paginate({
			pagination: { paginationMode: 'linkHeader' },
			answer: (req, res, { api }) => {
				const after = Number(req.query.after ?? 0);
				res.set('Link', `</pages?after=${after === 2 ? last : after + 1}>; rel="next"`);
				res.status(api.requests.length > 20 ? 400 : 200).json([{ at: Math.random() }]);
			},
		});
		expect(asked).toHaveLength(3);
		expect(error?.message).toBe('The Link header gives the same address again after page 3');
		expect(error?.description).toContain('Limit Pages Fetched');
	});

	it('after an error status is an error', async () => {
		const { error } = await paginate({
			pagination: { paginationMode: 'linkHeader' },
			answer: (_req, res) => res.status(404).json({ message: 'no such list' }),
		});
		expect(error).toMatchObject({ httpCode: '404' });
	});
});

describe('each page', () => {
	it('is retried by itself: a refusal loses none before it', async () => {
		const refused = new Set<string>();
		const { ids, asked, error } = await paginate({
			pagination: byNumber(),
			answer: (req, res) => {
				const page = req.query.page as string;
				if (['2', '4'].includes(page) && !refused.has(page)) {
					refused.add(page);
					res.status(page === '2' ? 429 : 503).end();
				} else res.json(answerPage(Number(page)));
			},
		});
		expect(error).toBeUndefined();
		expect(ids).toEqual(ALL_IDS);
		expect(asked).toHaveLength(8);
	});

	it('gets a new token where the old one is refused', async () => {
		let revoked = false;
		const { ids, error } = await paginate({
			pagination: byNumber(),
			answer: (req, res) => {
				if (req.query.page === '3' && !revoked) {
					revoked = true;
					res.status(401).set('WWW-Authenticate', 'Bearer error="invalid_token"').end();
				} else res.json(answerPage(Number(req.query.page)));
			},
		});
		expect(error).toBeUndefined();
		expect(ids).toEqual(ALL_IDS);
	});

	it('is fetched once over all tries of Retry On Fail', async () => {
		const { ids, asked, error } = await paginate({
			...RETRY_ON_FAIL,
			pagination: byNumber(),
			answer: failing('4', 500, 2),
		});
		expect(error).toBeUndefined();
		expect(ids).toEqual(ALL_IDS);
		expect(asked.map((url) => url?.at(-1)).join('')).toBe('12344456');
	});

	it('that is taken for an error is asked for again on the next try of Retry On Fail', async () => {
		const { ids, asked } = await paginate({
			...RETRY_ON_FAIL,
			pagination: byNumber({
				paginationCompleteWhen: 'other',
				completeExpression: '={{ $response.body.length === 0 }}',
			}),
			answer: failing('3', 409),
		});
		expect(ids).toEqual(ALL_IDS);
		expect(asked.map((url) => url?.at(-1)).join('')).toBe('1233456');
	});

	it('is optimized for a model, but not the one that only says that there are no more', async () => {
		const node = await freshProcess();
		// What n8n calls a node that an AI agent has: only then there are these settings.
		node.description = { ...node.description, name: 'oAuth2HttpRequestTool' };
		const { items, error } = await paginate({
			node,
			parameters: { optimizeResponse: true, dataField: 'records' },
			pagination: byNumber({
				paginationCompleteWhen: 'receiveSpecificStatusCodes',
				statusCodesWhenComplete: '404',
			}),
			answer: (req, res) =>
				req.query.page === '3'
					? res.status(404).json({ error: 'no more' })
					: res.json({ records: answerPage(Number(req.query.page)) }),
		});
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json)).toEqual([
			...answerPage(1),
			...answerPage(2),
			{ error: 'no more' },
		]);
	});

	it('of a form with a file is fetched once over all tries of Retry On Fail, too', async () => {
		const { ids, asked } = await paginate({
			...RETRY_ON_FAIL,
			items: [
				{ json: {}, binary: { data: { data: 'AQI=', mimeType: 'image/png', fileName: 'a.png' } } },
			],
			parameters: {
				method: 'POST',
				sendBody: true,
				contentType: 'multipart-form-data',
				bodyParameters: {
					parameters: [
						{ parameterType: 'formBinaryData', name: 'file', inputDataFieldName: 'data' },
						{ parameterType: 'formData', name: 'note', value: 'x' },
					],
				},
			},
			pagination: byNumber(),
			answer: failing('3', 500),
		});
		expect(ids).toEqual(ALL_IDS);
		expect(asked.map((url) => url?.at(-1)).join('')).toBe('1233456');
	});

	it('is output with status and headers, or as a file, where that is wanted', async () => {
		const pagination = byNumber({ limitPagesFetched: true, maxRequests: 2 });
		const full = await paginate({
			pagination,
			options: { response: { response: { fullResponse: true } } },
		});
		expect(full.items.map(({ json }) => [json.statusCode, json.body])).toEqual([
			[200, answerPage(1)],
			[200, answerPage(2)],
		]);
		const files = await paginate({
			pagination,
			answer: (req, res) => res.attachment(`p${req.query.page as string}.zip`).send('PK'),
		});
		expect(files.items.map(({ binary }) => binary?.data?.fileName)).toEqual(['p1.zip', 'p2.zip']);
	});

	it('belongs to its input item', async () => {
		const { items } = await paginate({
			items: [{ json: { list: 'a' } }, { json: { list: 'b' } }],
			parameters: {
				sendQuery: true,
				queryParameters: { parameters: [{ name: 'list', value: '={{ $json.list }}' }] },
			},
			pagination: byNumber({ limitPagesFetched: true, maxRequests: 2 }),
			answer: (req, res) => res.json([{ list: req.query.list, page: req.query.page }]),
		});
		expect(items.map(({ json, pairedItem }) => [json.list, json.page, pairedItem])).toEqual([
			['a', '1', { item: 0 }],
			['a', '2', { item: 0 }],
			['b', '1', { item: 1 }],
			['b', '2', { item: 1 }],
		]);
	});
});
