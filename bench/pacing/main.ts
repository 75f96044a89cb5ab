/** Simulates APIs of every kind in virtual time, and writes the figures to docs/pacing.md. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatPage } from '../formatPage';
import type { Headers } from './answer';
import {
	isMet,
	KINDS,
	LONG_RUNS,
	PROCESSES,
	RATES,
	runsOf,
	targetOf,
	type Kind,
	type Summary,
} from './cases';
import { TEXT_AFTER, TEXT_BEFORE, TEXT_LONG_RUNS } from './text';

const FILE = new URL('../../docs/pacing.md', import.meta.url);

const HEAD = [
	`| API | headers | limit | ${PROCESSES.map((n) => (n === 1 ? '1 process' : `${n} processes`)).join(' | ')} |`,
	`| --- | --- | --- |${' --- |'.repeat(PROCESSES.length)}`,
];

/** Words that the rows to run must have: `npm run pacing -- fixed none`. Without any, the file is written. */
const ASKED = process.argv.slice(2);
const isAsked = (row: string): boolean => ASKED.every((word) => row.includes(word));

interface Row extends Summary {
	headers: Headers;
	processes: number;
}

async function main(): Promise<void> {
	const rows: Row[] = [];
	const lines = [...HEAD];
	for (const kind of KINDS) {
		for (const headers of kind.headers) {
			for (const perSecond of RATES) {
				lines.push(...(await measure(kind, headers, perSecond, rows)));
			}
		}
	}
	const longLines = [...HEAD];
	for (const kind of LONG_RUNS.kinds) {
		for (const headers of LONG_RUNS.headers) {
			for (const perSecond of LONG_RUNS.rates) {
				longLines.push(
					...(await measure(kind, headers, perSecond, [], LONG_RUNS.seconds * perSecond)),
				);
			}
		}
	}
	const summary = summaryOf(rows);
	console.log(summary);
	if (ASKED.length > 0) return;
	const page = [
		TEXT_BEFORE,
		summary,
		'',
		...lines,
		'',
		TEXT_LONG_RUNS,
		...longLines,
		'',
		TEXT_AFTER,
	].join('\n');
	const filepath = fileURLToPath(FILE);
	await mkdir(dirname(filepath), { recursive: true });
	await writeFile(FILE, await formatPage(filepath, page));
}

/** A row of the table, if it was asked for; `rows` gets its figures. */
async function measure(
	kind: Kind,
	headers: Headers,
	perSecond: number,
	rows: Row[],
	calls?: number,
): Promise<string[]> {
	if (!isAsked(`${kind.name}, ${headers}, ${perSecond}/s`)) return [];
	const cells: string[] = [];
	for (const processes of PROCESSES) {
		const runs = await runsOf(kind, headers, perSecond, processes, calls);
		rows.push({ ...runs, headers, processes });
		cells.push(toCell(runs, headers));
	}
	const line = toRow(kind, headers, perSecond, cells);
	console.log(line);
	return [line];
}

function summaryOf(rows: readonly Row[]): string {
	const metBy = (processes: number): string => {
		const cases = rows.filter((row) => row.processes === processes);
		const count = (key: keyof Summary): number =>
			cases.filter((row) => isMet(row[key], row.headers)).length;
		return `${processes} process${processes > 1 ? 'es' : ''} ${count('median')} of ${cases.length} (worst run: ${count('worst')})`;
	};
	return [
		`${rows.length} cases.`,
		`Delivered: ${percent(Math.min(...rows.map(({ worst }) => worst.delivered)))} of all calls in every case.`,
		`Delivered twice: ${Math.max(...rows.map(({ worst }) => worst.duplicates))}.`,
		`Within both targets, by the median: ${PROCESSES.map(metBy).join(', ')}.`,
	].join(' ');
}

function toRow(kind: Kind, headers: Headers, perSecond: number, cells: string[]): string {
	return `| ${kind.name} | \`${headers}\` | ${perSecond}/s | ${cells.join(' | ')} |`;
}

/** Median, and in brackets the worst. Bold: the median is not within the target. */
function toCell({ median, worst }: Summary, headers: Headers): string {
	const target = targetOf(headers);
	const mark = (text: string, isGood: boolean): string => (isGood ? text : `**${text}**`);
	const parts = [
		`${mark(`${median.ratio.toFixed(2)} ×`, median.ratio <= target.ratio)} (${worst.ratio.toFixed(2)})`,
		`${mark(percent(median.wasted), median.wasted <= target.wasted)} (${(worst.wasted * 100).toFixed(1)})`,
	];
	if (worst.delivered < 1) parts.push(`**${percent(1 - worst.delivered)} lost**`);
	if (worst.duplicates > 0) parts.push(`**${worst.duplicates} twice**`);
	return parts.join(', ');
}

function percent(part: number): string {
	return `${(part * 100).toFixed(part === 1 ? 0 : 1)} %`;
}

void main();
