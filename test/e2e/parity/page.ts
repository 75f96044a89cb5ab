import { groupBy } from 'es-toolkit';
import { join } from 'node:path';
import { formatPage } from '../../../bench/formatPage';
import { ROOT } from '../prepare';
import type { Difference, Verdict } from './compare';
import type { IntendedDifference } from './parityCase';
import type { Side } from './workflow';

/** The page that tells users where the nodes differ. */
export const PAGE = join(ROOT, 'docs', 'parity.md');

const HEAD = `# Compared with n8n's HTTP Request node

This node takes the same parameters as n8n's HTTP Request node: [how to move a workflow over](migration.md). This page shows, case by
case, where the two differ. It is generated: each case ran in n8n 2.41.1 with both nodes (the HTTP Request node in version
4.5), with the same parameters, each against its own server. The comparison covers the requests that arrived (method, URL, headers,
and the body byte for byte) and what the workflow got (items, files with their names and types, and which items failed with
which status, code and body). A test runs all cases again and fails if this page is no longer true.

\`{api}\` and \`{other}\` stand for the addresses of servers, \`{boundary}\` for the boundary of a multipart form.`;

const ERRORS_HEAD = `The error texts were not compared, because they differ on purpose: this node names the field to
change. Its texts are always in the object \`error\`, with its \`message\` and \`description\`. The HTTP Request node puts an object or a text
there, and more in the field \`details\`.`;

/** The page about all cases. It is the same in each run, as long as both nodes are. */
export async function parityPage(
	verdicts: readonly Verdict[],
	intendedDifferences: readonly IntendedDifference[],
): Promise<string> {
	const same = verdicts.filter(({ differences }) => differences.length === 0);
	const page = [
		HEAD,
		`Of ${verdicts.length} cases, ${same.length} are the same and ${verdicts.length - same.length} differ.`,
		'## Different on purpose',
		...intendedDifferences.map((intended) => differenceSection(intended, verdicts)),
		'## The same',
		...Object.entries(groupBy(same, ({ outcome }) => outcome.group)).map(
			([group, entries]) =>
				`**${group}** (${entries.length}): ${entries.map(({ outcome }) => escape(outcome.case.title)).join(' · ')}`,
		),
		'## Texts of errors',
		ERRORS_HEAD,
		errorTexts(verdicts),
	].join('\n\n');
	return await formatPage(PAGE, page);
}

function differenceSection(intended: IntendedDifference, verdicts: readonly Verdict[]): string {
	const rows = verdicts.flatMap(({ outcome, differences }) => {
		const shown = differences.filter((difference) => difference.intended === intended);
		if (shown.length === 0) return [];
		return [
			[`${outcome.group}: ${outcome.case.title}`, cell(shown, 'builtIn'), cell(shown, 'ours')],
		];
	});
	return [
		`### ${intended.title}`,
		intended.why,
		table(['Case', 'HTTP Request node', 'This node'], rows),
	].join('\n\n');
}

/** What one node did where they differ. Of what failed, only that. */
function cell(differences: Difference[], side: Side): string {
	const phrases = differences.map((difference) => phrase(difference.path, difference[side]));
	const failures = phrases.filter((text) => text?.includes('failed'));
	return (failures.length > 0 ? failures : phrases).filter(Boolean).join('; ');
}

/** "2 requests", "request 1: body `a=1`", "item 1 failed with 503". */
function phrase(path: string, value: unknown): string | undefined {
	const [root = '', first, second, ...rest] = path.split('.');
	if (root === 'stopped') return failure('the node', path, value);
	if (root === 'requests') {
		if (first === 'length') return counted(Number(value), 'request');
		return `request ${Number(first) + 1}: ${[second, ...rest].join('.')} ${code(value)}`;
	}
	if (second === 'length') return counted(Number(value), 'item');
	const item = `item ${Number(second) + 1}`;
	if (rest[0] === 'failed') return failure(item, path, value);
	// In JSON, a number is told from a text that looks the same.
	return `${item}: ${rest.join('.')} ${code(rest[0] === 'json' && value !== undefined ? JSON.stringify(value) : value)}`;
}

/** `value` is the error, or, where the path says so, a part of it. */
function failure(what: string, path: string, value: unknown): string | undefined {
	const part = path.split('failed.')[1];
	if (part !== undefined) return `${what} failed, with ${part} ${code(value)}`;
	if (value === undefined) return undefined;
	const { status, code: name } = value as { status?: number; code?: string };
	const said = status ?? name;
	return said === undefined ? `${what} failed` : `${what} failed with ${said}`;
}

function counted(count: number, noun: string): string {
	return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Each pair of texts once, with the first case that has it. */
function errorTexts(verdicts: readonly Verdict[]): string {
	const rows = new Map<string, string[]>();
	for (const { outcome } of verdicts) {
		const texts = [outcome.builtIn.texts, outcome.ours.texts].map((all) =>
			[...new Set(all)].map(prose).join('; '),
		);
		if (texts.join('') === '' || rows.has(texts.join())) continue;
		const cells = texts.map((text) => text || '(did not fail)');
		rows.set(texts.join(), [`${outcome.group}: ${outcome.case.title}`, ...cells]);
	}
	return table(['Case', 'HTTP Request node', 'This node'], [...rows.values()]);
}

function table(head: string[], rows: string[][]): string {
	const line = (cells: string[]): string => `| ${cells.map(escape).join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function escape(text: string): string {
	return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}

const LONGEST = 120;

function prose(text: string): string {
	return printable(shorten(text.replaceAll(/\s+/g, ' '), 3 * LONGEST)).replaceAll(
		/[\\<>*_[\]`]/g,
		'\\$&',
	);
}

function code(value: unknown): string {
	if (value === undefined) return 'nothing';
	if (value === '') return 'empty';
	const text = typeof value === 'string' ? value : JSON.stringify(value);
	return `\`\` ${shorten(printable(text), LONGEST).replaceAll('`', "'")} \`\``;
}

function printable(text: string): string {
	return text
		.replaceAll('\r', '\\r')
		.replaceAll('\n', '\\n')
		.replaceAll(/[\u0000-\u001f\u007f]/g, (char) => JSON.stringify(char).slice(1, -1));
}

function shorten(text: string, longest: number): string {
	const characters = [...text];
	return characters.length <= longest ? text : `${characters.slice(0, longest).join('')}…`;
}
