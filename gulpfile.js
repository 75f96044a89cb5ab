const { spawn } = require('node:child_process');
const { readFile, readdir, rm, writeFile } = require('node:fs/promises');
const path = require('node:path');
const esbuild = require('esbuild');
const { dest, parallel, series, src, watch } = require('gulp');

const OUT_DIR = 'dist';
// Each pattern starts with a plain folder: gulp walks all of node_modules for `{a,b}/**`.
const ASSETS = ['credentials/**/*.svg', 'nodes/**/*.svg', 'nodes/**/*.node.json'];
const SOURCES = ['credentials/**', 'nodes/**', 'n8n/**', 'oauth/**', 'http/**', 'text/**'];

function clean() {
	return rm(OUT_DIR, { recursive: true, force: true });
}

/** esbuild drops types without reading them, so the compiler only has to agree. */
function checkTypes() {
	const tsc = require.resolve('typescript/bin/tsc');
	return spawn(process.execPath, [tsc, '--noEmit'], { stdio: 'inherit' });
}

/** Loaded by the node only where it is needed: its libraries are several times as large as the node. */
const LAZY = 'nodes/OAuth2HttpRequest/response/page.ts';

const loadLate = {
	name: 'load-late',
	setup(build) {
		build.onResolve({ filter: /^\.\/page$/ }, () => ({
			// From where the node's own file is.
			path: './response/page.js',
			external: true,
		}));
	},
};

/**
 * One file per node and credential. n8n verifies only packages without `dependencies`, so libraries
 * are bundled; `n8n-workflow` is the instance's own, since its error classes are told by identity.
 */
async function bundle() {
	const { metafile } = await esbuild.build({
		entryPoints: ['nodes/**/*.node.ts', 'credentials/**/*.credentials.ts', LAZY],
		outbase: '.',
		outdir: OUT_DIR,
		bundle: true,
		external: ['n8n-workflow'],
		plugins: [loadLate],
		// Its build for Node.js can load pages as well, by libraries of its own.
		alias: { cheerio: path.resolve('node_modules/cheerio/dist/browser/index.js') },
		// n8n's scanner refuses what libraries would write to n8n's log.
		drop: ['console'],
		platform: 'node',
		format: 'cjs',
		target: 'node20',
		metafile: true,
		logLevel: 'warning',
	});
	await writeFile(path.join(OUT_DIR, 'THIRD_PARTY_LICENSES.txt'), await licenceNotices(metafile));
}

function copyAssets() {
	// `encoding: false` copies bytes as they are.
	return src(ASSETS, { base: '.', encoding: false }).pipe(dest(OUT_DIR));
}

/** The notices that licences such as MIT ask to keep with every copy, for what was bundled. */
async function licenceNotices(metafile) {
	const notices = await Promise.all(bundledPackageDirs(metafile).map(licenceNotice));
	const intro = 'The files in this folder contain code of the packages below.\n';
	return [intro, ...notices].join(`\n${'-'.repeat(80)}\n\n`);
}

/** Folders of the packages that left code in an output after tree shaking, sorted. */
function bundledPackageDirs(metafile) {
	const inputs = Object.values(metafile.outputs)
		.flatMap(({ inputs }) => Object.entries(inputs))
		.filter(([, { bytesInOutput }]) => bytesInOutput > 0)
		.map(([file]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
	return [...new Set(inputs)].filter(Boolean).sort();
}

async function licenceNotice(packageDir) {
	const { name, version, license, author } = JSON.parse(
		await readFile(path.join(packageDir, 'package.json'), 'utf8'),
	);
	if (!license) throw new Error(`${name} names no licence: it cannot be bundled`);
	const licenceFile = (await readdir(packageDir)).find((file) => /^licen[cs]e/i.test(file));
	const text = licenceFile
		? await readFile(path.join(packageDir, licenceFile), 'utf8')
		: `Copyright ${author?.name ?? author}\nSPDX-License-Identifier: ${license}`;
	return `${name} ${version} (${license})\n\n${text.trim()}\n`;
}

const assemble = parallel(checkTypes, bundle, copyAssets);

function rebuildOnChange(done) {
	// The watcher is not returned: its first failed build would end the task.
	watch(SOURCES, { ignoreInitial: false }, assemble);
	done();
}

exports.build = series(clean, assemble);
exports.dev = series(clean, rebuildOnChange);
exports.default = exports.build;
