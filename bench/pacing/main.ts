/** Simulates APIs of every kind in virtual time, and writes the figures to docs/pacing.md. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatPage } from '../formatPage';
import type { Headers } from './answer';
import {
	AFTER_OTHERS,
	isMet,
	KINDS,
	LONG_RUNS,
	MINUTES,
	OTHER_APIS,
	PROCESSES,
	RATES,
	runsOf,
	SMALL_BURSTS,
	targetOf,
	USUAL_CALLS,
	type Kind,
	type Runs,
	type Summary,
} from './cases';
import {
	TEXT_AFTER,
	TEXT_AFTER_OTHERS,
	TEXT_BEFORE,
	TEXT_LONG_RUNS,
	TEXT_MINUTES,
	TEXT_OTHER_APIS,
	TEXT_SMALL_BURSTS,
	TEXT_USUAL_CALLS,
} from './text';

const FILE = new URL('../../docs/pacing.md', import.meta.url);

/** Words that the rows to run must have: `npm run pacing -- fixed none`. Without any, the file is written. */
const ASKED = process.argv.slice(2);
const isAsked = (row: string): boolean => ASKED.every((word) => row.includes(word));

/** Of a table. */
const HEAD_LINES = 2;

interface Row extends Summary {
	headers: Headers;
	processes: number;
}

async function main(): Promise<void> {
	const table = await measure({ rates: RATES, processes: PROCESSES, kinds: KINDS });
	const minutes = await measure(MINUTES);
	const afterOthers = await measure(AFTER_OTHERS);
	const otherApis: string[] = [];
	for (const runs of OTHER_APIS) {
		const { lines } = await measure(runs);
		// One table of them all.
		otherApis.push(...lines.slice(otherApis.length > 0 ? HEAD_LINES : 0));
	}
	const usualCalls = await measure(USUAL_CALLS);
	const smallBursts = await measure(SMALL_BURSTS);
	const longRuns = await measure(LONG_RUNS);
	const summary = summaryOf(table.rows);
	console.log(summary);
	if (ASKED.length > 0) return;
	const page = [
		TEXT_BEFORE,
		summary,
		'',
		...table.lines,
		'',
		TEXT_MINUTES,
		...minutes.lines,
		'',
		TEXT_AFTER_OTHERS,
		...afterOthers.lines,
		'',
		TEXT_OTHER_APIS,
		...otherApis,
		'',
		TEXT_USUAL_CALLS,
		...usualCalls.lines,
		'',
		TEXT_SMALL_BURSTS,
		...smallBursts.lines,
		'',
		TEXT_LONG_RUNS,
		...longRuns.lines,
		'',
		TEXT_AFTER,
	].join('\n');
	const filepath = fileURLToPath(FILE);
	await mkdir(dirname(filepath), { recursive: true });
	await writeFile(FILE, await formatPage(filepath, page));
}

/** The rows that were asked for. Without `headers`: those that each kind has. */
async function measure({
	kinds,
	headers: sameHeaders,
	rates,
	processes: columns,
	seconds,
}: Omit<Runs, 'headers'> & Partial<Runs>): Promise<{ lines: string[]; rows: Row[] }> {
	const lines = [
		`| API | headers | limit | ${columns.map((n) => (n === 1 ? '1 process' : `${n} processes`)).join(' | ')} |`,
		`| --- | --- | --- |${' --- |'.repeat(columns.length)}`,
	];
	const rows: Row[] = [];
	for (const kind of kinds) {
		for (const headers of sameHeaders ?? kind.headers) {
			for (const perSecond of rates) {
				if (!isAsked(`${kind.name}, ${headers}, ${perSecond}/s`)) continue;
				const calls = seconds && seconds * perSecond;
				const cells: string[] = [];
				for (const processes of columns) {
					const runs = await runsOf(kind, headers, perSecond, processes, calls);
					rows.push({ ...runs, headers, processes });
					cells.push(toCell(runs, headers));
				}
				const line = toRow(kind, headers, perSecond, cells);
				lines.push(line);
				console.log(line);
			}
		}
	}
	return { lines, rows };
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
