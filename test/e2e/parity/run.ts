import { join } from 'node:path';
import {
	startAuthorizationServer,
	type AuthorizationServer,
} from '../../servers/authorizationServer';
import { CA, CLIENT } from '../../servers/certificates';
import { N8n } from '../n8n';
import type { N8nInstallation } from '../provision';
import { CREDENTIAL_TYPE } from '../workflows';
import { INPUTS } from './inputs';
import { observe, type Observation } from './observe';
import type { ParityCase, ParityGroup } from './parityCase';
import { startCaseServers, type CaseServers } from './server';
import {
	nodeName,
	parityWorkflow,
	TRIGGER,
	type CaseNode,
	type Credentials,
	type Side,
} from './workflow';

/** A case with what the nodes did. */
export type Outcome<S extends Side = Side> = Record<S, Observation> & {
	/** Title of the group. */
	group: string;
	case: ParityCase;
};

export interface RunOptions {
	installation: N8nInstallation;
	/** Of the package, by `npm pack`. */
	tarball: string;
	onProgress: (line: string) => void;
}

type Started = CaseNode & { servers: CaseServers };

/** Runs all cases with these nodes in a real n8n, each against servers of its own. */
export async function runCases<S extends Side>(
	groups: readonly ParityGroup[],
	sides: readonly S[],
	{ installation, tarball, onProgress }: RunOptions,
): Promise<Array<Outcome<S>>> {
	const closers: Array<() => Promise<void>> = [];
	try {
		const server = await startAuthorizationServer();
		closers.push(() => server.close());
		const n8n = await N8n.create(installation, { startTimeoutMs: 300_000 });
		closers.push(() => n8n.dispose());
		await n8n.installPackage(tarball);
		onProgress('n8n: start');
		await n8n.start();
		const credentials = await addCredentials(n8n, server);
		const outcomes: Array<Outcome<S>> = [];
		for (const group of groups) {
			onProgress(`${group.title}: ${group.cases.length} cases`);
			outcomes.push(...(await runGroup(n8n, group, sides, credentials)));
		}
		return outcomes;
	} finally {
		for (const close of closers.reverse()) await close();
	}
}

async function runGroup<S extends Side>(
	n8n: N8n,
	{ title: group, cases }: ParityGroup,
	sides: readonly S[],
	credentials: Credentials,
): Promise<Array<Outcome<S>>> {
	const nodes = await Promise.all(
		cases.flatMap((parityCase) => sides.map(async (side) => await startNode(parityCase, side))),
	);
	try {
		const seen = new Map<Started, Observation>();
		for (const part of workflows(nodes)) {
			for (const [node, observation] of await runWorkflow(n8n, part, credentials)) {
				seen.set(node, observation);
			}
		}
		return cases.map((parityCase) => {
			const bySide = nodes
				.filter((node) => node.case === parityCase)
				.map((node): [Side, Observation] => {
					const observation = seen.get(node);
					if (observation === undefined) throw new Error(`${parityCase.title} did not run`);
					return [node.side, observation];
				});
			const observations = Object.fromEntries(bySide) as Record<S, Observation>;
			return { group, case: parityCase, ...observations };
		});
	} finally {
		await Promise.all(nodes.map(({ servers }) => servers.close()));
	}
}

async function startNode(parityCase: ParityCase, side: Side): Promise<Started> {
	const servers = await startCaseServers(parityCase);
	return { case: parityCase, side, fill: servers.fill, servers };
}

/** One for all nodes, but one for each that stops its workflow. */
function workflows(nodes: Started[]): Started[][] {
	const stops = (node: Started): boolean => node.case.onError === 'stopWorkflow';
	return [
		nodes.filter((node) => !stops(node)),
		...nodes.filter(stops).map((node) => [node]),
	].filter((part) => part.length > 0);
}

async function runWorkflow(
	n8n: N8n,
	nodes: Started[],
	credentials: Credentials,
): Promise<Array<[Started, Observation]>> {
	const { id: _, ...workflow } = parityWorkflow('parity', nodes, credentials);
	const { id } = await n8n.rest.post<{ id: string }>('/workflows', { ...workflow, active: false });
	await n8n.rest.runManually(id, TRIGGER);
	const [row] = await n8n.waitForExecutions(id, 1, 300_000);
	const data = await n8n.execution(String(row?.id));
	if (data === undefined) throw new Error('n8n kept no data of the run');
	const storageFolder = join(n8n.userFolder, '.n8n', 'storage');
	return await Promise.all(
		nodes.map(async (node): Promise<[Started, Observation]> => {
			const run = data.resultData.runData[nodeName(node.case, node.side)]?.[0];
			const count = (INPUTS[node.case.input ?? 'one'] ?? []).length;
			if (run === undefined && count > 0) {
				const why = data.resultData.error?.message ?? 'the run ended before it';
				throw new Error(`${nodeName(node.case, node.side)} did not run: ${why}`);
			}
			// Calls for several items may overtake each other.
			return [node, await observe(run, node.servers, { storageFolder, inOrder: count < 2 })];
		}),
	);
}

async function addCredentials(n8n: N8n, server: AuthorizationServer): Promise<Credentials> {
	const { client_id: clientId, client_secret: clientSecret } = server.clients[0] ?? {};
	const client = { clientId, clientSecret, scope: 'records:write' };
	const ours = { ...client, tokenUrl: server.tokenUrl };
	return {
		ours: await addCredential(n8n, CREDENTIAL_TYPE, ours),
		oursWithCertificate: await addCredential(n8n, CREDENTIAL_TYPE, {
			...ours,
			advancedSettings: true,
			customizeTls: true,
			tlsCertificate: CLIENT.cert,
			tlsPrivateKey: CLIENT.key,
			caCertificate: CA,
		}),
		builtInCertificate: await addCredential(n8n, 'httpSslAuth', { ...CLIENT, ca: CA }),
		builtIn: await addCredential(n8n, 'oAuth2Api', {
			...client,
			grantType: 'clientCredentials',
			accessTokenUrl: server.tokenUrl,
			authentication: 'header',
		}),
	};
}

async function addCredential(
	n8n: N8n,
	type: string,
	data: Record<string, unknown>,
): Promise<string> {
	return (await n8n.rest.post<{ id: string }>('/credentials', { name: type, type, data })).id;
}
