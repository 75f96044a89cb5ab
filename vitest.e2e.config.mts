import { defineConfig } from 'vitest/config';

/** Scenarios in a real n8n. One at a time: each drives several processes, and some measure time. */
export default defineConfig({
	test: {
		include: ['test/e2e/**/*.e2e.ts'],
		globalSetup: ['test/e2e/globalSetup.ts'],
		pool: 'forks',
		fileParallelism: false,
		maxWorkers: 1,
		reporters: ['verbose'],
		testTimeout: 240_000,
		hookTimeout: 300_000,
		teardownTimeout: 60_000,
	},
});
