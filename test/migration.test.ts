import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { INTENDED_DIFFERENCES } from './e2e/parity/cases/differences';

const rows = readFileSync('docs/migration.md', 'utf8')
	.split('\n')
	.filter((line) => line.startsWith('| '));

describe("what differs from n8n's HTTP Request node", () => {
	it.each(INTENDED_DIFFERENCES)('is told to who moves a workflow over: $title', ({ row }) => {
		expect(rows.some((line) => line.startsWith(`| ${row} `))).toBe(true);
	});
});
