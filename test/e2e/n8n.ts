import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { dump, executionData, query, type DatabaseLocation, type Row } from './database';
import { N8nRest } from './n8nRest';
import {
	endChild,
	freePort,
	lastLines,
	mustRun,
	plainEnvironment,
	ready,
	run,
	startChild,
	waitFor,
	type Child,
} from './processes';
import type { N8nInstallation } from './provision';

export interface N8nOptions {
	/** Added to, or (with `undefined`) taken from, the environment of every process of the instance. */
	env?: NodeJS.ProcessEnv;
	startTimeoutMs?: number;
	/** A free one when left out. */
	port?: number;
}

/** A credential as `n8n import:credentials` takes it, with its data in the clear. */
export interface CredentialJson {
	id: string;
	name: string;
	type: string;
	data: Record<string, unknown>;
}

/** A workflow as the editor exports it. */
export interface WorkflowJson {
	id: string;
	name: string;
	nodes: unknown[];
	connections: Record<string, unknown>;
	settings?: Record<string, unknown>;
	active?: boolean;
	pinData?: Record<string, unknown>;
}

export interface ExecutionRow {
	id: string;
	workflowId: string;
	status: string;
	mode: string;
	startedAt: string;
	stoppedAt: string | null;
}

/** What the tests read of an execution's run data. */
export interface RunResult {
	resultData: {
		error?: { message: string; description?: string };
		runData: Record<
			string,
			Array<{
				executionTime: number;
				error?: { message: string; description?: string };
				data?: { main: Array<Array<{ json: Record<string, unknown>; binary?: unknown }> | null> };
			}>
		>;
		lastNodeExecuted?: string;
	};
}

interface Manifest {
	name: string;
	version: string;
	dependencies?: Record<string, string>;
	devDependencies?: unknown;
	peerDependencies?: unknown;
	optionalDependencies?: unknown;
}

/** One n8n with a fresh user folder. No process of it outlives the test run; `dispose` removes its files. */
export class N8n {
	private main: Child | undefined;
	private readonly mainOutputs: Array<() => string> = [];
	private readonly workers = new Set<N8nWorker>();
	private readonly packages: string[] = [];
	private migrated = false;
	private restClient: N8nRest | undefined;

	private constructor(
		readonly installation: N8nInstallation,
		readonly userFolder: string,
		readonly port: number,
		private readonly env: NodeJS.ProcessEnv,
		private readonly startTimeoutMs: number,
	) {}

	static async create(installation: N8nInstallation, options: N8nOptions = {}): Promise<N8n> {
		const userFolder = await mkdtemp(join(tmpdir(), 'n8n-e2e-'));
		await mkdir(join(userFolder, '.n8n'), { mode: 0o700 });
		const port = options.port ?? (await freePort());
		const env = {
			...plainEnvironment(),
			...QUIET,
			...(installation.version.startsWith('1.') ? QUIET_1 : QUIET_2),
			...installation.env,
			N8N_PORT: String(port),
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			N8N_USER_FOLDER: userFolder,
			N8N_ENCRYPTION_KEY: randomBytes(24).toString('base64url'),
			...options.env,
		};
		return new N8n(installation, userFolder, port, env, options.startTimeoutMs ?? 120_000);
	}

	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	webhookUrl(path: string): string {
		return `${this.url}/webhook/${path}`;
	}

	/** The API that the editor uses, signed in as the owner. Only while the instance runs. */
	get rest(): N8nRest {
		return (this.restClient ??= new N8nRest(this.url));
	}

	/**
	 * Installs an `npm pack` tarball with the steps of n8n's own community package installer
	 * (`community-packages.service.js`), without the registry look-up in front of them.
	 */
	async installPackage(
		tarball: string,
	): Promise<{ name: string; version: string; folder: string }> {
		const staging = await mkdtemp(join(tmpdir(), 'n8n-e2e-package-'));
		await mustRun('tar', ['-xzf', tarball, '-C', staging, '--strip-components=1'], {
			cwd: staging,
			env: plainEnvironment(),
		});
		const { devDependencies, peerDependencies, optionalDependencies, ...manifest } = JSON.parse(
			await readFile(join(staging, 'package.json'), 'utf8'),
		) as Manifest;
		await writeFile(join(staging, 'package.json'), JSON.stringify(manifest, null, 2));
		const { name, version } = manifest;
		const folder = join(this.nodesFolder, 'node_modules', name);
		await rm(folder, { recursive: true, force: true });
		await mkdir(dirname(folder), { recursive: true });
		await cp(staging, folder, { recursive: true });
		await rm(staging, { recursive: true });
		if (Object.keys(manifest.dependencies ?? {}).length > 0) {
			const flags = [
				'--audit=false',
				'--fund=false',
				'--bin-links=false',
				'--install-strategy=shallow',
			];
			await mustRun('npm', ['install', ...flags, '--ignore-scripts=true', '--package-lock=false'], {
				cwd: folder,
				env: plainEnvironment(),
			});
		}
		this.packages.push(`${name}@${version}`);
		await writeFile(
			join(this.nodesFolder, 'package.json'),
			JSON.stringify(
				{ name: 'installed-nodes', private: true, dependencies: { [name]: version } },
				null,
				2,
			),
		);
		await this.listPackage(name, version, folder);
		return { name, version, folder };
	}

	async importCredentials(credentials: CredentialJson[]): Promise<void> {
		await this.import('credentials', credentials);
	}

	/** Imports workflows as unpublished ones, also while the instance runs. */
	async importWorkflow(...workflows: WorkflowJson[]): Promise<void> {
		await this.import('workflow', workflows);
	}

	/** Makes a workflow react to its triggers: at once when the instance runs, else from its next start. */
	async publish(workflowId: string): Promise<void> {
		if (this.main) return await this.rest.publish(workflowId, this.isVersion1);
		await this.cli(
			this.isVersion1
				? ['update:workflow', `--id=${workflowId}`, '--active=true']
				: ['publish:workflow', `--id=${workflowId}`],
		);
	}

	/** One run by `n8n execute`, which needs a manual trigger. A run that fails is an answer, not an exception. */
	async executeOnce(
		workflowId: string,
	): Promise<{ ok: boolean; data: RunResult | undefined; output: string }> {
		const before = await this.lastExecutionId();
		const { code, output } = await this.cli(['execute', `--id=${workflowId}`, '--rawOutput'], {
			mayFail: true,
		});
		const [row] = await this.query(
			`SELECT id, status FROM execution_entity WHERE id > ${before} AND "workflowId" = '${workflowId}' ORDER BY id DESC LIMIT 1`,
		);
		const data = row ? await this.execution(String(row.id)) : undefined;
		return { ok: code === 0 && row?.status === 'success', data, output };
	}

	/** Starts the main process and waits until it serves the editor, the API and all published webhooks. */
	async start(): Promise<void> {
		if (this.main) throw new Error('This n8n runs already.');
		const child = this.spawn(['start'], this.env);
		this.main = child;
		this.mainOutputs.push(child.output);
		await ready(child, 'n8n', this.startTimeoutMs, async () => {
			if (!child.output().includes('Editor is now accessible via')) return false;
			const answer = await fetch(`${this.url}/healthz/readiness`).catch(() => undefined);
			return answer?.ok === true && (await this.publicationsInFlight()) === 0;
		});
		this.migrated = true;
	}

	/** Starts a worker of queue mode: a machine of its own, with the same packages and encryption key. */
	async startWorker({
		concurrency = 10,
		env = {},
	}: { concurrency?: number; env?: NodeJS.ProcessEnv } = {}): Promise<N8nWorker> {
		const userFolder = await mkdtemp(join(tmpdir(), 'n8n-e2e-worker-'));
		await mkdir(join(userFolder, '.n8n'), { mode: 0o700 });
		if (this.packages.length > 0) {
			await cp(this.nodesFolder, join(userFolder, '.n8n', 'nodes'), { recursive: true });
		}
		const child = this.spawn(['worker', `--concurrency=${concurrency}`], {
			...this.env,
			N8N_USER_FOLDER: userFolder,
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			...env,
		});
		const worker = new N8nWorker(child, userFolder);
		this.workers.add(worker);
		await ready(child, 'The worker', this.startTimeoutMs, () =>
			child.output().includes('worker is now ready'),
		);
		return worker;
	}

	/** Ends the main process at once, as a crash or the kernel's memory killer would. */
	async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
		const child = this.main;
		this.main = undefined;
		this.restClient?.forget();
		child?.signal(signal);
		await child?.ended;
	}

	/** Shuts the main process down in order. */
	async stop(): Promise<void> {
		const child = this.main;
		this.main = undefined;
		this.restClient?.forget();
		if (child) await endChild(child);
	}

	/** Ends everything of the instance and removes its files. */
	async dispose(): Promise<void> {
		await Promise.all([...this.workers].map((worker) => worker.stop()));
		await this.stop();
		const folders = [this.userFolder, ...[...this.workers].map((worker) => worker.userFolder)];
		for (const folder of folders) await rm(folder, { recursive: true, force: true });
	}

	get pid(): number | undefined {
		return this.main?.pid;
	}

	/** Calls `listener` with the last output when the main process ends without being told to. */
	onExit(listener: (output: string) => void): void {
		const child = this.main;
		void child?.ended.then(() => {
			if (this.main === child) listener(lastLines(child.output()));
		});
	}

	/** What the main process printed, over all its starts. */
	logs(): string {
		return this.mainOutputs.map((output) => output()).join('');
	}

	async query(sql: string): Promise<Row[]> {
		return await query(this.database, sql);
	}

	async dumpDatabase(): Promise<string> {
		return await dump(this.database);
	}

	/** Files of the instance that contain the text as it is: the database's pages, logs, binary data. */
	async filesContaining(text: string): Promise<string[]> {
		const needle = Buffer.from(text);
		const folder = join(this.userFolder, '.n8n');
		const entries = await readdir(folder, { recursive: true, withFileTypes: true });
		const found: string[] = [];
		for (const entry of entries) {
			const file = join(entry.parentPath, entry.name);
			if (!entry.isFile() || file.startsWith(this.nodesFolder)) continue;
			if ((await readFile(file)).includes(needle)) found.push(file);
		}
		return found;
	}

	/** All executions so far, oldest first. */
	async executions(workflowId?: string): Promise<ExecutionRow[]> {
		const where = workflowId ? `WHERE "workflowId" = '${workflowId}'` : '';
		const rows = await this.query(
			`SELECT id, "workflowId", status, mode, "startedAt", "stoppedAt" FROM execution_entity ${where} ORDER BY id`,
		);
		return rows.map((row) => ({ ...row, id: String(row.id) }) as unknown as ExecutionRow);
	}

	/** The run data of an execution, or `undefined` when n8n did not save it. */
	async execution(executionId: string): Promise<RunResult | undefined> {
		return (await executionData(this.database, executionId)) as RunResult | undefined;
	}

	/** Waits until a number of executions of a workflow has ended, whatever their status. */
	async waitForExecutions(
		workflowId: string,
		count: number,
		timeoutMs = 60_000,
	): Promise<ExecutionRow[]> {
		let rows: ExecutionRow[] = [];
		return await waitFor(
			async () => {
				rows = (await this.executions(workflowId)).filter((row) => ENDED.has(row.status));
				return rows.length >= count ? rows : undefined;
			},
			{
				timeoutMs,
				everyMs: 500,
				describe: () => `${rows.length} of ${count} executions of ${workflowId} have ended`,
			},
		);
	}

	/** The static data that n8n saved with a workflow. */
	async staticData(workflowId: string): Promise<Record<string, unknown> | null> {
		const [row] = await this.query(
			`SELECT "staticData" FROM workflow_entity WHERE id = '${workflowId}'`,
		);
		const data = row?.staticData;
		return (typeof data === 'string' ? JSON.parse(data) : data) as Record<string, unknown> | null;
	}

	/** Runs one of n8n's commands to its end. */
	async cli(
		args: string[],
		{ mayFail = false } = {},
	): Promise<{ code: number | null; output: string }> {
		const result = await run(this.installation.node, [this.installation.bin, ...args], {
			cwd: this.userFolder,
			// A second process beside a running one needs a task broker port of its own.
			env: { ...this.env, N8N_RUNNERS_BROKER_PORT: String(await freePort()) },
			timeoutMs: 300_000,
		});
		if (result.code !== 0 && !mayFail) {
			throw new Error(
				`"n8n ${args.join(' ')}" ended with ${result.code ?? result.signal}.\n${lastLines(result.output)}`,
			);
		}
		this.migrated = true;
		return result;
	}

	private get isVersion1(): boolean {
		return this.installation.version.startsWith('1.');
	}

	private get nodesFolder(): string {
		return join(this.userFolder, '.n8n', 'nodes');
	}

	private get database(): DatabaseLocation {
		return { installation: this.installation, userFolder: this.userFolder, env: this.env };
	}

	private spawn(args: string[], env: NodeJS.ProcessEnv): Child {
		return startChild(this.installation.node, [this.installation.bin, ...args], {
			cwd: env.N8N_USER_FOLDER ?? this.userFolder,
			env,
		});
	}

	private async import(what: 'credentials' | 'workflow', entities: object[]): Promise<void> {
		const file = join(this.userFolder, `import-${what}.json`);
		await writeFile(file, JSON.stringify(entities));
		const { output } = await this.cli([`import:${what}`, `--input=${file}`], { mayFail: true });
		// Credentials are in the clear in it.
		await rm(file);
		// The command ends with 0 also when it imported nothing.
		if (!output.includes(`Successfully imported ${entities.length}`)) {
			throw new Error(`n8n did not import the ${what}.\n${lastLines(output)}`);
		}
	}

	/** n8n 2 registers triggers behind a queue in the database; a published webhook answers 404 until then. */
	private async publicationsInFlight(): Promise<number> {
		if (this.isVersion1) return 0;
		const [row] = await this.query(
			`SELECT count(*) AS count FROM workflow_publication_outbox WHERE status IN ('pending', 'in_progress')`,
		);
		return Number(row?.count);
	}

	private async lastExecutionId(): Promise<number> {
		const [row] = await this.query('SELECT max(id) AS id FROM execution_entity');
		return Number(row?.id ?? 0);
	}

	/** The rows that make the package appear under Settings > Community nodes; loading it needs none. */
	private async listPackage(name: string, version: string, folder: string): Promise<void> {
		if (!this.migrated) await this.cli(['list:workflow']);
		const script = `
			const { join, parse } = require('path');
			const { n8n } = require(join(process.argv[1], 'package.json'));
			const nodes = n8n.nodes.map((file) => {
				const className = parse(file).name.replace(/\\.node$/, '');
				const { description, currentVersion } = new (require(join(process.argv[1], file))[className])();
				const version = currentVersion ?? [description.version].flat().at(-1);
				return { name: description.displayName, type: description.name, version };
			});
			console.log(JSON.stringify(nodes));`;
		const result = await run(this.installation.node, ['-e', script, folder], {
			cwd: folder,
			env: { ...plainEnvironment(), NODE_PATH: join(this.installation.folder, 'node_modules') },
		});
		if (result.code !== 0) throw new Error(`${name} does not load.\n${lastLines(result.output)}`);
		const nodes = JSON.parse(result.stdout) as Array<{
			name: string;
			type: string;
			version: number;
		}>;
		await this.query(`DELETE FROM installed_nodes WHERE package = '${name}'`);
		await this.query(`DELETE FROM installed_packages WHERE "packageName" = '${name}'`);
		await this.query(
			`INSERT INTO installed_packages ("packageName", "installedVersion", "createdAt", "updatedAt") VALUES ('${name}', '${version}', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)`,
		);
		for (const node of nodes) {
			await this.query(
				`INSERT INTO installed_nodes (name, type, "latestVersion", package) VALUES ('${node.name}', '${name}.${node.type}', ${node.version}, '${name}')`,
			);
		}
	}
}

/** A worker of queue mode. */
export class N8nWorker {
	constructor(
		private readonly child: Child,
		readonly userFolder: string,
	) {}

	get pid(): number {
		return this.child.pid;
	}

	logs(): string {
		return this.child.output();
	}

	async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
		this.child.signal(signal);
		await this.child.ended;
	}

	async stop(): Promise<void> {
		await endChild(this.child);
	}
}

const ENDED = new Set(['success', 'error', 'crashed', 'canceled']);

/** Keeps an instance to itself: no telemetry, update checks, templates, banners or licence server. */
const QUIET: NodeJS.ProcessEnv = {
	N8N_LISTEN_ADDRESS: '127.0.0.1',
	N8N_HOST: '127.0.0.1',
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_SECURE_COOKIE: 'false',
	N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'true',
	N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '10',
	GENERIC_TIMEZONE: 'UTC',
	NO_COLOR: '1',
};

/** n8n 2 always has a task runner. */
const QUIET_1: NodeJS.ProcessEnv = { N8N_RUNNERS_ENABLED: 'false' };

const QUIET_2: NodeJS.ProcessEnv = {
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
	// Modules that ask a server of n8n's for data, or take long to load; no workflow needs them.
	N8N_DISABLED_MODULES:
		'mcp-registry,mcp,instance-ai,agents,chat-hub,insights,workflow-builder,quick-connect',
};
