import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findInPath, findOrInstall } from './binaries';
import { endChild, freePort, mustRun, plainEnvironment, ready, startChild } from './processes';

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
	const need = 'Queue mode needs redis-server in PATH';
	const find = () => findInPath('redis-server');
	const binary = await findOrInstall({ find, debianPackage: 'redis-server', need }, onProgress);
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
	await ready(child, 'Redis', 30_000, () => child.output().includes('Ready to accept connections'));
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
	const need = 'Queue mode needs initdb of PostgreSQL in PATH';
	const wanted = { find: findInitdb, debianPackage: 'postgresql', need };
	const initdb = await findOrInstall(wanted, onProgress);
	const folder = await mkdtemp(join(tmpdir(), 'postgres-e2e-'));
	const data = join(folder, 'data');
	const user = 'n8n';
	// PostgreSQL refuses to run as root; its package brings a user for it.
	const asUser = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
	const options = { cwd: folder, env: plainEnvironment() };
	if (asUser.length > 0) await mustRun('chown', ['postgres', folder], options);
	const command = (binary: string, ...args: string[]) => {
		const [first, ...rest] = [...asUser, binary, ...args];
		return [first as string, rest] as const;
	};

	await mustRun(
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
	const isListening = () => child.output().includes('ready to accept connections');
	await ready(child, 'PostgreSQL', 30_000, isListening);
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

/** Debian keeps the servers of each major version in a folder of their own, outside PATH. */
async function findInitdb(): Promise<string | undefined> {
	const root = '/usr/lib/postgresql';
	const majors = await readdir(root).catch(() => []);
	const newestFirst = majors.sort((a, b) => Number(b) - Number(a));
	const files = newestFirst.map((major) => join(root, major, 'bin', 'initdb'));
	return files.find((file) => existsSync(file)) ?? findInPath('initdb');
}
