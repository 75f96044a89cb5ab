import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import '../globalSetup';
import { GROUPS, INTENDED_DIFFERENCES } from './cases';
import { judge, unknownCases, type Verdict } from './compare';
import { PAGE, parityPage } from './page';
import { runCases } from './run';
import { N8N_2 } from '../prepare';

describe("beside n8n's HTTP Request node", () => {
	let verdicts: Verdict[];
	beforeAll(async () => {
		const installation = inject('installations')[N8N_2];
		if (!installation) throw new Error(`n8n ${N8N_2} is not provisioned`);
		const onProgress = (line: string): void => console.error(`  ${line}`);
		const outcomes = await runCases(GROUPS, {
			installation,
			tarball: inject('tarball'),
			onProgress,
		});
		verdicts = outcomes.map((outcome) => judge(outcome, INTENDED_DIFFERENCES));
	}, 900_000);

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
});
