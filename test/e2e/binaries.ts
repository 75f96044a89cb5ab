import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { lastLines, run } from './processes';

export interface Wanted {
	find: () => string | undefined | Promise<string | undefined>;
	/** What brings it on Debian. */
	debianPackage: string;
	/** Who needs what, and where, for the error. */
	need: string;
}

/** The path of a program that the tests need; Debian's package is installed when there is none. */
export async function findOrInstall(
	{ find, debianPackage, need }: Wanted,
	onProgress: (line: string) => void,
): Promise<string> {
	const present = await find();
	if (present) return present;
	onProgress(`${need}: apt-get install ${debianPackage}`);
	const install = ['install', '-y', '--no-install-recommends', debianPackage];
	let result = await aptGet(install);
	if (result.code !== 0) {
		onProgress('apt-get update, as the package was not found in the present lists');
		await aptGet(['update']);
		result = await aptGet(install);
	}
	const installed = await find();
	if (installed) return installed;
	throw new Error(
		`${need}, and "apt-get install ${debianPackage}" did not bring it. ` +
			`Install it by hand.\n${lastLines(result.output)}`,
	);
}

/** The first of these names that is in PATH. */
export function findInPath(...names: string[]): string | undefined {
	const folders = (process.env.PATH ?? '').split(delimiter);
	const files = names.flatMap((name) => folders.map((folder) => join(folder, name)));
	return files.find((file) => existsSync(file));
}

async function aptGet(args: string[]): Promise<{ code: number | null; output: string }> {
	// Run level 1 keeps a package from starting a service on the standard port.
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
	const options = { cwd: tmpdir(), env };
	return await run('apt-get', args, options).catch(({ message }: Error) => ({
		code: null,
		output: message,
	}));
}
