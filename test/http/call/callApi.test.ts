import { describe, expect, it } from 'vitest';
import type { Api } from '../../../http/call/api';
import type { Authorizer } from '../../../http/call/authorization';
import { callApi, type CallResult } from '../../../http/call/callApi';
import { createSilence } from '../../../http/call/silence';
import type { HttpRequest, Outcome } from '../../../http/message';
import { createPacer } from '../../../http/pacing/pacer';
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from '../../../http/retry/decideRetry';
import { fakeTiming, type FakeTiming } from '../fakeTiming';
import { answer, aRequest, aResponse, farEnd, inTurn, noAnswer, type FarEnd } from '../messages';

const URL_OF_API = 'https://api.example.com/records';
const ELSEWHERE = 'https://files.example.com/1';

type Respond = (request: HttpRequest, index: number) => Outcome | Promise<Outcome>;

interface Options {
	retry?: Partial<RetryPolicy>;
	/** In the order they are issued; the API's answer to a 401 is the next one. */
	tokens?: string[];
	random?: () => number;
}

interface World extends FarEnd {
	timing: FakeTiming;
	api: Api;
	retries: Array<{ cause: Outcome; waitMs: number }>;
	call: (request?: Partial<HttpRequest>, options?: CallOptions) => ReturnType<typeof callApi>;
}

interface CallOptions {
	maxRedirects?: number;
	signal?: AbortSignal;
}

function setUp(
	respond: (timing: FakeTiming) => Respond,
	{ retry, tokens = ['first', 'second', 'third'], random }: Options = {},
): World {
	const timing = fakeTiming({ random });
	const end = farEnd(timing, respond(timing));
	const retries: World['retries'] = [];
	const api: Api = {
		origin: new URL(URL_OF_API).origin,
		transport: end.transport,
		authorizer: tokensInTurn(tokens),
		pacer: createPacer(timing),
		silence: createSilence(),
		retry: { ...DEFAULT_RETRY_POLICY, ...retry },
		timing,
		onRetry: (told) => retries.push(told),
	};
	return {
		...end,
		timing,
		api,
		retries,
		call: (request, { maxRedirects = 5, signal } = {}) =>
			callApi({ request: aRequest(request), maxRedirects }, api, signal),
	};
}

const answering = (...outcomes: Outcome[]) => setUp(() => inTurn(...outcomes));

function tokensInTurn(tokens: string[]): Authorizer {
	let current = 0;
	return {
		async authorize() {
			const mine = current;
			return {
				headers: { authorization: `Bearer ${tokens[mine]}` },
				async verdictOf({ status }) {
					if (status !== 401) return 'accepted';
					if (mine === current) current = Math.min(current + 1, tokens.length - 1);
					return mine === current ? 'refused' : 'replaced';
				},
			};
		},
	};
}

const tokensSent = ({ sent }: FarEnd) => sent.map(({ request }) => request.headers.authorization);
const timesSent = ({ sent }: FarEnd) => sent.map(({ atMs }) => atMs - (sent[0]?.atMs ?? 0));
const redirectTo = (location: string, status = 302) => answer(status, { location });
const pauseOf = (pauseMs: number) => ({ kind: 'pause', pauseMs });
/** Of a call whose answer had this status, where nothing else is to be said of it. */
const resultOf = (status: number): CallResult => ({
	kind: 'response',
	response: aResponse(status),
	url: URL_OF_API,
	isUnauthorized: false,
	inDoubt: false,
});
const throttledFor = (seconds: number) => answer(429, { 'retry-after': String(seconds) });

describe('a call', () => {
	it('goes out once, authorized, with what it was given', async () => {
		const world = answering(answer(200));
		const request = {
			method: 'POST',
			headers: { accept: 'text/plain' },
			body: Buffer.from('x'),
			timeoutMs: 7,
			maxBodyBytes: 9,
		};
		expect(await world.call(request)).toEqual(resultOf(200));
		expect(world.sent.map(({ request: sent }) => sent)).toEqual([
			aRequest({ ...request, headers: { accept: 'text/plain', authorization: 'Bearer first' } }),
		]);
	});

	it.each([200, 204, 304, 400, 401, 403, 404, 500])('ends with an answer of %i', async (status) => {
		const { call } = answering(answer(status));
		expect(await call()).toEqual({ ...resultOf(status), isUnauthorized: status === 401 });
	});

	it.each([
		['POST', answer(502), true],
		['POST', noAnswer('ECONNRESET'), true],
		['POST', answer(500), false],
		['GET', answer(502), false],
	])('that is a %s is in doubt or not: %j', async (method, outcome, inDoubt) => {
		const { call } = setUp(() => inTurn(outcome), { retry: { maxRetries: 0 } });
		expect(await call({ method })).toMatchObject({ inDoubt });
	});

	it.each([
		['POST', { name: 'ResultNotFetched', cause: new Error('Odd answer') }],
		['PUT', new Error('Odd answer')],
	])(
		'says of a %s whether it was answered, where the answer cannot be judged',
		async (method, error) => {
			const world = answering(answer(200));
			const verdictOf = async () => Promise.reject(new Error('Odd answer'));
			world.api.authorizer = { authorize: async () => ({ headers: {}, verdictOf }) };
			await expect(world.call({ method })).rejects.toMatchObject(error);
		},
	);

	it('ends with the network error where no answer comes', async () => {
		const { call } = answering(noAnswer('CERT_HAS_EXPIRED'));
		expect(await call()).toEqual({
			...noAnswer('CERT_HAS_EXPIRED'),
			url: URL_OF_API,
			inDoubt: false,
		});
	});

	it('has the headers of its authorization in place of its own, in whatever case', async () => {
		const world = answering(answer(200));
		await world.call({ headers: { Authorization: 'Basic own', 'X-Trace': 'abc' } });
		expect(world.sent[0]?.request.headers).toEqual({
			'X-Trace': 'abc',
			authorization: 'Bearer first',
		});
	});

	it('fails with what the authorizer says, without being sent', async () => {
		const { api, sent } = answering(answer(200));
		const authorize = () => Promise.reject(new Error('No token'));
		const call = callApi(
			{ request: aRequest(), maxRedirects: 0 },
			{ ...api, authorizer: { authorize } },
		);
		await expect(call).rejects.toThrow('No token');
		expect(sent).toEqual([]);
	});
});

describe('a token that is refused', () => {
	const acceptOnly =
		(token: string): Respond =>
		({ headers }) =>
			answer(headers.authorization === `Bearer ${token}` ? 200 : 401);

	it('is renewed once, at once, and the call goes out again', async () => {
		const world = setUp(() => acceptOnly('second'));
		const result = await world.call({ method: 'POST', body: Buffer.from('x') });
		expect(result).toMatchObject(answer(200));
		expect(tokensSent(world)).toEqual(['Bearer first', 'Bearer second']);
		expect(world.sent[1]?.request.body).toEqual(Buffer.from('x'));
		expect(world.timing.sleeps).toEqual([]);
	});

	it('is not renewed a second time', async () => {
		const world = setUp(() => acceptOnly('third'));
		expect(await world.call()).toMatchObject(answer(401));
		expect(world.sent).toHaveLength(2);
	});

	it('is not renewed a second time after a retry', async () => {
		const world = answering(answer(401), answer(503), answer(401));
		expect(await world.call()).toMatchObject(answer(401));
		expect(world.sent).toHaveLength(3);
	});

	it('ends the call where there is no better one', async () => {
		const world = setUp(() => acceptOnly('second'), { tokens: ['first'] });
		expect(await world.call()).toMatchObject(answer(401));
		expect(world.sent).toHaveLength(1);
	});

	it('costs no retry, and nobody is told of one', async () => {
		const world = setUp(() => inTurn(answer(401), answer(503), answer(200)), {
			retry: { maxRetries: 1 },
		});
		expect(await world.call()).toMatchObject(answer(200));
		expect(world.retries).toHaveLength(1);
	});
});

describe('an authorization that lacks what the response tells', () => {
	const challenging = (): Authorizer => ({
		authorize: async () => ({
			headers: {},
			verdictOf: async ({ status }) => (status === 401 ? 'challenged' : 'accepted'),
		}),
	});

	it('is made anew at once, at the price of no retry', async () => {
		const world = setUp(() => inTurn(answer(401), answer(401), answer(200)), {
			retry: { maxRetries: 0 },
		});
		world.api.authorizer = challenging();
		expect(await world.call()).toMatchObject(answer(200));
		expect(world.timing.sleeps).toEqual([]);
	});

	it('is not made anew for ever', async () => {
		const world = answering(answer(401));
		world.api.authorizer = challenging();
		expect(await world.call()).toMatchObject(answer(401));
		expect(world.sent.length).toBeLessThan(50);
	});
});

describe('an authorization in the URL or the body', () => {
	const inUrl = (): Authorizer => ({
		async authorize({ url }) {
			return {
				headers: {},
				url: `${url}?key=secret`,
				body: Buffer.from('key=secret'),
				verdictOf: async () => 'accepted',
				cleanUrl: (back) => back.replace('?key=secret', ''),
			};
		},
	});

	it('goes out, and is not a part of the result', async () => {
		const world = answering(answer(200));
		world.api.authorizer = inUrl();
		expect(await world.call({ method: 'POST' })).toEqual(resultOf(200));
		expect(world.urls()).toEqual([`${URL_OF_API}?key=secret`]);
		expect(world.sent[0]?.request.body).toEqual(Buffer.from('key=secret'));
	});

	it('is not sent to another origin that the API redirects to with it', async () => {
		const world = answering(redirectTo(`${ELSEWHERE}?key=secret`, 307), answer(500));
		world.api.authorizer = inUrl();
		world.api.retry = { ...world.api.retry, maxRetries: 0 };
		expect(await world.call({ method: 'POST' })).toMatchObject({ url: ELSEWHERE });
		expect(world.urls()).toEqual([`${URL_OF_API}?key=secret`, ELSEWHERE]);
		expect(world.sent[1]?.request.body).toBeUndefined();
	});

	it('is sent once where the API redirects to itself with it', async () => {
		const world = answering(redirectTo('/v2?key=secret'), answer(200));
		world.api.authorizer = inUrl();
		await world.call();
		expect(world.urls()[1]).toBe('https://api.example.com/v2?key=secret');
	});
});

describe('a refusal that the status does not tell', () => {
	it('is renewed once as any other, and then told', async () => {
		const world = answering(answer(200));
		const { authorize } = world.api.authorizer;
		world.api.authorizer = {
			authorize: async (request) => ({
				...(await authorize(request)),
				verdictOf: async () => 'replaced',
			}),
		};
		expect(await world.call()).toEqual({ ...resultOf(200), isUnauthorized: true });
		expect(world.sent).toHaveLength(2);
	});
});

describe('a redirect', () => {
	it('is followed, and the result says where it came from', async () => {
		const world = answering(redirectTo('/v2/records'), answer(200));
		expect(await world.call()).toMatchObject({
			...answer(200),
			url: 'https://api.example.com/v2/records',
		});
	});

	it('keeps the authorization within the origin', async () => {
		const world = answering(redirectTo('/v2/records'), answer(200));
		await world.call();
		expect(tokensSent(world)).toEqual(['Bearer first', 'Bearer first']);
	});

	it.each([
		['another host', ELSEWHERE],
		['another port', 'https://api.example.com:8443/records'],
		['http', 'http://api.example.com/records'],
	])('takes no authorization to %s', async (_name, url) => {
		const world = answering(redirectTo(url, 307), answer(200));
		expect(await world.call()).toMatchObject({ ...answer(200), url });
		expect(tokensSent(world)).toEqual(['Bearer first', undefined]);
	});

	it('takes no user name along that would be sent in place of the authorization', async () => {
		const world = answering(redirectTo('https://bob:pass@api.example.com/v2'), answer(200));
		expect(await world.call()).toMatchObject({ url: 'https://api.example.com/v2' });
	});

	it('takes nothing to another origin that the call itself says about the client', async () => {
		const world = answering(redirectTo(ELSEWHERE), answer(200));
		await world.call({ headers: { Cookie: 'session=1', DPoP: 'proof', Accept: 'text/plain' } });
		expect(world.sent[1]?.request.headers).toEqual({ Accept: 'text/plain' });
	});

	it("does not blame the token for another origin's 401", async () => {
		const world = answering(redirectTo(ELSEWHERE), answer(401));
		expect(await world.call()).toMatchObject(answer(401));
		expect(world.sent).toHaveLength(2);
	});

	it('is the answer where none are to be followed', async () => {
		const world = answering(redirectTo('/v2/records'));
		const result = await world.call({}, { maxRedirects: 0 });
		expect(result).toMatchObject({ ...redirectTo('/v2/records'), url: URL_OF_API });
		expect(result).not.toHaveProperty('obstacle');
		expect(world.sent).toHaveLength(1);
	});

	it('is the answer where as many have been followed as there may be', async () => {
		const world = setUp(() => (_request, index) => redirectTo(`/${index}`));
		const result = await world.call({}, { maxRedirects: 3 });
		expect(result).toMatchObject({ ...redirectTo('/3'), url: 'https://api.example.com/2' });
		expect(result).toHaveProperty('obstacle.kind', 'tooManyRedirects');
		expect(world.sent).toHaveLength(4);
	});

	it.each([
		['no web address', redirectTo('ftp://api.example.com/a')],
		['no address at all', redirectTo('http://')],
		['several addresses', redirectTo('/a', 300)],
	])('to %s is the answer, and says so', async (_name, redirect) => {
		const world = answering(redirect);
		expect(await world.call()).toMatchObject({
			...redirect,
			obstacle: { kind: 'redirectsNowhere' },
		});
		expect(world.sent).toHaveLength(1);
	});

	it.each([
		['without an address', answer(302)],
		['that says "not modified"', redirectTo('/a', 304)],
	])('%s is none', async (_name, response) => {
		expect(await answering(response).call()).not.toHaveProperty('obstacle');
	});

	it('to itself ends', async () => {
		const world = answering(redirectTo(URL_OF_API));
		expect(await world.call()).toMatchObject(redirectTo(URL_OF_API));
		expect(world.sent).toHaveLength(6);
	});

	it('says where no answer came from', async () => {
		const { call } = answering(redirectTo(ELSEWHERE), noAnswer('CERT_HAS_EXPIRED'));
		expect(await call()).toMatchObject({ kind: 'networkError', url: ELSEWHERE });
	});

	it('is followed anew when the call is sent again', async () => {
		const world = answering(redirectTo('/a'), answer(503), redirectTo('/b'), answer(200));
		const result = await world.call({}, { maxRedirects: 1 });
		expect(result).toMatchObject({ ...answer(200), url: 'https://api.example.com/b' });
	});

	it('does not send a POST twice that was answered, though its new page is busy', async () => {
		const world = setUp(() => ({ method }, index) => {
			if (method === 'POST') return redirectTo('/records/1', 303);
			return index < 2 ? answer(429) : answer(200);
		});
		expect(await world.call({ method: 'POST' })).toMatchObject(answer(200));
		expect(world.sent.map(({ request }) => request.method)).toEqual(['POST', 'GET', 'GET']);
	});

	it('fetches the result of a POST that was answered, though the call should wait no longer', async () => {
		const run = new AbortController();
		const world = setUp(() => ({ method }, index) => {
			run.abort();
			if (method === 'POST') return redirectTo('/records/1', 303);
			return index < 2 ? answer(503) : answer(200);
		});
		const result = await world.call({ method: 'POST' }, { signal: run.signal });
		expect(result).toMatchObject(answer(200));
		expect(world.sent.map(({ request }) => request.method)).toEqual(['POST', 'GET', 'GET']);
	});

	it('says that a POST has had an effect where its new page must not be asked for', async () => {
		const world = answering(redirectTo(ELSEWHERE, 303));
		world.api.checkRedirect = () => {
			throw new Error('Not allowed');
		};
		await expect(world.call({ method: 'POST' })).rejects.toMatchObject({
			name: 'ResultNotFetched',
			cause: new Error('Not allowed'),
		});
		await expect(world.call()).rejects.toThrow('Not allowed');
	});

	it('says that a POST has had an effect where there is no token for its new page', async () => {
		const world = answering(redirectTo('/records/1', 303));
		const { authorize } = world.api.authorizer;
		world.api.authorizer.authorize = async (request) => {
			if (request.method === 'GET') throw new Error('No token');
			return await authorize(request);
		};
		await expect(world.call({ method: 'POST' })).rejects.toMatchObject({
			name: 'ResultNotFetched',
			cause: new Error('No token'),
		});
	});

	it('tells how long the API wants no call, where that keeps a redirect from being followed', async () => {
		const world = setUp(() => async ({ method }) => {
			if (method === 'POST') {
				const turn = await world.api.pacer.turn({ maxPauseMs: Infinity });
				if (turn.go) turn.end(throttledFor(3_600));
				return redirectTo('/records/1', 303);
			}
			return answer(200);
		});
		expect(await world.call({ method: 'POST' })).toMatchObject({
			...redirectTo('/records/1', 303),
			obstacle: pauseOf(3_600_000),
			inDoubt: true,
		});
	});

	it('ends all the same when the run is cancelled', async () => {
		const run = new AbortController();
		const world = setUp(() => ({ method }) => {
			run.abort(new Error('cancelled'));
			return method === 'POST' ? redirectTo('/records/1', 303) : answer(200);
		});
		world.api.cancelSignal = run.signal;
		await expect(world.call({ method: 'POST' }, { signal: run.signal })).rejects.toThrow(
			'cancelled',
		);
	});

	it('says that the run was cancelled, whatever effect a POST has had, while its new page is fetched', async () => {
		const run = new AbortController();
		const cancelled = new Error('cancelled');
		const world = setUp(() => ({ method }) => {
			if (method === 'POST') return redirectTo('/records/1', 303);
			run.abort(cancelled);
			throw cancelled;
		});
		world.api.cancelSignal = run.signal;
		const call = world.call({ method: 'POST' }, { signal: run.signal });
		await expect(call).rejects.toBe(cancelled);
	});

	it.each([
		['fails', answer(500)],
		['cannot be reached', noAnswer('ECONNREFUSED')],
		['is not to be asked for for too long', answer(429, { 'retry-after': '3600' })],
	])('leaves a POST in doubt where its new page %s', async (_name, outcome) => {
		const world = setUp(
			() =>
				({ method }) =>
					method === 'POST' ? redirectTo('/records/1', 303) : outcome,
			{ retry: { maxRetries: 0 } },
		);
		expect(await world.call({ method: 'POST' })).toMatchObject({ inDoubt: true });
	});

	it('does not send a POST twice that was answered, though its new page refuses the token', async () => {
		const world = setUp(() => ({ method, headers }) => {
			if (method === 'POST') return redirectTo('/records/1', 303);
			return answer(headers.authorization === 'Bearer second' ? 200 : 401);
		});
		expect(await world.call({ method: 'POST' })).toMatchObject(answer(200));
		expect(world.sent.map(({ request }) => request.method)).toEqual(['POST', 'GET', 'GET']);
	});
});

describe('a failure that may pass', () => {
	it('is retried after a wait that grows', async () => {
		const world = setUp(() => inTurn(answer(503), answer(502), noAnswer(), answer(200)), {
			random: () => 0.5,
		});
		expect(await world.call()).toMatchObject(answer(200));
		expect(world.timing.sleeps).toEqual([500, 1_000, 2_000]);
	});

	it('is told to the person who watches', async () => {
		const world = answering(answer(503), throttledFor(3), answer(200));
		await world.call();
		expect(world.retries).toEqual([
			{ cause: answer(503), waitMs: 500 },
			{ cause: throttledFor(3), waitMs: 3_000 },
		]);
	});

	it('needs nobody who watches', async () => {
		const { api } = answering(answer(503), answer(200));
		const call = { request: aRequest(), maxRedirects: 0 };
		const result = await callApi(call, { ...api, onRetry: undefined });
		expect(result).toMatchObject(answer(200));
	});

	it('ends the call when the retries are spent', async () => {
		const world = setUp(() => inTurn(answer(503), answer(502), answer(504), answer(200)), {
			retry: { maxRetries: 2 },
		});
		expect(await world.call()).toEqual(resultOf(504));
		expect(world.sent).toHaveLength(3);
	});

	/** Another call that is answered, all the time until this one is. */
	async function besideOthers<T>(world: World, result: Promise<T>): Promise<T> {
		let isDone = false;
		void result.finally(() => (isDone = true));
		while (!isDone) await Promise.all([world.call(), world.timing.sleep(100)]);
		return await result;
	}
	const turnedAway = (world: FakeTiming, times: number) => {
		let count = 0;
		return async ({ url }: HttpRequest) => {
			const isBusy = url.endsWith('/busy') && count++ < times;
			await world.sleep(isBusy ? 150 : 10);
			return answer(isBusy ? 503 : 200);
		};
	};

	it('costs no retry where it is a 503 while other calls are answered, as of nginx that limits rates', async () => {
		const world = setUp((timing) => turnedAway(timing, 12), { random: () => 0.5 });
		const result = world.call({ url: `${URL_OF_API}/busy` });
		expect(await besideOthers(world, result)).toMatchObject(answer(200));
	});

	it('ends such a call after the longest pause', async () => {
		const world = setUp((timing) => turnedAway(timing, Infinity));
		const result = world.call({ url: `${URL_OF_API}/busy` });
		expect(await besideOthers(world, result)).toMatchObject({
			...answer(503),
			obstacle: { kind: 'refusal' },
		});
		expect(world.timing.elapsedMs()).toBeLessThan(330_000);
	});

	it('ends such a call at once without retries', async () => {
		const world = setUp((timing) => turnedAway(timing, Infinity), { retry: { maxRetries: 0 } });
		const result = world.call({ url: `${URL_OF_API}/busy` });
		expect(await besideOthers(world, result)).toMatchObject(answer(503));
		expect(world.timing.elapsedMs()).toBeLessThan(1_000);
	});

	it('is not retried for a POST that may have been acted upon', async () => {
		const world = answering(answer(504), answer(200));
		expect(await world.call({ method: 'POST' })).toMatchObject(answer(504));
	});

	it('keeps nobody else waiting', async () => {
		const world = setUp(
			() =>
				({ url }, index) =>
					answer(url.endsWith('/bad') && index === 0 ? 503 : 200),
		);
		const bad = world.call({ url: `${URL_OF_API}/bad` });
		await world.call({ url: `${URL_OF_API}/good` });
		expect(world.timing.elapsedMs()).toBe(0);
		expect(await bad).toMatchObject(answer(200));
	});

	it('keeps nobody else waiting, though a 502 asks for a long pause', async () => {
		const world = answering(answer(502, { 'retry-after': '3600' }), answer(200));
		expect(await world.call()).toMatchObject(answer(502));
		expect(await world.call()).toMatchObject(answer(200));
	});
});

describe('an API that asks for a pause', () => {
	it.each([
		['429', answer(429, { 'retry-after': '5' })],
		['503', answer(503, { 'retry-after': '5' })],
		['403', answer(403, { 'retry-after': '5' })],
	])('with a %s is called by nobody until it is over', async (_name, refusal) => {
		const world = setUp(() => inTurn(refusal, answer(200)));
		const first = world.call();
		await world.timing.sleep(1_000);
		await Promise.all([first, world.call(), world.call()]);
		expect(timesSent(world)[1]).toBe(5_000);
		expect(world.sent).toHaveLength(4);
	});

	it('is called again by everybody when it is over, and all get through', async () => {
		const world = setUp((timing) => {
			const end = timing.now() + 10_000;
			return () => (timing.now() < end ? throttledFor(10) : answer(200));
		});
		const results = await Promise.all(Array.from({ length: 20 }, () => world.call()));
		expect(results).toEqual(Array.from({ length: 20 }, () => resultOf(200)));
		const [late] = timesSent(world).filter((atMs) => atMs > 0);
		expect(late).toBe(10_000);
	});

	it('is backed off from by everybody where it does not say how long', async () => {
		const world = setUp(() => inTurn(answer(429), answer(200)));
		const first = world.call();
		await world.timing.sleep(100);
		await Promise.all([first, world.call()]);
		expect(timesSent(world)[1]).toBeGreaterThan(50);
		expect(world.sent).toHaveLength(3);
	});

	it('delivers everything, at one retry each, where it takes few at a time', async () => {
		const world = setUp(limitedTo(5, 1_000), { retry: { maxRetries: 1 } });
		const results = await Promise.all(
			Array.from({ length: 40 }, () => world.call({ method: 'POST' })),
		);
		for (const result of results) expect(result).toMatchObject(answer(200));
		expect(world.timing.elapsedMs()).toBeLessThan(20_000);
	});

	it('is given up when it has accepted nothing for longer than a pause may be', async () => {
		const world = setUp(() => () => throttledFor(1), { retry: { maxRetryAfterMs: 60_000 } });
		const results = await Promise.all([world.call(), world.call(), world.call()]);
		for (const result of results) {
			expect(result).toHaveProperty('obstacle.kind', 'refusal');
		}
		expect(world.timing.elapsedMs()).toBeGreaterThan(60_000);
		expect(world.timing.elapsedMs()).toBeLessThan(100_000);
		expect(world.sent.length).toBeLessThan(65);
	});

	it('has not refused a call all the time that failed otherwise in between', async () => {
		const other = 'https://api.example.com/other';
		const outcomes = [throttledFor(1), noAnswer('TIMEOUT'), throttledFor(1)];
		const world = setUp(
			(timing) =>
				async ({ url }) => {
					if (url === other) return answer(200);
					const outcome = outcomes.shift() ?? answer(200);
					if (outcome.kind === 'networkError') await timing.sleep(120_000);
					return outcome;
				},
			{ retry: { maxRetryAfterMs: 60_000 } },
		);
		const called = world.call();
		await world.timing.sleep(100_000);
		await world.call({ url: other });
		expect(await called).toMatchObject(answer(200));
	});

	it('has not refused anything while the machine slept', async () => {
		const world = setUp(
			(timing) => (_request, index) => {
				if (index === 1) timing.setClock(8 * 3_600_000);
				return index < 3 ? answer(429) : answer(200);
			},
			{ retry: { maxRetryAfterMs: 60_000 } },
		);
		const results = await Promise.all([world.call(), world.call(), world.call()]);
		for (const result of results) expect(result).toMatchObject(answer(200));
	});

	it('is given up in time also where it does not say how long', async () => {
		const world = setUp(() => () => answer(429));
		expect(await world.call()).toHaveProperty('obstacle.kind', 'refusal');
		expect(world.timing.elapsedMs()).toBeLessThan(330_000);
		expect(world.sent.length).toBeLessThan(40);
	});

	it('is called once where retries are off', async () => {
		const world = setUp(() => () => throttledFor(1), { retry: { maxRetries: 0 } });
		expect(await world.call()).toEqual({ ...resultOf(429), ...throttledFor(1) });
		expect(world.sent).toHaveLength(1);
	});

	it('pauses the other calls also when the call that learns of it gives up', async () => {
		const world = setUp(() => inTurn(throttledFor(10), answer(200)), { retry: { maxRetries: 0 } });
		expect(await world.call()).toMatchObject(throttledFor(10));
		expect(await world.call()).toMatchObject(answer(200));
		expect(timesSent(world)).toEqual([0, 10_000]);
	});

	it('counts as having accepted a call also where its answer is an error', async () => {
		const world = setUp(
			(timing) =>
				async ({ url }, index) => {
					if (url.endsWith('/missing')) {
						await timing.sleep(100);
						return answer(404);
					}
					await timing.sleep(200);
					return index < 3 ? throttledFor(1) : answer(200);
				},
			{ retry: { maxRetries: 1 } },
		);
		// Refused twice; the first time while another call got through, so that it costs no retry.
		const [late] = await Promise.all([world.call(), world.call({ url: `${URL_OF_API}/missing` })]);
		expect(late).toMatchObject(answer(200));
	});

	it('is called again after a backoff of the policy, though it may be longer than a pause may be', async () => {
		const world = setUp(() => inTurn(answer(429), answer(200)), {
			retry: { baseMs: 20_000, capMs: 20_000, maxRetryAfterMs: 5_000 },
		});
		// `maxRetryAfterMs` is about what the API asks for, and it asked for nothing.
		expect(await world.call()).toMatchObject(answer(200));
	});
});

describe('an API that does not answer', () => {
	const hanging = (timing: FakeTiming) => async () => {
		await timing.sleep(60_000);
		return noAnswer('TIMEOUT');
	};
	const callInTurn = async ({ call }: World, times: number) => {
		const results: Array<Awaited<ReturnType<typeof callApi>>> = [];
		for (let count = 0; count < times; count++) results.push(await call());
		return results;
	};

	it('is not waited for by each call anew', async () => {
		const world = setUp(hanging, { retry: { maxRetryAfterMs: 120_000 } });
		const [first, ...others] = await callInTurn(world, 20);
		expect(first).toMatchObject(noAnswer('TIMEOUT'));
		for (const other of others) {
			expect(other).toMatchObject({ kind: 'notSent', obstacle: { kind: 'silence' } });
		}
		expect(world.timing.elapsedMs()).toBeLessThan(300_000);
	});

	it.each([502, 503, 504])('is one for which a gateway answers %i', async (status) => {
		const world = setUp(
			(timing) => async () => {
				await timing.sleep(60_000);
				return answer(status);
			},
			{ retry: { maxRetryAfterMs: 120_000 } },
		);
		const results = await callInTurn(world, 5);
		expect(results.filter(({ kind }) => kind === 'notSent')).toHaveLength(4);
	});

	it('is not one that redirects to a host that does not', async () => {
		const world = setUp(
			(timing) => (request) =>
				request.url === ELSEWHERE ? hanging(timing)() : redirectTo(ELSEWHERE),
			{ retry: { maxRetryAfterMs: 120_000 } },
		);
		for (const result of await callInTurn(world, 5)) {
			expect(result).toMatchObject({ kind: 'networkError', url: ELSEWHERE });
		}
	});

	it('is not one that answers now and then', async () => {
		const world = setUp(
			(timing) => async (_request, index) =>
				index % 2 === 0 ? hanging(timing)() : answer(index % 4 === 1 ? 200 : 404),
			{ retry: { maxRetryAfterMs: 60_000 } },
		);
		const results = await callInTurn(world, 10);
		expect(results.map(({ kind }) => kind)).toEqual(Array(10).fill('response'));
	});

	it('has not been silent while the machine slept', async () => {
		const world = setUp(
			(timing) => (_request, index) => {
				if (index === 1) timing.setClock(8 * 3_600_000);
				return index < 3 ? noAnswer('ENETUNREACH') : answer(200);
			},
			{ retry: { maxRetryAfterMs: 120_000 } },
		);
		expect(await world.call()).toMatchObject(answer(200));
	});

	it('has not been silent while nobody asked', async () => {
		const world = setUp(
			() => (_request, index) =>
				index === 0 || index === 1 ? noAnswer('ECONNRESET') : answer(200),
			{ retry: { maxRetries: 1, maxRetryAfterMs: 60_000 } },
		);
		await world.call({ method: 'POST' });
		await world.timing.sleep(600_000);
		expect(await world.call()).toMatchObject(answer(200));
	});

	it('has not been silent while calls waited for a Request Limit', async () => {
		const world = setUp((timing) => {
			const back = timing.now() + 420_000;
			return () => answer(timing.now() < back ? 502 : 200);
		});
		const limit = { requests: 1, spanMs: 90_000 };
		const results = await Promise.all(
			Array.from({ length: 10 }, async () => {
				const request = aRequest({ method: 'POST' });
				return await callApi({ request, maxRedirects: 0 }, { ...world.api, limit });
			}),
		);
		expect(results.filter(({ kind }) => kind === 'notSent')).toEqual([]);
	});

	it('gets each call at least for a minute, however short a pause may be', async () => {
		const world = setUp(() => () => noAnswer('ECONNRESET'), { retry: { maxRetryAfterMs: 0 } });
		await callInTurn(world, 2);
		expect(world.sent).toHaveLength(2 * 6);
	});
});

describe('an API that asks for too long a pause', () => {
	const tooLong = throttledFor(3_600);

	it('ends the call at once, and the result says how long it is', async () => {
		const world = answering(tooLong);
		expect(await world.call()).toEqual({
			...resultOf(429),
			...tooLong,
			obstacle: pauseOf(3_600_000),
		});
		expect(world.sent).toHaveLength(1);
		expect(world.timing.elapsedMs()).toBe(0);
	});

	it.each([
		[
			'as a moment',
			{ 'x-ratelimit-reset': `${Date.UTC(2026, 0, 1, 0, 40) / 1000}` },
			'x-ratelimit',
		],
		['in seconds', { 'ratelimit-reset': '2400' }, 'ratelimit'],
	])(
		'ends the call at once where a refusal says %s when the spent budget is back',
		async (_name, reset, prefix) => {
			const budget = { [`${prefix}-limit`]: '5000', [`${prefix}-remaining`]: '0', ...reset };
			const refusal = answer(429, budget);
			const world = answering(refusal);
			expect(await world.call()).toEqual({
				...resultOf(429),
				...refusal,
				obstacle: pauseOf(2_400_000),
			});
			expect(await world.call()).toMatchObject({ kind: 'notSent', obstacle: pauseOf(2_400_000) });
			expect(world.sent).toHaveLength(1);
		},
	);

	it('is asked nevertheless where what it says may be seconds or milliseconds', async () => {
		const budget = { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '0' };
		const refusal = answer(429, { ...budget, 'x-ratelimit-reset': '2400' });
		const world = answering(refusal, answer(200));
		expect(await world.call()).toMatchObject(answer(200));
		expect(world.timing.elapsedMs()).toBeLessThan(60_000);
	});

	it('gets no further calls: they end with what is left of the pause', async () => {
		const world = answering(tooLong);
		await world.call();
		await world.timing.sleep(60_000);
		const results = await Promise.all([world.call(), world.call()]);
		expect(results).toEqual([
			{ kind: 'notSent', obstacle: pauseOf(3_540_000), inDoubt: false },
			{ kind: 'notSent', obstacle: pauseOf(3_540_000), inDoubt: false },
		]);
		expect(world.sent).toHaveLength(1);
	});

	it('is called again when what is left of the pause is acceptable', async () => {
		const world = answering(tooLong, answer(200));
		await world.call();
		await world.timing.sleep(3_400_000);
		expect(await world.call()).toMatchObject(answer(200));
		expect(timesSent(world)).toEqual([0, 3_600_000]);
	});

	it('ends calls at once that wait for a shorter one', async () => {
		const world = setUp((timing) => async (_request, index) => {
			if (index === 0) return throttledFor(10);
			await timing.sleep(1_000);
			return tooLong;
		});
		const results = await Promise.all([world.call(), world.call()]);
		expect(results[0]).toMatchObject({ ...tooLong, obstacle: pauseOf(3_600_000) });
		expect(results[1]).toMatchObject({ kind: 'notSent' });
		expect(world.timing.elapsedMs()).toBe(11_000);
	});
});

describe('aborting', () => {
	async function abortAfter(ms: number, world: World) {
		const abort = new AbortController();
		void world.timing.sleep(ms).then(() => abort.abort());
		await expect(world.call({}, { signal: abort.signal })).rejects.toThrow('aborted');
		expect(world.timing.elapsedMs()).toBe(ms);
	}

	it('ends the wait before a retry at once', async () => {
		const world = answering(answer(503, { 'retry-after': '0' }));
		await abortAfter(100, world);
		expect(world.sent).toHaveLength(1);
	});

	it('ends the wait for a pause at once', async () => {
		const world = answering(throttledFor(60));
		await abortAfter(100, world);
		expect(world.sent).toHaveLength(1);
	});

	it('ends the wait for a pause that another call was told of', async () => {
		const world = answering(answer(200));
		const end = await world.api.pacer.turn({ maxPauseMs: 0 });
		if (end.go) end.end(throttledFor(60));
		await abortAfter(100, world);
		expect(world.sent).toHaveLength(0);
	});

	it('is told to the authorizer and the transport', async () => {
		const { api } = answering(answer(200));
		const signals: unknown[] = [];
		const { signal } = new AbortController();
		await callApi(
			{ request: aRequest(), maxRedirects: 0 },
			{
				...api,
				authorizer: {
					authorize: (request, given) => {
						signals.push(given);
						return api.authorizer.authorize(request);
					},
				},
				transport: (request, given) => {
					signals.push(given);
					return api.transport(request);
				},
			},
			signal,
		);
		expect(signals).toEqual([signal, signal]);
	});

	it('before the call lets nothing leave', async () => {
		const world = answering(answer(200));
		await expect(world.call({}, { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
		expect(world.sent).toHaveLength(0);
	});
});

/** So many calls in a window that begins with its first; the others are told when it ends. */
function limitedTo(calls: number, windowMs: number) {
	return (timing: FakeTiming): Respond => {
		let windowEnds = 0;
		let taken = 0;
		return () => {
			if (timing.now() >= windowEnds) {
				windowEnds = timing.now() + windowMs;
				taken = 0;
			}
			if (taken++ < calls) return answer(200);
			return throttledFor((windowEnds - timing.now()) / 1000);
		};
	};
}
