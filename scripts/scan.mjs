/**
 * Runs n8n's own package scanner on what `npm publish` would upload and on the sources, as n8n does
 * to verify a package, but before it is published, without a network and with warnings counting too.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ESLint } from 'eslint';
import { pack, unpack } from './pack.mjs';

const ROOT = path.resolve(import.meta.dirname, '..');
/** What may be published: no sources, no tests, no source maps. */
const PUBLISHED =
	/^(package\.json|index\.js|README\.md|CHANGELOG\.md|LICENSE(\.md)?|dist\/.+\.(js|svg|txt|node\.json))$/;

/** By the node itself, see the gulpfile. */
const LOADED_LATE = 'dist/nodes/OAuth2HttpRequest/response/page.js';

const tempDir = mkdtempSync(path.join(tmpdir(), 'scan-'));
// The scanner makes a temporary folder when imported and leaves it: keep that one inside ours.
process.env.TMPDIR = tempDir;
const { analyzePackage, buildScanConfig, SOURCE_FILE_PATTERNS } =
	await import('@n8n/scan-community-package/scanner/scanner.mjs');

try {
	const { tarball, files } = pack(tempDir);
	const packageDir = unpack(tarball);
	const problems = [
		...checkFiles(files),
		...checkDependencies(packageDir),
		...checkLoads(packageDir),
		...(await scan('sources', ROOT, SOURCE_FILE_PATTERNS)),
		...(await scan('package', packageDir, ['**/*.js', 'package.json'])),
		...(await scan('package, all files', packageDir)),
	];
	for (const problem of problems) console.error(`✗ ${problem}`);
	if (problems.length > 0) process.exitCode = 1;
} finally {
	rmSync(tempDir, { recursive: true, force: true });
}

function checkFiles(files) {
	console.log(`Packed ${files.length} files:`, files.join(', '));
	return files
		.filter((file) => !PUBLISHED.test(file))
		.map((file) => `${file} does not belong in the package`);
}

function checkDependencies(packageDir) {
	const { dependencies = {} } = readJson(path.join(packageDir, 'package.json'));
	return Object.keys(dependencies).map((name) => `${name} is a runtime dependency: bundle it`);
}

/** Loads the entry points the way n8n does. */
function checkLoads(packageDir) {
	const require = createRequire(path.join(packageDir, 'package.json'));
	const { n8n, main } = readJson(path.join(packageDir, 'package.json'));
	return [main, ...n8n.nodes, ...n8n.credentials, LOADED_LATE].flatMap((file) => {
		try {
			const className = path.basename(file).split('.')[0];
			const loaded = require(`./${file}`);
			if (file !== main && file !== LOADED_LATE) new loaded[className]();
			return [];
		} catch (error) {
			return [`${file} does not load: ${error.message}`];
		}
	});
}

/** The official verdict, then the same lint run again for the warnings that verdict leaves out. */
async function scan(label, cwd, patterns = ['**/*.js', '**/*.ts', '**/*.json']) {
	const verdict = await analyzePackage(cwd, patterns);
	const eslint = new ESLint({
		cwd,
		allowInlineConfig: false,
		overrideConfigFile: true,
		overrideConfig: await buildScanConfig(),
		errorOnUnmatchedPattern: false,
	});
	const results = await eslint.lintFiles(patterns);
	const errors = sum(results, 'errorCount');
	const warnings = sum(results, 'warningCount');
	console.log(`Scanned ${label}: ${results.length} files, ${errors} errors, ${warnings} warnings`);
	if (verdict.passed && errors + warnings === 0) return [];

	const formatter = await eslint.loadFormatter('stylish');
	return [`${label}: ${verdict.message ?? 'warnings'}\n${await formatter.format(results)}`];
}

function sum(results, count) {
	return results.reduce((total, result) => total + result[count], 0);
}

function readJson(file) {
	return JSON.parse(readFileSync(file, 'utf8'));
}
