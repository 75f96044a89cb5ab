import {
	chain,
	CREDENTIAL_TYPE,
	NODE_TYPE,
	type NodeParts,
	type Workflow,
} from '../../test/e2e/workflows';
import type { Case, Variant } from './cases';
import { PROBE_PACKAGE } from './probe/install';
import { FLOOR_TOKEN } from './server';

const CALLS = 'Calls';
const DEFAULT_CONCURRENCY = 10;

export interface Credential {
	id: string;
	name: string;
	type: string;
}

/** Items, the calls that are measured, and what they came to. */
export function benchWorkflow(
	path: string,
	plan: Case,
	variant: Variant,
	{ apiOrigin, credential }: { apiOrigin: string; credential: Credential | undefined },
): Workflow {
	const workflow = chain(path, [
		{
			name: 'Webhook',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			webhookId: path,
			parameters: { path, responseMode: 'lastNode', responseData: 'firstEntryJson', options: {} },
		},
		{
			name: 'Items',
			type: `${PROBE_PACKAGE}.benchItems`,
			parameters: { bytes: plan.itemBytes ?? 0 },
		},
		{ ...calls(plan.request ?? 'get', variant, apiOrigin, credential), name: CALLS },
		{ name: 'Summary', type: `${PROBE_PACKAGE}.benchSummary`, parameters: { node: CALLS } },
	]);
	const save = { saveDataSuccessExecution: 'none', saveDataErrorExecution: 'none' };
	return { ...workflow, settings: { ...workflow.settings, ...save } };
}

/** The credential that a variant asks for its token with; `undefined`: none. */
export function credentialData(
	{ kind }: Variant,
	tokenUrl: string,
	clientId: string,
): { type: string; data: Record<string, unknown> } | undefined {
	const client = { clientId, clientSecret: 'bench-secret', scope: '' };
	switch (kind) {
		case 'ours':
			return { type: CREDENTIAL_TYPE, data: { ...client, tokenUrl } };
		case 'builtIn': {
			const grant = { grantType: 'clientCredentials', authentication: 'body' };
			return { type: 'oAuth2Api', data: { ...client, ...grant, accessTokenUrl: tokenUrl } };
		}
		case 'floor':
			return undefined;
	}
}

function calls(
	request: 'get' | 'post' | 'file',
	variant: Variant,
	apiOrigin: string,
	credential: Credential | undefined,
): Pick<NodeParts, 'type' | 'parameters'> & Partial<NodeParts> {
	const resource = request === 'file' ? `file?bytes=${variant.fileBytes}&` : 'records?';
	const url = `${apiOrigin}/${resource}id=`;
	const eachUrl = `=${url}{{ $json.id }}`;
	const parameters = {
		method: request === 'post' ? 'POST' : 'GET',
		url: eachUrl,
		...(request === 'post' && {
			sendBody: true,
			contentType: 'json',
			specifyBody: 'json',
			jsonBody: '={{ JSON.stringify($json) }}',
		}),
	};
	const response = request === 'file' && {
		response: { response: { responseFormat: 'file', outputPropertyName: 'data' } },
	};
	const credentials = credential && {
		[credential.type]: { id: credential.id, name: credential.name },
	};
	switch (variant.kind) {
		case 'builtIn': {
			const oneByOne = request === 'file' && {
				batching: { batch: { batchSize: 1, batchInterval: 0 } },
			};
			return {
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				parameters: {
					...parameters,
					authentication: 'genericCredentialType',
					genericAuthType: 'oAuth2Api',
					options: { ...response, ...oneByOne },
				},
				credentials,
				...(variant.retryOnFail && { retryOnFail: true, maxTries: 5, waitBetweenTries: 1_000 }),
			};
		}
		case 'ours': {
			const { reuseConnections, fixedUrl } = variant;
			const concurrency = request === 'file' ? 1 : variant.concurrency;
			const options = {
				...response,
				...(concurrency && { concurrency }),
				...(reuseConnections && { reuseConnections }),
			};
			return {
				type: NODE_TYPE,
				parameters: { ...parameters, ...(fixedUrl && { url: `${url}0` }), options },
				credentials,
			};
		}
		case 'floor':
			return {
				type: `${PROBE_PACKAGE}.benchFloor`,
				parameters: {
					url: variant.readsUrl ? eachUrl : `${url}0`,
					readsUrl: variant.readsUrl ?? false,
					token: FLOOR_TOKEN,
					concurrency: DEFAULT_CONCURRENCY,
				},
			};
	}
}
