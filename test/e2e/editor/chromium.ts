import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { lastLines, plainEnvironment, run } from '../processes';

/** Overrides which browser is used: the path of a Chromium or Chrome. */
export const BROWSER_VARIABLE = 'E2E_CHROMIUM';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Starts a browser of its own, with a fresh profile, that can talk to this machine only. */
export async function startChromium(onProgress: (line: string) => void): Promise<Browser> {
	return await chromium.launch({
		executablePath: await findChromium(onProgress),
		env: plainEnvironment(),
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
			'--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
		],
	});
}

/** The path of a browser; Debian's package is installed when there is none. */
async function findChromium(onProgress: (line: string) => void): Promise<string> {
	const given = process.env[BROWSER_VARIABLE];
	if (given && !existsSync(given)) {
		throw new Error(`${BROWSER_VARIABLE} names ${given}, which does not exist.`);
	}
	const present = given ?? findInPath();
	if (present) return present;
	onProgress('Chromium is missing: apt-get install chromium');
	const options = {
		cwd: tmpdir(),
		env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
	};
	await run('apt-get', ['update'], options).catch(() => {});
	const installed = await run(
		'apt-get',
		['install', '-y', '--no-install-recommends', 'chromium'],
		options,
	).catch((error: Error) => ({ output: error.message }));
	const found = findInPath();
	if (found) return found;
	throw new Error(
		'The tests of the editor need Chromium, and "apt-get install chromium" did not bring it. Install it so ' +
			`that it is in PATH, or name a Chromium or Chrome in ${BROWSER_VARIABLE}.\n${lastLines(installed.output)}`,
	);
}

function findInPath(): string | undefined {
	const folders = (process.env.PATH ?? '').split(delimiter);
	const files = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
	return files.find((file) => existsSync(file));
}
