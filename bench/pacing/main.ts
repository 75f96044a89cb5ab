/** Simulates APIs of every kind in virtual time, and writes the figures to docs/pacing.md. */
import { mkdir, writeFile } from 'node:fs/promises';
import type { Headers } from './answer';
import { isMet, KINDS, PROCESSES, RATES, targetOf, worstOf, type Kind } from './cases';
import { TEXT_AFTER, TEXT_BEFORE } from './text';
import type { Figures } from './simulate';

/** More of them take longer, and show the worst case better. */
const SEEDS = [1];
const FILE = new URL('../../docs/pacing.md', import.meta.url);

/** Words that the rows to run must have: `npm run pacing -- fixed none`. Without any, the file is written. */
const ASKED = process.argv.slice(2);
const isAsked = (row: string): boolean => ASKED.every((word) => row.includes(word));

async function main(): Promise<void> {
	const lines = [
		`| API | headers | limit | ${PROCESSES.map((n) => (n === 1 ? '1 process' : `${n} processes`)).join(' | ')} |`,
		`| --- | --- | --- |${' --- |'.repeat(PROCESSES.length)}`,
	];
	const all: Figures[] = [];
	let met = 0;
	for (const kind of KINDS) {
		for (const headers of kind.headers) {
			for (const perSecond of RATES) {
				if (!isAsked(`${kind.name}, ${headers}, ${perSecond}/s`)) continue;
				const cells: string[] = [];
				for (const processes of PROCESSES) {
					const figures = await worstOf(kind, headers, perSecond, processes, SEEDS);
					all.push(figures);
					if (isMet(figures, headers)) met++;
					cells.push(toCell(figures, headers));
				}
				lines.push(toRow(kind, headers, perSecond, cells));
				console.log(lines.at(-1));
			}
		}
	}
	const summary = [
		`${all.length} cases.`,
		`Delivered: ${percent(Math.min(...all.map(({ delivered }) => delivered)))} of all calls in every case.`,
		`Delivered twice: ${Math.max(...all.map(({ duplicates }) => duplicates))}.`,
		`Within both targets: ${met}.`,
	].join(' ');
	console.log(summary);
	if (ASKED.length > 0) return;
	await mkdir(new URL('.', FILE), { recursive: true });
	await writeFile(FILE, [TEXT_BEFORE, summary, '', ...lines, '', TEXT_AFTER].join('\n'));
}

function toRow(kind: Kind, headers: Headers, perSecond: number, cells: string[]): string {
	return `| ${kind.name} | \`${headers}\` | ${perSecond}/s | ${cells.join(' | ')} |`;
}

/** Bold: not within the target. */
function toCell({ ratio, wasted, delivered, duplicates }: Figures, headers: Headers): string {
	const target = targetOf(headers);
	const mark = (text: string, isGood: boolean): string => (isGood ? text : `**${text}**`);
	const parts = [
		mark(`${ratio.toFixed(2)} ×`, ratio <= target.ratio),
		mark(percent(wasted), wasted <= target.wasted),
	];
	if (delivered < 1) parts.push(`**${percent(1 - delivered)} lost**`);
	if (duplicates > 0) parts.push(`**${duplicates} twice**`);
	return parts.join(', ');
}

function percent(part: number): string {
	return `${(part * 100).toFixed(part === 1 ? 0 : 1)} %`;
}

void main();
