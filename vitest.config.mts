import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

export default defineConfig({
	resolve: {
		// The copy that the engine itself requires: its errors are told by identity.
		alias: { 'n8n-workflow': createRequire(import.meta.url).resolve('n8n-workflow') },
	},
	test: {
		include: ['test/**/*.test.ts'],
		// These need an installed n8n and run on their own.
		exclude: ['test/e2e/**'],
		// n8n's engine keeps handles open; a process can be ended, a thread waits for them.
		pool: 'forks',
		// Generous, as it only ends what hangs: machines that share their cores are slow at times.
		testTimeout: 60_000,
		coverage: {
			provider: 'v8',
			include: ['oauth/**/*.ts', 'http/**/*.ts', 'text/**/*.ts'],
			reporter: ['text', 'html'],
			thresholds: { lines: 95, branches: 95, statements: 95, functions: 95 },
		},
	},
});
