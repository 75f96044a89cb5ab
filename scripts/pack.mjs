import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');

/**
 * Packs the built package as `npm publish` does.
 *
 * @param {string} folder where the tarball goes
 * @returns {{ tarball: string, files: string[] }} its path, and what is in it
 */
export function pack(folder) {
	const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
	const output = execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' });
	const [{ filename, files }] = JSON.parse(output);
	return { tarball: path.join(folder, filename), files: files.map((file) => file.path) };
}

/**
 * Unpacks a tarball to where it can be loaded as n8n loads it: with nothing installed next to it but
 * `n8n-workflow`.
 *
 * @returns {string} the package's folder
 */
export function unpack(tarball) {
	const folder = path.dirname(tarball);
	execFileSync('tar', ['-xzf', tarball, '-C', folder]);
	const packageDir = path.join(folder, 'package');
	const modules = path.join(packageDir, 'node_modules');
	mkdirSync(modules);
	symlinkSync(path.join(ROOT, 'node_modules/n8n-workflow'), path.join(modules, 'n8n-workflow'));
	return packageDir;
}
