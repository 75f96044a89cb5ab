/**
 * `npm run parity`: compares this node with n8n's HTTP Request node, and writes `docs/parity.md`.
 * `npm run parity -- <text>` runs the cases whose group or title contains it, and tells what differs.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { N8N_2, packPackage } from '../prepare';
import { provisionN8n } from '../provision';
import { GROUPS, INTENDED_DIFFERENCES } from './cases';
import { judge, unknownCases } from './compare';
import { PAGE, parityPage } from './page';
import { runCases } from './run';
import { SIDES } from './workflow';

async function main([wanted = '']: string[]): Promise<void> {
	const installation = await provisionN8n(N8N_2, { onProgress: say });
	const packed = await packPackage(say);
	try {
		const groups = GROUPS.map(({ title, cases }) => ({
			title,
			cases: cases.filter((entry) => `${title}: ${entry.title}`.includes(wanted)),
		})).filter(({ cases }) => cases.length > 0);
		const options = { installation, tarball: packed.tarball, onProgress: say };
		const outcomes = await runCases(groups, SIDES, options);
		const verdicts = outcomes.map((outcome) => judge(outcome, INTENDED_DIFFERENCES));
		const problems = [
			...unknownCases(GROUPS, INTENDED_DIFFERENCES).map((name) => `${name}: there is no such case`),
			...verdicts.flatMap((verdict) => verdict.problems),
		];
		for (const problem of problems) console.log(problem);
		say(`${verdicts.length} cases, ${problems.length} problems`);
		if (problems.length > 0) process.exitCode = 1;
		if (wanted !== '') return;
		await mkdir(dirname(PAGE), { recursive: true });
		await writeFile(PAGE, await parityPage(verdicts, INTENDED_DIFFERENCES));
		say(`Written: ${PAGE}`);
	} finally {
		await packed.dispose();
	}
}

function say(line: string): void {
	console.error(line);
}

main(process.argv.slice(2)).catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
