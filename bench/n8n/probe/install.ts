import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

export const PROBE_PACKAGE = 'n8n-nodes-bench-probe';

const NODES = ['BenchItems', 'BenchFloor', 'BenchSummary'];

/** Builds the bench's own nodes and puts them where n8n finds community packages. */
export async function installProbe(userFolder: string): Promise<void> {
	const folder = join(userFolder, '.n8n', 'nodes', 'node_modules', PROBE_PACKAGE);
	await mkdir(folder, { recursive: true });
	await build({
		// Not bundled: the nodes share one `measure`.
		entryPoints: [...NODES.map((name) => `${name}.node`), 'measure'].map((name) =>
			join(import.meta.dirname, `${name}.ts`),
		),
		outdir: folder,
		platform: 'node',
		format: 'cjs',
		target: 'node20',
	});
	const manifest = {
		name: PROBE_PACKAGE,
		version: '1.0.0',
		keywords: ['n8n-community-node-package'],
		n8n: { n8nNodesApiVersion: 1, nodes: NODES.map((name) => `${name}.node.js`) },
	};
	await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
}
