import { get } from 'node:http';
import type { N8n } from '../../test/e2e/n8n';
import { waitFor } from '../../test/e2e/processes';
import { benchWorkflow, credentialData, type Credential } from './benchWorkflow';
import { variantName, type Case, type Variant } from './cases';
import type { Summary } from './probe/BenchSummary.node';
import type { ServerCounts } from './server';
import type { BenchServer } from './serverProcess';

/** One run of one variant. */
export interface Run {
	items: number;
	/** `undefined`: the run failed. */
	summary: Summary | undefined;
	counts: ServerCounts;
	/** From the call of the webhook to its answer. */
	wallMs: number;
}

export interface Measured {
	variant: Variant;
	/** In the order of the rounds. */
	runs: Run[];
}

export interface Bench {
	n8n: N8n;
	server: BenchServer;
	onProgress: (line: string) => void;
}

/** Fewer, and the first rounds still measure code that is not compiled. */
const WARM_UP_ITEMS = 2_000;
/** In a fresh process memory counts, and a longer warm-up would leave its traces. */
const FRESH_WARM_UP_ITEMS = 3;

/** All variants one after the other, several times over, in an order that turns. */
export async function measureCase(bench: Bench, plan: Case, rounds: number): Promise<Measured[]> {
	const { n8n, server, onProgress } = bench;
	const contestants: Array<Measured & { paths: string[] }> = [];
	for (const variant of plan.variants) {
		const paths: string[] = [];
		// Cold: with a client that nobody has a token for.
		for (let round = 0; round < (plan.cold ? rounds : 1); round++) {
			paths.push(await publish(bench, plan, variant));
		}
		contestants.push({ variant, paths, runs: [] });
	}
	await server.configure(plan.server ?? {});
	if (!plan.cold && !plan.freshProcess) {
		for (const { paths } of contestants) {
			await runOnce(bench, paths[0], Math.min(plan.items, WARM_UP_ITEMS));
		}
	}
	for (let round = 0; round < rounds; round++) {
		for (const { variant, paths, runs } of turned(contestants, round)) {
			const path = paths[round % paths.length];
			if (plan.freshProcess) {
				await n8n.stop();
				await n8n.start();
				await runOnce(bench, path, FRESH_WARM_UP_ITEMS);
			}
			await server.configure(plan.server ?? {});
			const run = await runOnce(bench, path, variant.items ?? plan.items);
			if (run.summary?.inOrder === false && hasIds(variant)) {
				throw new Error(`${plan.name}: the output is not in the order of the items`);
			}
			runs.push(run);
			onProgress(`${plan.name} ${round + 1}/${rounds}: ${describe(variant, run)}`);
		}
	}
	return contestants.map(({ variant, runs }) => ({ variant, runs }));
}

function turned<T>(list: T[], by: number): T[] {
	const at = by % list.length;
	return [...list.slice(at), ...list.slice(0, at)];
}

/** Whether each response tells which item it is for. */
function hasIds(variant: Variant): boolean {
	return variant.kind === 'ours'
		? !variant.fixedUrl
		: variant.kind !== 'floor' || !!variant.readsUrl;
}

let published = 0;

/** A workflow of the variant's own, with a credential of its own. Returns the webhook's path. */
async function publish({ n8n, server }: Bench, plan: Case, variant: Variant): Promise<string> {
	await ready(n8n);
	const path = `bench-${++published}`;
	const wanted = credentialData(variant, `${server.origin.http}/token`, path);
	const credential =
		wanted && (await n8n.rest.post<Credential>('/credentials', { name: path, ...wanted }));
	const apiOrigin = server.origin[plan.https ? 'https' : 'http'];
	const workflow = benchWorkflow(path, plan, variant, { apiOrigin, credential });
	const content = { ...workflow, id: undefined, active: false };
	const { id } = await n8n.rest.post<{ id: string }>('/workflows', content);
	await n8n.publish(id);
	return path;
}

async function runOnce({ n8n, server }: Bench, path = '', items: number): Promise<Run> {
	await ready(n8n);
	const url = `${n8n.webhookUrl(path)}?items=${items}`;
	let startedAtMs = 0;
	// n8n may answer 404 for a moment after a workflow is published: nothing has run then.
	const { status, text } = await waitFor(
		async () => {
			startedAtMs = performance.now();
			const answer = await call(url);
			return answer.status === 404 ? undefined : answer;
		},
		{ timeoutMs: 20_000, describe: () => `${url} is not registered` },
	);
	const wallMs = performance.now() - startedAtMs;
	const summary = status === 200 ? (JSON.parse(text) as Summary) : undefined;
	return { items, summary, counts: await server.counts(), wallMs };
}

/** After a run that left its event loop no time, n8n takes its own database for lost for a while. */
async function ready(n8n: N8n): Promise<void> {
	await waitFor(
		async () => {
			const answer = await fetch(`${n8n.url}/healthz/readiness`).catch(() => undefined);
			return answer?.ok || undefined;
		},
		{ timeoutMs: 60_000, describe: () => 'n8n is not ready' },
	);
}

/** Without `fetch`, which gives up after five minutes. */
function call(url: string): Promise<{ status: number; text: string }> {
	return new Promise((resolve, reject) => {
		get(url, { agent: false }, (response) => {
			let text = '';
			response.setEncoding('utf8');
			response.on('data', (chunk: string) => (text += chunk));
			response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
			response.on('error', reject);
		}).on('error', reject);
	});
}

function describe(variant: Variant, { summary, counts, wallMs, items }: Run): string {
	const name = variantName(variant).padEnd(44);
	const traffic = `${counts.delivered} delivered, ${counts.duplicates} twice, ${counts.tokenRequests} tokens, ${counts.connections} connections`;
	if (summary === undefined) return `${name} failed after ${Math.round(wallMs)} ms; ${traffic}`;
	const { executionTimeMs, cpuMs, rssBeforeBytes, rssPeakBytes } = summary;
	return [
		name,
		`${((items / executionTimeMs) * 1000).toFixed(0).padStart(6)}/s`,
		`${(cpuMs / items).toFixed(3)} ms CPU`,
		`${(rssBeforeBytes / 1e6).toFixed(0)} → ${(rssPeakBytes / 1e6).toFixed(0)} MB`,
		traffic,
	].join('  ');
}
