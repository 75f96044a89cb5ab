import pMap from 'p-map';
import { callApi, type Api } from '../../http/call';
import type { Outcome } from '../../http/message';
import { createPacer } from '../../http/pacing/pacer';
import { DEFAULT_RETRY_POLICY } from '../../http/retry';
import type { Limiter, Verdict } from './limiters';
import { createVirtualTime, seededRandom, type VirtualTime } from './virtualTime';

export type Headers =
	'none' | 'Retry-After' | 'RateLimit' | 'RateLimit-*' | 'X-RateLimit-* (epoch)';

export interface Case {
	limiter: () => Limiter;
	headers: Headers;
	/** Processes that share the limit, each with a pacer of its own. */
	processes: number;
	/** Calls in all. */
	calls: number;
	concurrency: number;
	serviceMs: number;
	seed: number;
}

export interface Figures {
	/** Time from the first arrival to the last accepted one, over the ideal. */
	ratio: number;
	/** Refused calls, over all calls that had to be made. */
	wasted: number;
	delivered: number;
	duplicates: number;
}

/** One way, each way. */
const LATENCY_MS = { min: 5, max: 15 };

/** Sends the calls through the real code, in virtual time, to a simulated API. */
export async function simulate(options: Case): Promise<Figures> {
	const time = createVirtualTime(seededRandom(options.seed));
	const limiter = options.limiter();
	const deliveries = new Map<number, number>();
	let firstAtMs: number | undefined;
	let lastAtMs = 0;
	let refused = 0;

	const createApi = (id: { current: number }): Api => ({
		transport: async () => {
			const call = id.current;
			await time.sleep(latency(time));
			const arrivedAtMs = time.now();
			firstAtMs ??= arrivedAtMs;
			const verdict = limiter.arrive(arrivedAtMs);
			if (verdict.accepted) {
				lastAtMs = arrivedAtMs;
				deliveries.set(call, (deliveries.get(call) ?? 0) + 1);
				await time.sleep(options.serviceMs);
				limiter.leave?.();
			} else {
				refused++;
			}
			await time.sleep(latency(time));
			return answer(verdict, options.headers, time.now());
		},
		authorizer: {
			authorize: () => Promise.resolve({ headers: {}, refusedBy: () => Promise.resolve(false) }),
		},
		pacer: createPacer(time),
		retry: DEFAULT_RETRY_POLICY,
		timing: time,
	});

	const perProcess = Math.ceil(options.calls / options.processes);
	const runProcess = async (_: unknown, process: number): Promise<void> => {
		const shared = createApi({ current: 0 });
		const ids = Array.from({ length: perProcess }, (_value, index) => process * perProcess + index);
		await pMap(
			ids,
			async (id) => {
				const { transport } = createApi({ current: id });
				const request = { method: 'POST', url: 'http://api.test/', headers: {}, timeoutMs: 1 };
				await callApi({ request, maxRedirects: 0 }, { ...shared, transport });
			},
			{ concurrency: options.concurrency },
		);
	};
	await time.run(
		Promise.all(Array.from({ length: options.processes }, (_, index) => runProcess(_, index))),
	);

	const calls = perProcess * options.processes;
	const idealMs = limiter.idealMs(calls);
	return {
		ratio: (lastAtMs - (firstAtMs ?? 0)) / idealMs,
		wasted: refused / calls,
		delivered: [...deliveries.values()].length / calls,
		duplicates: [...deliveries.values()].filter((times) => times > 1).length,
	};
}

function latency(time: VirtualTime): number {
	return LATENCY_MS.min + time.random() * (LATENCY_MS.max - LATENCY_MS.min);
}

function answer(verdict: Verdict, headers: Headers, nowMs: number): Outcome {
	const { accepted, limit, remaining, resetMs, windowMs } = verdict;
	const seconds = Math.ceil(resetMs / 1000);
	const named: Record<Headers, Record<string, string>> = {
		none: {},
		'Retry-After': {},
		RateLimit: {
			ratelimit: `"default";r=${remaining};t=${seconds}`,
			'ratelimit-policy': `"default";q=${limit};w=${windowMs / 1000}`,
		},
		'RateLimit-*': {
			'ratelimit-limit': `${limit}`,
			'ratelimit-remaining': `${remaining}`,
			'ratelimit-reset': `${seconds}`,
		},
		'X-RateLimit-* (epoch)': {
			'x-ratelimit-limit': `${limit}`,
			'x-ratelimit-remaining': `${remaining}`,
			'x-ratelimit-reset': `${Math.ceil((nowMs + 1.7e12 + resetMs) / 1000)}`,
			date: new Date(nowMs + 1.7e12).toUTCString(),
		},
	};
	return {
		kind: 'response',
		response: {
			status: accepted ? 200 : 429,
			statusText: '',
			headers: {
				...named[headers],
				...(!accepted && headers !== 'none' && { 'retry-after': `${seconds}` }),
			},
			body: Buffer.alloc(0),
		},
	};
}
