import type { ServerSettings } from './server';

/** What makes the calls, and of the case what is different for it. */
export type Variant = (
	| /** n8n's HTTP Request node with its OAuth2 credential. */
	  { kind: 'builtIn'; retryOnFail?: boolean }
	  /** This package's node. */
	| { kind: 'ours'; concurrency?: number; reuseConnections?: boolean; fixedUrl?: boolean }
	/** A bare loop of n8n's helper; `readsUrl`: with one expression for each item. */
	| { kind: 'floor'; readsUrl?: boolean }
) & { items?: number; fileBytes?: number };

/** What is measured of a run. All but the counts are medians over the rounds. */
export type Figure =
	| 'itemsPerSecond'
	| 'cpuMsPerItem'
	| 'peakBytes'
	/** `peakBytes` without what was in use before the run. */
	| 'grownBytes'
	| 'grownBytesPerItem'
	| 'tokenRequests'
	| 'connections'
	| 'delivered'
	| 'duplicates';

/** What the measurement shall show. With `against`: of the ratio to that variant, else of the figure. */
export interface Goal {
	of: Variant;
	figure: Figure;
	against?: Variant;
	atLeast?: number;
	atMost?: number;
}

export interface Case {
	name: string;
	title: string;
	/** What the reader has to know to judge the figures. */
	note?: string;
	items: number;
	variants: Variant[];
	columns: Figure[];
	goals: Goal[];
	https?: boolean;
	/** `get`: the ID is in the URL. `post`: and the item is the body. */
	request?: 'get' | 'post' | 'file';
	server?: Partial<ServerSettings>;
	/** JSON in each item, beside its ID. */
	itemBytes?: number;
	/** Nobody has a token yet. */
	cold?: boolean;
	/** In an n8n that has just been started: its memory tells of this run only. */
	freshProcess?: boolean;
	rounds: number;
}

const builtIn: Variant = { kind: 'builtIn' };
const builtInRetry: Variant = { kind: 'builtIn', retryOnFail: true };
const ours: Variant = { kind: 'ours' };
const ours50: Variant = { kind: 'ours', concurrency: 50 };
const oursFixed: Variant = { kind: 'ours', fixedUrl: true };
const reuse: Variant = { kind: 'ours', reuseConnections: true };
const reuse50: Variant = { kind: 'ours', reuseConnections: true, concurrency: 50 };
const floor: Variant = { kind: 'floor' };
const floorReading: Variant = { kind: 'floor', readsUrl: true };

const MB = 1_000_000;
const SPEED: Figure[] = ['itemsPerSecond', 'cpuMsPerItem', 'peakBytes', 'connections'];
const MEMORY: Figure[] = ['itemsPerSecond', 'cpuMsPerItem', 'peakBytes', 'grownBytes'];
const DELIVERY: Figure[] = ['itemsPerSecond', 'delivered', 'duplicates', 'tokenRequests'];

const [builtIn100, ours100, builtIn3000, ours3000]: [Variant, Variant, Variant, Variant] = [
	{ ...builtIn, items: 100 },
	{ ...ours, items: 100 },
	{ ...builtIn, items: 3_000 },
	{ ...ours, items: 3_000 },
];
const [file20, file200, builtInFile200]: [Variant, Variant, Variant] = [
	{ ...ours, fileBytes: 20 * MB },
	{ ...ours, fileBytes: 200 * MB },
	{ ...builtIn, fileBytes: 200 * MB },
];
const [items25k, items50k, items100k]: [Variant, Variant, Variant] = [
	{ ...reuse, items: 25_000 },
	{ ...reuse, items: 50_000 },
	{ ...reuse, items: 100_000 },
];

export const CASES: Case[] = [
	{
		name: 'cold',
		title: 'No token yet',
		items: 100,
		cold: true,
		variants: [builtIn100, ours100, builtIn3000, ours3000],
		columns: DELIVERY,
		goals: [
			{ of: ours100, figure: 'tokenRequests', atMost: 1 },
			{ of: ours3000, figure: 'tokenRequests', atMost: 1 },
		],
		rounds: 3,
	},
	{
		name: 'limit',
		title: '300 items, the API accepts 20 per second',
		note: 'At 20 per second, 300 items take at least 14 seconds.',
		items: 300,
		request: 'post',
		server: { limitPerSecond: 20 },
		variants: [builtIn, builtInRetry, ours],
		columns: DELIVERY,
		goals: [
			{ of: ours, figure: 'delivered', atLeast: 300 },
			{ of: ours, figure: 'duplicates', atMost: 0 },
		],
		rounds: 1,
	},
	{
		name: 'http',
		title: '3,000 items over http',
		items: 3_000,
		variants: [builtIn, ours, reuse, floor],
		columns: SPEED,
		goals: [
			{ of: ours, figure: 'itemsPerSecond', against: builtIn, atLeast: 2.5 },
			{ of: reuse, figure: 'connections', atMost: 10 },
		],
		rounds: 4,
	},
	{
		name: 'https',
		title: '3,000 items over https',
		items: 3_000,
		https: true,
		variants: [builtIn, ours, reuse, floor],
		columns: SPEED,
		goals: [
			{ of: ours, figure: 'itemsPerSecond', against: builtIn, atLeast: 1.9 },
			{ of: reuse, figure: 'itemsPerSecond', against: builtIn, atLeast: 4 },
			{ of: reuse, figure: 'connections', atMost: 10 },
		],
		rounds: 4,
	},
	{
		name: 'latency-http',
		title: '3,000 items over http, the API takes 20 ms',
		note: 'With 10 calls at once, no client can do more than 500 items per second here.',
		items: 3_000,
		server: { latencyMs: 20 },
		variants: [builtIn, ours, ours50, reuse, reuse50],
		columns: SPEED,
		goals: [],
		rounds: 2,
	},
	{
		name: 'latency-https',
		title: '3,000 items over https, the API takes 20 ms',
		note: 'With 10 calls at once, no client can do more than 500 items per second here.',
		items: 3_000,
		https: true,
		server: { latencyMs: 20 },
		variants: [builtIn, ours, ours50, reuse, reuse50],
		columns: SPEED,
		goals: [{ of: reuse50, figure: 'itemsPerSecond', against: builtIn, atLeast: 4 }],
		rounds: 2,
	},
	{
		name: 'cpu',
		title: 'What the node adds to the calls: 10,000 items over http',
		note: 'The bare loop is the least that a node can do: n8n’s HTTP helper, ten calls at once, and a token that is already there. If URL is an expression, n8n evaluates it for each item, whichever node asks. This node reads each response as a stream, so that slow responses and large files do no harm: that is a third of what it adds.',
		items: 10_000,
		variants: [floor, oursFixed, floorReading, ours],
		columns: ['itemsPerSecond', 'cpuMsPerItem'],
		goals: [
			{ of: oursFixed, figure: 'cpuMsPerItem', against: floor, atMost: 1.15 },
			{ of: ours, figure: 'cpuMsPerItem', against: floorReading, atMost: 1.15 },
		],
		rounds: 3,
	},
	{
		name: '10k',
		title: '10,000 items over http, in a fresh n8n',
		note: 'n8n itself uses 700 MB before the run begins. The rest is mostly garbage from its helper, which creates an agent and a socket for each call, and from its expressions: a bare loop with one expression shows the best that is possible with the helper.',
		items: 10_000,
		freshProcess: true,
		variants: [builtIn, ours, reuse, floorReading],
		columns: MEMORY,
		goals: [{ of: ours, figure: 'peakBytes', against: builtIn, atMost: 0.7 }],
		rounds: 1,
	},
	{
		name: 'scale',
		title: 'Four times the items',
		note: 'Time and memory must not grow faster than the number of items. Measured with reused connections, because that is quicker and everything else is the same.',
		items: 100_000,
		freshProcess: true,
		variants: [items25k, items50k, items100k],
		columns: [...MEMORY, 'grownBytesPerItem'],
		goals: [
			{ of: items100k, figure: 'cpuMsPerItem', against: items25k, atMost: 1.15 },
			{ of: items100k, figure: 'grownBytesPerItem', against: items25k, atMost: 1.15 },
		],
		rounds: 1,
	},
	{
		name: '200kb',
		title: '300 items, responses of 200 kB, in a fresh n8n',
		items: 300,
		server: { responseBytes: 200_000 },
		freshProcess: true,
		variants: [builtIn, ours, reuse],
		columns: MEMORY,
		goals: [],
		rounds: 1,
	},
	{
		name: '1mb',
		title: '100 items, JSON bodies of 1 MB, in a fresh n8n',
		items: 100,
		request: 'post',
		itemBytes: MB,
		freshProcess: true,
		variants: [builtIn, ours, reuse],
		columns: MEMORY,
		goals: [],
		rounds: 1,
	},
	{
		name: 'file',
		title: '3 files, one call at once, n8n’s binary data in its file system, in a fresh n8n',
		items: 3,
		request: 'file',
		freshProcess: true,
		variants: [builtInFile200, file200, file20],
		columns: MEMORY,
		goals: [{ of: file200, figure: 'peakBytes', against: file20, atMost: 1.1 }],
		rounds: 3,
	},
];

export function variantName(variant: Variant): string {
	const { items, fileBytes } = variant;
	return [
		contestant(variant),
		...(items ? [`${items.toLocaleString('en')} items`] : []),
		...(fileBytes ? [`${fileBytes / MB} MB each`] : []),
	].join(', ');
}

function contestant(variant: Variant): string {
	switch (variant.kind) {
		case 'builtIn':
			return `HTTP Request${variant.retryOnFail ? ', Retry On Fail × 5' : ''}`;
		case 'ours': {
			const { concurrency, reuseConnections, fixedUrl } = variant;
			return [
				'this node',
				...(reuseConnections ? ['Reuse Connections'] : []),
				...(concurrency ? [`Concurrency ${concurrency}`] : []),
				...(fixedUrl ? ['no expression'] : []),
			].join(', ');
		}
		case 'floor':
			return variant.readsUrl ? 'bare loop, one expression' : 'bare loop';
	}
}
