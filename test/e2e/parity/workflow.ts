import {
	chain,
	CREDENTIAL_TYPE,
	linkTo,
	NODE_TYPE,
	type NodeParts,
	type Workflow,
} from '../workflows';
import { INPUTS, type InputItem } from './inputs';
import type { ParityCase } from './parityCase';

export const SIDES = ['builtIn', 'ours'] as const;
export type Side = (typeof SIDES)[number];

/** What a new node of n8n 2.41.1 has. */
const BUILT_IN_VERSION = 4.5;

/** One node of a case, with its texts filled in. */
export interface CaseNode {
	case: ParityCase;
	side: Side;
	fill: (text: string) => string;
}

/** IDs of the credentials in n8n. */
export interface Credentials {
	builtIn: string;
	/** Of n8n's own type for SSL Certificates. */
	builtInCertificate: string;
	ours: string;
	/** With the same certificate. */
	oursWithCertificate: string;
}

export const TRIGGER = 'Start';

export function nodeName({ title }: ParityCase, side: Side): string {
	return `${side}: ${title}`;
}

/** A workflow that runs all these nodes, one after the other, each with the input of its case. */
export function parityWorkflow(
	id: string,
	nodes: readonly CaseNode[],
	credentials: Credentials,
): Workflow {
	const inputs = [...new Set(nodes.map(inputOf))];
	const workflow = chain(id, [
		{ name: TRIGGER, type: 'n8n-nodes-base.manualTrigger', parameters: {} },
		...inputs.map((input) => inputNode(input, INPUTS[input] ?? missing(input))),
		...nodes.map((node) => requestNode(node, credentials)),
	]);
	const links = (names: string[]) => ({ main: [names.map((name) => linkTo({ name }))] });
	return {
		...workflow,
		connections: {
			[TRIGGER]: links(inputs),
			...Object.fromEntries(
				inputs.map((input) => [
					input,
					links(
						nodes
							.filter((node) => inputOf(node) === input)
							.map((node) => nodeName(node.case, node.side)),
					),
				]),
			),
		},
	};
}

function inputOf(node: CaseNode): string {
	return node.case.input ?? 'one';
}

function missing(input: string): never {
	throw new Error(`There is no input named ${input}`);
}

function inputNode(name: string, items: InputItem[]): NodeParts {
	const jsCode = `
		const items = ${JSON.stringify(items)};
		return await Promise.all(items.map(async ({ json, files = {} }) => {
			const binary = {};
			for (const [field, { base64, fileName, mimeType }] of Object.entries(files)) {
				const bytes = Buffer.from(base64, 'base64');
				binary[field] = await this.helpers.prepareBinaryData(bytes, fileName, mimeType);
			}
			return { json, binary };
		}));`;
	return { name, type: 'n8n-nodes-base.code', typeVersion: 2, parameters: { jsCode } };
}

function requestNode(
	{ case: parityCase, side, fill }: CaseNode,
	credentials: Credentials,
): NodeParts {
	const { parameters, options = {}, withToken, onError = 'continueRegularOutput' } = parityCase;
	const withCertificate = parameters?.provideSslCertificates === true;
	// A token of its own, since one that has replaced a refused one stays for half a minute.
	const ownToken = { token: { token: { audience: parityCase.title } } };
	const all = { ...options, ...(side === 'ours' && withToken && ownToken) };
	const filled = JSON.parse(
		fill(JSON.stringify({ method: 'GET', url: '{api}/records', ...parameters, options: all })),
	) as Record<string, unknown>;
	const common = { name: nodeName(parityCase, side), onError };
	if (side === 'ours') {
		return {
			...common,
			type: NODE_TYPE,
			parameters: filled,
			credentials: {
				[CREDENTIAL_TYPE]: withCertificate
					? { id: credentials.oursWithCertificate, name: 'oursWithCertificate' }
					: { id: credentials.ours, name: 'ours' },
			},
		};
	}
	const oAuth2 = { authentication: 'genericCredentialType', genericAuthType: 'oAuth2Api' };
	return {
		...common,
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: BUILT_IN_VERSION,
		parameters: { ...(withToken ? oAuth2 : { authentication: 'none' }), ...filled },
		credentials: {
			...(withToken && { oAuth2Api: { id: credentials.builtIn, name: 'builtIn' } }),
			...(withCertificate && {
				httpSslAuth: { id: credentials.builtInCertificate, name: 'builtInCertificate' },
			}),
		},
	};
}
