import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pack } from '../../scripts/pack.mjs';
import { lastLines, plainEnvironment, run } from './processes';

/** Overrides the package under test: the path of an `npm pack` tarball. By default this checkout's. */
const PACKAGE_VARIABLE = 'E2E_PACKAGE';

/** The n8n that the project is made for, and the last of the line before it. */
export const N8N_2 = '2.41.1';
export const N8N_1 = '1.123.81';

export const ROOT = resolve(import.meta.dirname, '../..');

export interface PackedPackage {
	tarball: string;
	dispose(): Promise<void>;
}

/** Builds and packs this checkout as it would be published. */
export async function packPackage(onProgress: (line: string) => void): Promise<PackedPackage> {
	const given = process.env[PACKAGE_VARIABLE];
	if (given) {
		onProgress(`Package: ${given}`);
		return { tarball: resolve(given), dispose: async () => {} };
	}
	onProgress('Package: npm run build, npm pack');
	const built = await run('npm', ['run', 'build'], { cwd: ROOT, env: plainEnvironment() });
	if (built.code !== 0) throw new Error(`"npm run build" failed.\n${lastLines(built.output)}`);
	const folder = await mkdtemp(join(tmpdir(), 'oauth2-package-'));
	return {
		tarball: pack(folder).tarball,
		dispose: () => rm(folder, { recursive: true, force: true }),
	};
}
