/**
 * This node and n8n's HTTP Request node on the same workflows, in one n8n, in one run. Writes
 * docs/benchmark.md when all cases were measured in full.
 *
 *     npm run bench                           all of it
 *     npm run bench -- http https             some cases
 *     npm run bench -- --rounds=1 http        for a first look
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { version } from '../../package.json';
import { N8n } from '../../test/e2e/n8n';
import { N8N_2, packPackage, ROOT } from '../../test/e2e/prepare';
import { run } from '../../test/e2e/processes';
import { provisionN8n } from '../../test/e2e/provision';
import { SELF_SIGNED } from '../../test/http/transport/selfSigned';
import { formatPage } from '../formatPage';
import { CASES, type Case } from './cases';
import { measureCase, type Bench } from './measureCase';
import { installProbe } from './probe/install';
import { report, type CaseResult } from './report';
import { startServer } from './serverProcess';

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		rounds: { type: 'string' },
		/** An existing folder for a CPU profile of each run, in their order, warm-ups included. */
		profile: { type: 'string' },
	},
});

async function main(): Promise<void> {
	const onProgress = (line: string): void => console.error(`  ${line}`);
	const chosen = chooseCases(positionals);
	const closers: Array<() => unknown> = [];
	try {
		const packed = await packPackage(onProgress);
		closers.push(() => packed.dispose());
		const installation = await provisionN8n(N8N_2, { onProgress });
		const folder = await mkdtemp(join(tmpdir(), 'n8n-bench-'));
		closers.push(() => rm(folder, { recursive: true, force: true }));
		const ca = join(folder, 'ca.pem');
		await writeFile(ca, SELF_SIGNED.cert);
		const n8n = await N8n.create(installation, {
			startTimeoutMs: 300_000,
			env: {
				NODE_EXTRA_CA_CERTS: ca,
				N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
				...(values.profile && { BENCH_PROFILE_FOLDER: resolve(values.profile) }),
			},
		});
		closers.push(() => n8n.dispose());
		await n8n.installPackage(packed.tarball);
		await installProbe(n8n.userFolder);
		const server = await startServer();
		closers.push(() => server.stop());
		onProgress(`n8n ${N8N_2}: start`);
		await n8n.start();

		const bench: Bench = { n8n, server, onProgress };
		const results: CaseResult[] = [];
		for (const plan of chosen) {
			const rounds = Number(values.rounds ?? plan.rounds);
			results.push({ plan, measured: await measureCase(bench, plan, rounds) });
		}
		const { stdout } = await run(installation.node, ['--version'], { cwd: ROOT, env: {} });
		const text = report(results, {
			n8nVersion: N8N_2,
			nodeVersion: stdout.trim().replace(/^v/, ''),
			packageVersion: version,
			date: new Date(),
		});
		const page = join(ROOT, 'docs', 'benchmark.md');
		const formatted = await formatPage(page, text);
		console.log(formatted);
		if (chosen.length < CASES.length || values.rounds) return;
		await mkdir(dirname(page), { recursive: true });
		await writeFile(page, formatted);
	} finally {
		for (const close of closers.reverse()) await close();
	}
}

function chooseCases(names: string[]): Case[] {
	for (const name of names) {
		if (CASES.some((plan) => plan.name === name)) continue;
		throw new Error(`There is no case "${name}": ${CASES.map((plan) => plan.name).join(', ')}`);
	}
	return CASES.filter(({ name }) => names.length === 0 || names.includes(name));
}

main().then(
	() => process.exit(),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
