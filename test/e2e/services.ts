import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import {
	endChild,
	freePort,
	lastLines,
	plainEnvironment,
	run,
	startChild,
	waitFor,
	type Child,
} from './processes';

/** A server for queue mode, on a port and in a folder of its own. */
export interface Service {
	port: number;
	/** What n8n has to be told to use it. */
	env: NodeJS.ProcessEnv;
	logs(): string;
	stop(): Promise<void>;
}

export interface ServiceOptions {
	onProgress?: (line: string) => void;
}

/** The environment of n8n's main process and workers in queue mode. */
export function queueMode(redis: Service, postgres: Service): NodeJS.ProcessEnv {
	return { EXECUTIONS_MODE: 'queue', ...redis.env, ...postgres.env };
}

export async function startRedis({ onProgress = () => {} }: ServiceOptions = {}): Promise<Service> {
	const binary = await found('redis-server', 'redis-server', findInPath, onProgress);
	const folder = await mkdtemp(join(tmpdir(), 'redis-e2e-'));
	const port = await freePort();
	const args = [
		'--port',
		String(port),
		'--bind',
		'127.0.0.1',
		'--dir',
		folder,
		'--save',
		'',
		'--appendonly',
		'no',
	];
	const child = startChild(binary, args, { cwd: folder, env: plainEnvironment() });
	await listening(child, 'Redis', 'Ready to accept connections');
	return {
		port,
		env: { QUEUE_BULL_REDIS_HOST: '127.0.0.1', QUEUE_BULL_REDIS_PORT: String(port) },
		logs: child.output,
		stop: async () => {
			await endChild(child);
			await rm(folder, { recursive: true, force: true });
		},
	};
}

export async function startPostgres({
	onProgress = () => {},
}: ServiceOptions = {}): Promise<Service> {
	const initdb = await found('initdb', 'postgresql', findPostgres, onProgress);
	const folder = await mkdtemp(join(tmpdir(), 'postgres-e2e-'));
	const data = join(folder, 'data');
	const user = 'n8n';
	// PostgreSQL refuses to run as root; its package brings a user for it.
	const asUser = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
	if (asUser.length > 0) await mustRun('chown', ['postgres', folder]);
	const options = { cwd: folder, env: plainEnvironment() };
	const command = (binary: string, ...args: string[]) => {
		const [first, ...rest] = [...asUser, binary, ...args];
		return [first as string, rest] as const;
	};

	const created = await run(
		...command(
			initdb,
			'-D',
			data,
			'-U',
			user,
			'-A',
			'trust',
			'-E',
			'UTF8',
			'--locale=C',
			'--no-sync',
		),
		options,
	);
	if (created.code !== 0) throw new Error(`initdb failed.\n${lastLines(created.output)}`);
	const port = await freePort();
	const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, 'fsync=off'];
	const child = startChild(
		...command(
			initdb.replace(/initdb$/, 'postgres'),
			'-D',
			data,
			'-p',
			String(port),
			...settings.flatMap((s) => ['-c', s]),
		),
		options,
	);
	await listening(child, 'PostgreSQL', 'ready to accept connections');
	return {
		port,
		env: {
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(port),
			DB_POSTGRESDB_DATABASE: 'postgres',
			DB_POSTGRESDB_USER: user,
			DB_POSTGRESDB_PASSWORD: 'unused',
		},
		logs: child.output,
		stop: async () => {
			// SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for its clients.
			await endChild(child, { signal: 'SIGINT' });
			await rm(folder, { recursive: true, force: true });
		},
	};
}

/** The path of a server's binary; Debian's package is installed when there is none. */
async function found(
	binary: string,
	debianPackage: string,
	find: (binary: string) => Promise<string | undefined>,
	onProgress: (line: string) => void,
): Promise<string> {
	const present = await find(binary);
	if (present) return present;
	onProgress(`${binary} is missing: apt-get install ${debianPackage}`);
	// Run level 1 keeps the package from starting a service on the standard port.
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
	const install = ['install', '-y', '--no-install-recommends', debianPackage];
	let result = await run('apt-get', install, { cwd: tmpdir(), env });
	if (result.code !== 0) {
		onProgress('apt-get update, as the package was not found in the present lists');
		await run('apt-get', ['update'], { cwd: tmpdir(), env });
		result = await run('apt-get', install, { cwd: tmpdir(), env });
	}
	const installed = await find(binary);
	if (installed) return installed;
	throw new Error(
		`Queue mode needs ${binary}, and "apt-get install ${debianPackage}" did not bring it. ` +
			`Install it by hand so that it is in PATH.\n${lastLines(result.output)}`,
	);
}

async function findInPath(binary: string): Promise<string | undefined> {
	const folders = (process.env.PATH ?? '').split(delimiter);
	return folders.map((folder) => join(folder, binary)).find((file) => existsSync(file));
}

/** Debian keeps the servers of each major version in a folder of their own, outside PATH. */
async function findPostgres(binary: string): Promise<string | undefined> {
	const root = '/usr/lib/postgresql';
	const majors = await readdir(root).catch(() => []);
	const newestFirst = majors.sort((a, b) => Number(b) - Number(a));
	const files = newestFirst.map((major) => join(root, major, 'bin', binary));
	return files.find((file) => existsSync(file)) ?? (await findInPath(binary));
}

async function listening(child: Child, name: string, line: string): Promise<void> {
	let ended = false;
	void child.ended.then(
		() => (ended = true),
		() => (ended = true),
	);
	await waitFor(
		() => {
			if (ended) throw new Error(`${name} ended while it started.\n${lastLines(child.output())}`);
			return child.output().includes(line) || undefined;
		},
		{ timeoutMs: 30_000, describe: () => `${name} did not start.\n${lastLines(child.output())}` },
	);
}

async function mustRun(command: string, args: string[]): Promise<void> {
	const result = await run(command, args, { cwd: tmpdir(), env: plainEnvironment() });
	if (result.code !== 0)
		throw new Error(`${command} ${args.join(' ')} failed.\n${lastLines(result.output)}`);
}
