import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A process group that this test run started, with everything it printed. */
export interface Child {
	readonly pid: number;
	/** Resolves when the process has ended and its output is complete. */
	readonly ended: Promise<Ending>;
	/** Standard output and standard error, interleaved as they arrived. */
	output(): string;
	stdout(): string;
	/** Signals the whole group: n8n starts children of its own. */
	signal(signal: NodeJS.Signals): void;
}

export interface Ending {
	code: number | null;
	signal: NodeJS.Signals | null;
}

export interface SpawnOptions {
	cwd: string;
	/** The whole environment of the child; nothing is inherited. */
	env: NodeJS.ProcessEnv;
	/** Also written to this file, complete even when the test run dies. */
	logFile?: string;
	onLine?: (line: string) => void;
}

const running = new Set<Child>();
let guarded = false;
let endsInOrder = false;

/** Calls `stop` at the first Ctrl-C, instead of killing all children at once. */
export function endInOrder(stop: () => Promise<void>): void {
	endsInOrder = true;
	let stopping = false;
	for (const signal of SIGNALS) {
		process.on(signal, () => {
			// One Ctrl-C may arrive several times: npm and tsx pass it on.
			if (stopping) return;
			stopping = true;
			void stop().finally(() => process.exit(130));
		});
	}
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Starts a command in a process group of its own, which ends with this process at the latest. */
export function startChild(command: string, args: string[], options: SpawnOptions): Child {
	guardExit();
	const child = spawn(command, args, {
		cwd: options.cwd,
		env: options.env,
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const all: string[] = [];
	const out: string[] = [];
	const log = options.logFile ? createWriteStream(options.logFile, { flags: 'a' }) : undefined;
	const splitter = options.onLine ? lineSplitter(options.onLine) : undefined;
	const keep = (text: string) => {
		all.push(text);
		log?.write(text);
		splitter?.(text);
	};
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		out.push(text);
		keep(text);
	});
	child.stderr.setEncoding('utf8').on('data', keep);

	const handle: Child = {
		pid: child.pid ?? -1,
		ended: ending(child).finally(() => {
			running.delete(handle);
			log?.end();
		}),
		output: () => all.join(''),
		stdout: () => out.join(''),
		signal: (signal) => {
			if (running.has(handle)) signalGroup(handle.pid, signal);
		},
	};
	if (child.pid !== undefined) running.add(handle);
	// A command that cannot be started rejects `ended`; who does not wait for it is not at fault.
	handle.ended.catch(() => {});
	return handle;
}

/** Runs a command to its end. Does not throw for a non-zero exit code: the caller knows what it means. */
export async function run(
	command: string,
	args: string[],
	options: SpawnOptions & { timeoutMs?: number },
): Promise<Ending & { output: string; stdout: string }> {
	const child = startChild(command, args, options);
	const timer = options.timeoutMs
		? setTimeout(() => child.signal('SIGKILL'), options.timeoutMs)
		: undefined;
	try {
		const { code, signal } = await child.ended;
		return { code, signal, output: child.output(), stdout: child.stdout() };
	} finally {
		clearTimeout(timer);
	}
}

/** Runs a command that must succeed. */
export async function mustRun(
	command: string,
	args: string[],
	options: SpawnOptions,
): Promise<void> {
	const { code, output } = await run(command, args, options);
	if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed.\n${lastLines(output)}`);
}

/** Waits until a child has started, and fails with its last lines where it ends instead or takes too long. */
export async function ready(
	child: Child,
	name: string,
	timeoutMs: number,
	check: () => boolean | Promise<boolean>,
): Promise<void> {
	let ended = false;
	const end = () => (ended = true);
	void child.ended.then(end, end);
	await waitFor(
		async () => {
			if (ended) throw new Error(`${name} ended while it started.\n${lastLines(child.output())}`);
			return (await check()) || undefined;
		},
		{ timeoutMs, describe: () => `${name} did not start.\n${lastLines(child.output())}` },
	);
}

/** Asks politely, then insists. */
export async function endChild(
	child: Child,
	{ signal = 'SIGTERM', graceMs = 20_000 }: { signal?: NodeJS.Signals; graceMs?: number } = {},
): Promise<void> {
	child.signal(signal);
	const timer = setTimeout(() => child.signal('SIGKILL'), graceMs);
	await child.ended.catch(() => {});
	clearTimeout(timer);
}

/** A TCP port on loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject).listen(0, '127.0.0.1', resolve);
	});
	const { port } = server.address() as AddressInfo;
	await new Promise<void>((resolve) => server.close(() => resolve()));
	return port;
}

/** Polls until `check` answers something, and fails with `describe()` when it takes too long. */
export async function waitFor<T>(
	check: () => Promise<T | undefined> | T | undefined,
	{
		timeoutMs,
		everyMs = 100,
		describe,
	}: { timeoutMs: number; everyMs?: number; describe: () => string },
): Promise<T> {
	const deadlineMs = Date.now() + timeoutMs;
	for (;;) {
		const found = await check();
		if (found !== undefined) return found;
		if (Date.now() > deadlineMs) throw new Error(`${describe()} (waited ${timeoutMs / 1000} s)`);
		await new Promise((resolve) => setTimeout(resolve, everyMs));
	}
}

/** The end of a long output, where the reason of a failure is. */
export function lastLines(output: string, count = 25): string {
	return output.trimEnd().split('\n').slice(-count).join('\n');
}

/** What a child needs of this process's environment: no proxy, no npm or n8n variable leaks in. */
export function plainEnvironment(): NodeJS.ProcessEnv {
	const names = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'];
	return Object.fromEntries(
		names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
	);
}

function ending(child: ChildProcess): Promise<Ending> {
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (code, signal) => resolve({ code, signal }));
	});
}

function lineSplitter(onLine: (line: string) => void): (text: string) => void {
	let rest = '';
	return (text) => {
		const lines = (rest + text).split('\n');
		rest = lines.pop() ?? '';
		for (const line of lines) if (line.trim() !== '') onLine(line);
	};
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(-pid, signal);
	} catch (error) {
		// Ended in the meantime.
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}

function guardExit(): void {
	if (guarded) return;
	guarded = true;
	process.on('exit', () => {
		for (const child of running) signalGroup(child.pid, 'SIGKILL');
	});
	for (const signal of SIGNALS) {
		process.once(signal, () => {
			if (endsInOrder) return;
			for (const child of running) signalGroup(child.pid, 'SIGKILL');
			process.kill(process.pid, signal);
		});
	}
}
