import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { findInPath, findOrInstall } from '../binaries';
import { plainEnvironment } from '../processes';

/** Overrides which browser is used: the path of a Chromium or Chrome. */
const BROWSER_VARIABLE = 'E2E_CHROMIUM';

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

async function findChromium(onProgress: (line: string) => void): Promise<string> {
	const given = process.env[BROWSER_VARIABLE];
	if (given) {
		if (existsSync(given)) return given;
		throw new Error(`${BROWSER_VARIABLE} names ${given}, which does not exist.`);
	}
	const need = `The editor's tests need Chromium or Chrome, in PATH or named by ${BROWSER_VARIABLE}`;
	const find = () => findInPath(...NAMES);
	return await findOrInstall({ find, debianPackage: 'chromium', need }, onProgress);
}
