import { cpus, totalmem, type } from 'node:os';
import { variantName, type Case, type Figure, type Goal, type Variant } from './cases';
import type { Measured, Run } from './measureCase';

export interface CaseResult {
	plan: Case;
	measured: Measured[];
}

/** The page: what was asked for, then all figures, then on what and how they were measured. */
export function report(
	results: CaseResult[],
	about: { n8nVersion: string; nodeVersion: string; packageVersion: string; date: Date },
): string {
	const { n8nVersion, nodeVersion, packageVersion, date } = about;
	const [cpu] = cpus();
	return [
		'# Benchmark',
		'',
		'This page compares this node, n8n’s own HTTP Request node with its OAuth2 credential (client credentials), and a bare loop around n8n’s HTTP helper. They take turns in the same n8n, with the same workflow, in one run. `npm run bench` writes this page.',
		'',
		'- **items/s**: for the node alone, from the time that n8n’s editor shows for it.',
		'- **CPU per item**: for the whole n8n process. On a machine that also does other work, this is more reliable than the time.',
		'- **peak memory**: the most resident memory of n8n’s process while the node ran; **grown**: the same, minus what was in use before.',
		'- Figures are medians over the rounds; ratios are medians of the ratios in each round. In brackets: compared with the first row.',
		'',
		'## Goals',
		'',
		...table(
			['', 'goal', 'measured', ''],
			results.flatMap((result) => result.plan.goals.map((goal) => goalRow(result, goal))),
		),
		'',
		...results.flatMap(section),
		'## Machine and versions',
		'',
		`${date.toISOString().slice(0, 10)}, n8n ${n8nVersion} on Node.js ${nodeVersion}, this package ${packageVersion}. ${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${(totalmem() / 1e9).toFixed(0)} GB, ${type()}. n8n uses SQLite and saves no execution data. The token endpoint and the API run in a process of their own on the same machine.`,
		'',
		'## How to repeat it',
		'',
		'Run `npm run bench` on Linux, or `npm run bench -- http https` for some cases only. The first time, this installs a whole n8n into a cache outside the repository, which takes some minutes and 3 GB.',
		'',
	].join('\n');
}

function section({ plan, measured }: CaseResult): string[] {
	const [reference] = measured;
	const rows = measured.map((row) => [
		variantName(row.variant),
		...plan.columns.map((figure) => {
			if (row.runs.every(({ summary }) => summary === undefined) && !COUNTS.has(figure)) {
				return figure === 'itemsPerSecond' ? 'the run fails' : '';
			}
			const isCompared = reference !== undefined && row !== reference && !COUNTS.has(figure);
			const ratio = isCompared ? ratioOf(figure, row, reference) : NaN;
			return `${show(figure, medianOf(figure, row))}${Number.isNaN(ratio) ? '' : ` (× ${ratio.toFixed(2)})`}`;
		}),
	]);
	const rounds = reference?.runs.length === 1 ? '1 round' : `${reference?.runs.length} rounds`;
	return [
		`## ${plan.title}`,
		'',
		[plan.note, `\`npm run bench -- ${plan.name}\`, ${rounds}.`].filter(Boolean).join(' '),
		'',
		...table(['', ...plan.columns.map((figure) => TITLES[figure])], rows),
		'',
	];
}

function goalRow(
	{ plan, measured }: CaseResult,
	{ of, figure, against, ...bounds }: Goal,
): string[] {
	const find = (variant: Variant): Measured | undefined =>
		measured.find((candidate) => candidate.variant === variant);
	const row = find(of);
	const reference = against && find(against);
	const value =
		row === undefined
			? NaN
			: reference === undefined
				? medianOf(figure, row)
				: ratioOf(figure, row, reference);
	const showValue = (number: number): string =>
		reference === undefined ? show(figure, number) : `× ${number.toFixed(2)}`;
	const { atLeast, atMost } = bounds;
	const isReached = value >= (atLeast ?? -Infinity) && value <= (atMost ?? Infinity);
	return [
		`${plan.title}: ${TITLES[figure]} of ${variantName(of)}${against ? `, compared with ${variantName(against)}` : ''}`,
		atLeast === undefined ? `≤ ${showValue(atMost ?? NaN)}` : `≥ ${showValue(atLeast)}`,
		showValue(value),
		isReached ? 'reached' : '**missed**',
	];
}

const TITLES: Record<Figure, string> = {
	itemsPerSecond: 'items/s',
	cpuMsPerItem: 'CPU per item',
	peakBytes: 'peak memory',
	grownBytes: 'grown',
	grownBytesPerItem: 'grown per item',
	tokenRequests: 'token requests',
	connections: 'connections',
	delivered: 'delivered',
	duplicates: 'sent twice',
};

/** What the server counted: it is known of runs that failed as well, and is not compared. */
const COUNTS = new Set<Figure>(['tokenRequests', 'connections', 'delivered', 'duplicates']);

function figureOf(figure: Figure, { items, summary, counts }: Run): number {
	const { executionTimeMs, cpuMs, rssBeforeBytes, rssPeakBytes } = summary ?? FAILED;
	switch (figure) {
		case 'itemsPerSecond':
			return (items / executionTimeMs) * 1000;
		case 'cpuMsPerItem':
			return cpuMs / items;
		case 'peakBytes':
			return rssPeakBytes;
		case 'grownBytes':
			return rssPeakBytes - rssBeforeBytes;
		case 'grownBytesPerItem':
			return (rssPeakBytes - rssBeforeBytes) / items;
		case 'tokenRequests':
		case 'connections':
		case 'delivered':
		case 'duplicates':
			return counts[figure];
	}
}

const FAILED = { executionTimeMs: NaN, cpuMs: NaN, rssBeforeBytes: NaN, rssPeakBytes: NaN };

function show(figure: Figure, value: number): string {
	switch (figure) {
		case 'itemsPerSecond':
			return value.toFixed(value < 10 ? 1 : 0);
		case 'cpuMsPerItem':
			return `${value.toFixed(2)} ms`;
		case 'peakBytes':
		case 'grownBytes':
			return `${(value / 1e6).toFixed(0)} MB`;
		case 'grownBytesPerItem':
			return `${(value / 1e3).toFixed(1)} kB`;
		case 'tokenRequests':
		case 'connections':
		case 'delivered':
		case 'duplicates':
			return value.toLocaleString('en');
	}
}

function medianOf(figure: Figure, { runs }: Measured): number {
	return median(runs.map((run) => figureOf(figure, run)));
}

/** Round by round, since the machine may have been slower in one than in another. */
function ratioOf(figure: Figure, { runs }: Measured, reference: Measured): number {
	return median(
		runs.map((run, round) => {
			const other = reference.runs[round];
			return other === undefined ? NaN : figureOf(figure, run) / figureOf(figure, other);
		}),
	);
}

function median(values: number[]): number {
	const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	const upper = sorted[middle] ?? NaN;
	return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

function table(head: string[], rows: string[][]): string[] {
	const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
	const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
	return [line(head), line(rule), ...rows.map(line)];
}
