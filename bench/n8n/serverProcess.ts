import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ServerCounts, ServerMessage, ServerPorts, ServerSettings } from './server';

export interface BenchServer {
	/** Of the token endpoint and the API. */
	origin: { http: string; https: string };
	/** Forgets all counts. */
	configure(settings: Partial<ServerSettings>): Promise<void>;
	counts(): Promise<ServerCounts>;
	stop(): void;
}

const DEFAULTS: ServerSettings = {
	latencyMs: 0,
	responseBytes: 0,
	limitPerSecond: 0,
};

export async function startServer(): Promise<BenchServer> {
	const child = fork(join(import.meta.dirname, 'server.ts'), { stdio: 'inherit' });
	const ask = async (message: ServerMessage): Promise<ServerCounts> => {
		child.send(message);
		return ((await once(child, 'message')) as [ServerCounts])[0];
	};
	const [ports] = (await once(child, 'message')) as [ServerPorts];
	return {
		origin: {
			http: `http://127.0.0.1:${ports.http}`,
			https: `https://127.0.0.1:${ports.https}`,
		},
		async configure(settings) {
			await ask({ configure: { ...DEFAULTS, ...settings } });
		},
		counts: () => ask('counts'),
		stop: () => child.disconnect(),
	};
}
