import type { TestProject } from 'vitest/node';
import { N8N_1, N8N_2, packPackage } from './prepare';
import { provisionN8n, type N8nInstallation } from './provision';

declare module 'vitest' {
	interface ProvidedContext {
		tarball: string;
		installations: Record<string, N8nInstallation>;
	}
}

/** Once for all scenarios: the package, and the versions of n8n. Says what it does, as that takes minutes. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const onProgress = (line: string) => console.error(`  ${line}`);
	const packed = await packPackage(onProgress);
	const installations: Record<string, N8nInstallation> = {};
	for (const version of [N8N_2, N8N_1]) {
		installations[version] = await provisionN8n(version, { onProgress });
		onProgress(`n8n ${version}: ${installations[version].folder}`);
	}
	project.provide('tarball', packed.tarball);
	project.provide('installations', installations);
	return () => packed.dispose();
}
