/**
 * `npm run parity`: compares this node with n8n's HTTP Request node, and writes `docs/parity.md`.
 * With a text, only the cases whose group or title contains it, and no page.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { N8N_2, packPackage, ROOT } from '../prepare';
import { provisionN8n } from '../provision';
import { GROUPS } from './cases';
import { judge } from './compare';
import { parityPage } from './page';
import { runCases } from './run';

export const PAGE = join(ROOT, 'docs', 'parity.md');

async function main([wanted = '']: string[]): Promise<void> {
	const installation = await provisionN8n(N8N_2, { onProgress: say });
	const packed = await packPackage(say);
	try {
		const groups = GROUPS.map(({ title, cases }) => ({
			title,
			cases: cases.filter((entry) => `${title} ${entry.title}`.includes(wanted)),
		})).filter(({ cases }) => cases.length > 0);
		const options = { installation, tarball: packed.tarball, onProgress: say };
		const verdicts = (await runCases(groups, options)).map(judge);
		const problems = verdicts.flatMap((verdict) => verdict.problems);
		if (process.env.PARITY_DUMP) await writeFile(process.env.PARITY_DUMP, JSON.stringify(verdicts));
		for (const problem of problems) console.log(problem);
		say(`${verdicts.length} cases, ${problems.length} problems`);
		if (problems.length > 0) process.exitCode = 1;
		if (wanted === '') await writeFile(PAGE, await parityPage(GROUPS, verdicts));
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
