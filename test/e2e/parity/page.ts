import { format } from 'prettier';
import type { Difference, Verdict } from './compare';
import type { ParityGroup } from './parityCase';

const HEAD = `# Compared with n8n's HTTP Request node

Each case below ran in n8n 2.41.1 with both nodes: its HTTP Request node (version 4.5) and this one, with the
same parameters, each against a server of its own. Compared are the requests that arrived (method, path, query, headers, body,
byte for byte) and what the workflow got (items, files, errors and their status). \`npm run parity\` writes
this page, and a test fails where it is no longer true.

The text of errors is not compared. This node's name the field to change: see [the last table](#texts-of-errors).
An error is always an object in the item's field \`error\`, with \`message\`, \`description\` and, where there is one,
\`httpCode\`; the HTTP Request node gives one of several forms, partly in a field \`details\`.
`;

/** The page about all cases, the same in each run. */
export async function parityPage(
	groups: readonly ParityGroup[],
	verdicts: readonly Verdict[],
): Promise<string> {
	const of = new Map(verdicts.map((verdict) => [verdict.outcome.case, verdict]));
	const different = verdicts.filter(({ differences }) => differences.length > 0).length;
	const sections = groups.map(({ title, cases }) =>
		section(
			title,
			cases.flatMap((parityCase) => of.get(parityCase) ?? []),
		),
	);
	const page = [
		HEAD,
		`${verdicts.length} cases: ${verdicts.length - different} the same, ${different} different on purpose.`,
		...sections,
		errorTexts(verdicts),
	].join('\n\n');
	return await format(page, { parser: 'markdown' });
}

function section(title: string, verdicts: Verdict[]): string {
	const same = verdicts.filter(({ differences }) => differences.length === 0);
	const rows = verdicts.flatMap(({ outcome, differences }) =>
		differences.map((difference) => [outcome.case.title, ...differenceCells(difference)]),
	);
	return [
		`## ${title}`,
		same.length > 0 &&
			`The same (${same.length}): ${same.map(({ outcome }) => escape(outcome.case.title)).join(' · ')}.`,
		rows.length > 0 && table(['Case', 'Where', 'HTTP Request node', 'This node', 'Why'], rows),
	]
		.filter(Boolean)
		.join('\n\n');
}

function differenceCells({ path, builtIn, ours, reason = 'not yet' }: Difference): string[] {
	return [placeName(path), code(builtIn), code(ours), reason];
}

/** `requests.0.headers.accept` → "request 1: headers.accept". */
function placeName(path: string): string {
	const [root, ...rest] = path.split('.');
	if (rest[0] === 'length') return `number of ${root}`;
	if (root === 'requests') return `request ${Number(rest[0]) + 1}: ${rest.slice(1).join('.')}`;
	if (root !== 'outputs') return path;
	if (rest[1] === 'length') return 'number of items';
	return `item ${Number(rest[1]) + 1}: ${rest.slice(2).join('.')}`;
}

function errorTexts(verdicts: readonly Verdict[]): string {
	const rows = verdicts
		.filter(({ outcome }) => outcome.ours.texts.length + outcome.builtIn.texts.length > 0)
		.map(({ outcome: { case: parityCase, builtIn, ours } }) => [
			parityCase.title,
			builtIn.texts.map(short).join('; '),
			ours.texts.map(short).join('; '),
		]);
	return ['## Texts of errors', table(['Case', 'HTTP Request node', 'This node'], rows)].join(
		'\n\n',
	);
}

function table(head: string[], rows: string[][]): string {
	const line = (cells: string[]) => `| ${cells.map(escape).join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function escape(text: string): string {
	return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

const LONGEST = 120;

function short(text: string): string {
	const line = text.replaceAll(/\s+/g, ' ').replaceAll(/[<>*_[\]]/g, '\\$&');
	return line.length <= LONGEST * 2 ? line : `${line.slice(0, LONGEST * 2)}…`;
}

function code(value: unknown): string {
	if (value === undefined) return 'nothing';
	const text = typeof value === 'string' ? value : JSON.stringify(value);
	if (text === '') return 'empty';
	const shown = text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
	return `\`\`${shown.replaceAll(/\s+/g, ' ').replaceAll('`', "'")}\`\``;
}
