import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let engine: Promise<typeof import('n8n-core')> | undefined;

/**
 * n8n's engine, imported once and late: it reads its settings while it loads, and would otherwise
 * write to the user's home. It keeps a process alive, so a script must end with `process.exit()`.
 */
export function loadEngine(): Promise<typeof import('n8n-core')> {
	return (engine ??= importEngine());
}

async function importEngine() {
	const userFolder = mkdtempSync(join(tmpdir(), 'n8n-engine-'));
	const removeUserFolder = () => rmSync(userFolder, { recursive: true, force: true });
	process.once('exit', removeUserFolder);
	// How vitest ends a process.
	process.once('SIGTERM', () => {
		removeUserFolder();
		process.kill(process.pid, 'SIGTERM');
	});
	Object.assign(process.env, {
		N8N_USER_FOLDER: userFolder,
		N8N_ENCRYPTION_KEY: 'a-key-for-tests-only',
		N8N_LOG_LEVEL: 'silent',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_RUNNERS_ENABLED: 'false',
		N8N_DEFAULT_BINARY_DATA_MODE: 'default',
	});
	return await import('n8n-core');
}
