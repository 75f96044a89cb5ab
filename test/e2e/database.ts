import { join } from 'node:path';
import { lastLines, plainEnvironment, run } from './processes';
import type { N8nInstallation } from './provision';

export type Row = Record<string, unknown>;

/** Where an instance keeps its data, in n8n's own variables (`DB_TYPE`, `DB_POSTGRESDB_HOST`…). */
export interface DatabaseLocation {
	installation: N8nInstallation;
	userFolder: string;
	env: NodeJS.ProcessEnv;
}

/**
 * Runs SQL on an instance's database, whether n8n runs or not. A child process with n8n's own drivers
 * does it, because those are built for the Node of that n8n and not for ours.
 */
export async function query(location: DatabaseLocation, sql: string): Promise<Row[]> {
	return (await inChild(location, `show(await all(${JSON.stringify(sql)}));`)) as Row[];
}

/** Every row of every table as text, bytes as Latin-1: to search for what must not be there. */
export async function dump(location: DatabaseLocation): Promise<string> {
	return (await inChild(
		location,
		`const lines = [];
		for (const { name } of await all(tablesSql)) {
			lines.push('-- ' + name);
			for (const row of await all('SELECT * FROM "' + name + '"')) lines.push(JSON.stringify(row, plain));
		}
		show(lines.join('\\n'));`,
	)) as string;
}

/** The stored run data of one execution, or `undefined` when it was not saved. */
export async function executionData(
	location: DatabaseLocation,
	executionId: string,
): Promise<unknown> {
	return await inChild(
		location,
		`const [row] = await all('SELECT data FROM execution_data WHERE "executionId" = ' + Number(${JSON.stringify(executionId)}));
		show(row ? withoutCycles(require('flatted').parse(row.data)) : undefined);`,
	);
}

async function inChild(location: DatabaseLocation, body: string): Promise<unknown> {
	const { installation, userFolder, env } = location;
	const connect = env.DB_TYPE === 'postgresdb' ? POSTGRES : SQLITE;
	const script = `(async () => {
		const plain = (key, value) =>
			value && value.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value;
		// The HTTP Request node puts its connection into an item that failed.
		const withoutCycles = (value, above = []) => {
			if (typeof value !== 'object' || value === null) return value;
			if (above.includes(value)) return '[circular]';
			const within = [...above, value];
			if (Array.isArray(value)) return value.map((entry) => withoutCycles(entry, within));
			return Object.fromEntries(
				Object.entries(value).map(([key, entry]) => [key, withoutCycles(entry, within)]));
		};
		const show = (value) => process.stdout.write(JSON.stringify({ value }));
		${connect}
		${body}
		await close();
	})().catch((error) => { console.error(error); process.exit(1); });`;
	const result = await run(installation.node, ['-e', script], {
		// `require` in a script of the command line looks here.
		cwd: join(installation.folder, 'node_modules', 'n8n'),
		env: {
			...plainEnvironment(),
			...env,
			DATABASE_FILE: join(userFolder, '.n8n', 'database.sqlite'),
		},
		timeoutMs: 60_000,
	});
	if (result.code !== 0)
		throw new Error(`Could not read n8n's database.\n${lastLines(result.output)}`);
	return (JSON.parse(result.stdout) as { value: unknown }).value;
}

const SQLITE = `
	const sqlite = require('sqlite3');
	const tablesSql = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
	const db = await new Promise((resolve, reject) => {
		const opened = new sqlite.Database(process.env.DATABASE_FILE, sqlite.OPEN_READWRITE, (error) =>
			error ? reject(error) : resolve(opened));
	});
	db.configure('busyTimeout', 10000);
	const all = (sql) => new Promise((resolve, reject) =>
		db.all(sql, (error, rows) => (error ? reject(error) : resolve(rows))));
	const close = () => new Promise((resolve) => db.close(resolve));`;

const POSTGRES = `
	const { Client } = require('pg');
	const tablesSql = "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename";
	const client = new Client({
		host: process.env.DB_POSTGRESDB_HOST,
		port: Number(process.env.DB_POSTGRESDB_PORT),
		database: process.env.DB_POSTGRESDB_DATABASE,
		user: process.env.DB_POSTGRESDB_USER,
		password: process.env.DB_POSTGRESDB_PASSWORD,
	});
	await client.connect();
	const all = async (sql) => (await client.query(sql)).rows;
	const close = () => client.end();`;
