/** Simulates APIs of every kind in virtual time, and writes the table in docs/pacing.md. */
import {
	concurrencyLimit,
	fixedWindow,
	slidingWindow,
	tokenBucket,
	type Limiter,
} from './limiters';
import { simulate, type Figures, type Headers } from './simulate';

const RATES = [2, 20, 200];
const PROCESSES = [1, 4];
const HEADERS: Headers[] = [
	'RateLimit',
	'RateLimit-*',
	'X-RateLimit-* (epoch)',
	'Retry-After',
	'none',
];
const SECONDS = 30;
const CONCURRENCY = 10;

type Kind = {
	limiter: (rate: number) => () => Limiter;
	headers: Headers[];
	serviceMs: (rate: number) => number;
};
const KINDS: Kind[] = [
	{ limiter: (rate) => () => fixedWindow(rate, 1_000), headers: HEADERS, serviceMs: () => 2 },
	{ limiter: (rate) => () => fixedWindow(rate * 10, 10_000), headers: HEADERS, serviceMs: () => 2 },
	{ limiter: (rate) => () => slidingWindow(rate, 1_000), headers: HEADERS, serviceMs: () => 2 },
	{ limiter: (rate) => () => tokenBucket(rate, rate), headers: HEADERS, serviceMs: () => 2 },
	{
		limiter: (rate) => () => concurrencyLimit(4, 4_000 / rate),
		headers: ['none'],
		serviceMs: (rate) => 4_000 / rate,
	},
];

async function main(): Promise<void> {
	for (const kind of KINDS) {
		for (const headers of kind.headers) {
			for (const rate of RATES) {
				for (const processes of PROCESSES) {
					const results: Figures[] = [];
					for (const seed of [1, 2, 3]) {
						results.push(
							await simulate({
								limiter: kind.limiter(rate),
								headers,
								processes,
								calls: Math.max(100, rate * SECONDS),
								concurrency: CONCURRENCY,
								serviceMs: kind.serviceMs(rate),
								seed,
							}),
						);
					}
					const worst = (key: 'ratio' | 'wasted'): number =>
						Math.max(...results.map((r) => r[key]));
					const informed = headers !== 'none' && headers !== 'Retry-After';
					const ok =
						worst('ratio') <= (informed ? 1.1 : 1.25) && worst('wasted') <= (informed ? 0.05 : 0.1);
					const delivered = Math.min(...results.map((r) => r.delivered));
					const duplicates = Math.max(...results.map((r) => r.duplicates));
					console.log(
						[
							kind.limiter(rate)().name.padEnd(15),
							headers.padEnd(22),
							`${rate}/s`.padStart(6),
							processes,
							worst('ratio').toFixed(2),
							`${(worst('wasted') * 100).toFixed(1)}%`.padStart(6),
							delivered,
							duplicates,
							ok ? '' : '  <<<',
						].join('  '),
					);
				}
			}
		}
	}
}

void main();
