import { readFileSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What n8n's process spent between the items and the summary. */
export interface Spent {
	/** Of all its threads. */
	cpuMs: number;
	rssBeforeBytes: number;
	/** The most that was resident meanwhile. */
	rssPeakBytes: number;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** For DevTools, where `npm run bench -- --profile=<folder>` asks for it. */
const profileFolder = process.env.BENCH_PROFILE_FOLDER;
const profiler = profileFolder ? new Session() : undefined;
profiler?.connect();
profiler?.post('Profiler.enable');
let profiles = 0;

let began: { cpu: NodeJS.CpuUsage; rssBytes: number } | undefined;

/** Without the garbage of earlier runs, and with the peak of memory forgotten (Linux only). */
export function begin(): void {
	collectGarbage();
	writeFileSync('/proc/self/clear_refs', '5');
	profiler?.post('Profiler.start');
	began = { cpu: process.cpuUsage(), rssBytes: statusBytes('VmRSS') };
}

export function end(): Spent {
	if (began === undefined) throw new Error('Nothing was begun');
	const { user, system } = process.cpuUsage(began.cpu);
	const spent = {
		cpuMs: (user + system) / 1000,
		rssBeforeBytes: began.rssBytes,
		rssPeakBytes: statusBytes('VmHWM'),
	};
	profiler?.post('Profiler.stop', (_error, { profile }) => {
		const file = join(profileFolder ?? '', `run-${++profiles}.cpuprofile`);
		writeFileSync(file, JSON.stringify(profile));
	});
	return spent;
}

function statusBytes(field: 'VmRSS' | 'VmHWM'): number {
	const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(
		readFileSync('/proc/self/status', 'utf8'),
	);
	return Number(line?.[1]) * 1024;
}
