import pMap from 'p-map';
import type { Api } from '../../http/call/api';
import { callApi } from '../../http/call/callApi';
import { createSilence } from '../../http/call/silence';
import type { Outcome } from '../../http/message';
import { createPacer } from '../../http/pacing/pacer';
import { DEFAULT_RETRY_POLICY } from '../../http/retry/decideRetry';
import { answer, type Headers } from './answer';
import { clairvoyantMs } from './clairvoyant';
import type { Limiter, Verdict } from './limiters';
import { createVirtualTime, seededRandom } from './virtualTime';

export interface Case {
	limiter: () => Limiter;
	headers: Headers;
	/** Processes that share the limit, each with a pacer of its own. */
	processes: number;
	/** Calls in all. */
	calls: number;
	/** Of each process. */
	concurrency: number;
	serviceMs: number;
	seed: number;
	/** So many calls of each process come first, each so long before the next. They are not measured. */
	before?: { calls: number; gapMs: number };
	/** Sees each arrival, in ms since the first one. */
	onArrival?: (atMs: number, process: number, verdict: Verdict) => void;
}

export interface Figures {
	/** Time from the first arrival to the last accepted one, over that of a clairvoyant client. */
	ratio: number;
	/** Refused calls, over all calls that had to be made. */
	wasted: number;
	/** The part that arrived and was accepted. */
	delivered: number;
	/** Calls that were accepted more than once. */
	duplicates: number;
}

/** One way, each way. */
const LATENCY_MS = { min: 5, max: 15 };

/** Sends the calls through the real code, in virtual time, to a simulated API. */
export async function simulate(options: Case): Promise<Figures> {
	const { processes, concurrency, serviceMs, headers, before } = options;
	const time = createVirtualTime(seededRandom(options.seed));
	const limiter = options.limiter();
	const perProcess = Math.ceil(options.calls / processes);
	const calls = perProcess * processes;
	const deliveries = Array.from({ length: calls }, () => 0);
	/** Of the calls that are measured. */
	let firstAtMs: number | undefined;
	let lastAtMs = 0;
	let refused = 0;

	const travel = (): Promise<void> =>
		time.sleep(LATENCY_MS.min + time.random() * (LATENCY_MS.max - LATENCY_MS.min));

	async function exchange(onArrival: (atMs: number, verdict: Verdict) => void): Promise<Outcome> {
		await travel();
		const arrivedAtMs = time.now();
		const verdict = limiter.arrive(arrivedAtMs);
		onArrival(arrivedAtMs, verdict);
		const freeInMs = limiter.nextFreeAtMs(arrivedAtMs) - arrivedAtMs;
		const said = answer(verdict, headers, arrivedAtMs, freeInMs);
		if (verdict.accepted) await time.sleep(serviceMs);
		await travel();
		return said;
	}

	const earlierTransport = async (): Promise<Outcome> => await exchange(() => undefined);

	const transportOf =
		(id: number): Api['transport'] =>
		async () =>
			await exchange((atMs, verdict) => {
				firstAtMs ??= atMs;
				options.onArrival?.(atMs - firstAtMs, Math.floor(id / perProcess), verdict);
				if (!verdict.accepted) {
					refused++;
					return;
				}
				lastAtMs = atMs;
				deliveries[id] = (deliveries[id] ?? 0) + 1;
			});

	async function runProcess(process: number): Promise<void> {
		const api: Omit<Api, 'transport'> = {
			origin: 'http://api.test',
			authorizer: {
				authorize: () =>
					Promise.resolve({ headers: {}, verdictOf: () => Promise.resolve('accepted') }),
			},
			pacer: createPacer(time),
			silence: createSilence(),
			retry: DEFAULT_RETRY_POLICY,
			timing: time,
		};
		const request = { method: 'POST', url: 'http://api.test/', headers: {}, timeoutMs: 1 };
		const send = async (transport: Api['transport']): Promise<unknown> =>
			await callApi({ request, maxRedirects: 0 }, { ...api, transport });
		if (before !== undefined) {
			for (let call = 0; call < before.calls; call++) {
				await send(earlierTransport);
				await time.sleep(before.gapMs);
			}
		}
		const ids = Array.from({ length: perProcess }, (_, index) => process * perProcess + index);
		await pMap(ids, async (id) => await send(transportOf(id)), { concurrency });
	}
	await time.run(Promise.all(Array.from({ length: processes }, (_, index) => runProcess(index))));

	const client = {
		connections: concurrency * processes,
		oneWayMs: (LATENCY_MS.min + LATENCY_MS.max) / 2,
		serviceMs,
	};
	const idealMs = clairvoyantMs(options.limiter(), calls, client, firstAtMs);
	return {
		ratio: (lastAtMs - (firstAtMs ?? 0)) / idealMs,
		wasted: refused / calls,
		delivered: deliveries.filter((times) => times > 0).length / calls,
		duplicates: deliveries.filter((times) => times > 1).length,
	};
}
