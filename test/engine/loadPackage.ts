import type { CredentialTypesByName } from './credentials';
import { loadEngine } from './engine';
import type { NodeTypesByName } from './nodeTypes';

export interface LoadedPackage {
	nodeTypes: NodeTypesByName;
	credentialTypes: CredentialTypesByName;
}

/** Loads an unpacked package by n8n's own loader, which reads the `n8n` part of its package.json. */
export async function loadPackage(folder: string): Promise<LoadedPackage> {
	const { PackageDirectoryLoader } = await loadEngine();
	const loader = new PackageDirectoryLoader(folder);
	await loader.loadAll();
	return {
		nodeTypes: mapEntries(loader.nodeTypes, (name) => `${loader.packageName}.${name}`),
		credentialTypes: mapEntries(loader.credentialTypes, (name) => name),
	};
}

function mapEntries<T>(loaded: Record<string, { type: T }>, key: (name: string) => string) {
	return Object.fromEntries(Object.entries(loaded).map(([name, { type }]) => [key(name), type]));
}
