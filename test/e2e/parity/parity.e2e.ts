import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import '../globalSetup';
import { N8N_1, N8N_2 } from '../prepare';
import { installationOf } from '../world';
import { GROUPS, INTENDED_DIFFERENCES } from './cases';
import { changedPaths, judge, unknownCases, type Verdict } from './compare';
import { PAGE, parityPage } from './page';
import { runCases, type Outcome } from './run';
import { SIDES, type Side } from './workflow';

const MINUTES = 60_000;

async function runIn<S extends Side>(
	version: string,
	sides: readonly S[],
): Promise<Array<Outcome<S>>> {
	const installation = installationOf(version);
	const onProgress = (line: string): void => console.error(`  ${line}`);
	return await runCases(GROUPS, sides, { installation, tarball: inject('tarball'), onProgress });
}

describe("beside n8n's HTTP Request node", () => {
	let verdicts: Verdict[];
	beforeAll(async () => {
		const outcomes = await runIn(N8N_2, SIDES);
		verdicts = outcomes.map((outcome) => judge(outcome, INTENDED_DIFFERENCES));
	}, 15 * MINUTES);

	it.each(GROUPS)('differs only where it shall: $title', ({ title }) => {
		const problems = verdicts
			.filter(({ outcome }) => outcome.group === title)
			.flatMap((verdict) => verdict.problems);
		expect(problems).toEqual([]);
	});

	it('names only cases that exist as different', () => {
		expect(unknownCases(GROUPS, INTENDED_DIFFERENCES)).toEqual([]);
	});

	it('is what docs/parity.md says (npm run parity writes it)', async () => {
		expect(await parityPage(verdicts, INTENDED_DIFFERENCES)).toBe(await readFile(PAGE, 'utf8'));
	});

	it(
		`does in n8n ${N8N_1} what it does here`,
		async () => {
			const older = await runIn(N8N_1, ['ours']);
			const changed = older.flatMap((outcome, index) => {
				const { ours } = verdicts[index]?.outcome ?? {};
				if (ours === undefined) throw new Error(`${outcome.case.title} ran only here`);
				const name = `${outcome.group}: ${outcome.case.title}`;
				return changedPaths(ours, outcome.ours).map((path) => `${name}: ${path}`);
			});
			expect(changed).toEqual([]);
		},
		15 * MINUTES,
	);
});
