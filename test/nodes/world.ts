import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { onTestFinished, vi } from 'vitest';
import { ClientCredentialsOAuth2Api } from '../../credentials/ClientCredentialsOAuth2Api.credentials';
import { OAuth2HttpRequest } from '../../nodes/OAuth2HttpRequest/OAuth2HttpRequest.node';
import {
	CREDENTIAL_TYPE,
	NODE_TYPE,
	TOOL_TYPE,
	nodeWorkflow,
	type NodeWorkflowOptions,
} from '../engine/nodeWorkflow';
import { runWorkflow, type EngineRun, type RunOptions } from '../engine/runWorkflow';
import {
	startAuthorizationServer,
	type AuthorizationServer,
	type AuthorizationServerOptions,
} from '../servers/authorizationServer';
import {
	startProtectedApi,
	type ApiInterceptor,
	type ProtectedApi,
	type ProtectedApiOptions,
	type RateLimit,
} from '../servers/protectedApi';

export interface World {
	server: AuthorizationServer;
	api: ProtectedApi;
	/** The client's secret, in clear. */
	secret: string;
	/** Runs the node in the engine. */
	run(parameters: INodeParameters, options?: NodeRunOptions): Promise<EngineRun>;
}

export interface NodeRunOptions
	extends NodeWorkflowOptions, Pick<RunOptions, 'staticData' | 'mode' | 'cancelSignal'> {
	/** Overrides fields of the right credential. */
	credential?: IDataObject;
	/** The node of another process, see `freshProcess`. */
	node?: OAuth2HttpRequest;
}

/** An authorization server and an API for one test; they stop with it. */
export async function startWorld(
	options: {
		server?: AuthorizationServerOptions;
		api?: Pick<ProtectedApiOptions, 'https' | 'dpop'>;
		rateLimit?: RateLimit;
	} = {},
): Promise<World> {
	const server = await startAuthorizationServer(options.server);
	const api = await startProtectedApi({
		authorizationServer: server,
		rateLimit: options.rateLimit,
		...options.api,
	});
	onTestFinished(async () => {
		await api.close();
		await server.close();
	});
	const [client] = server.clients;
	if (client === undefined) throw new Error('The authorization server knows no client');
	return {
		server,
		api,
		secret: client.client_secret,
		async run(parameters, options = {}) {
			const { credential, staticData, mode, cancelSignal, ...settings } = options;
			const node = options.node ?? new OAuth2HttpRequest();
			return await runWorkflow({
				workflow: nodeWorkflow(parameters, settings),
				nodeTypes: { [NODE_TYPE]: node, [TOOL_TYPE]: node },
				credentialTypes: { [CREDENTIAL_TYPE]: new ClientCredentialsOAuth2Api() },
				credentials: {
					[CREDENTIAL_TYPE]: {
						tokenUrl: server.tokenUrl,
						clientId: client.client_id,
						clientSecret: client.client_secret,
						scope: client.scope ?? '',
						...credential,
					},
				},
				staticData,
				mode,
				cancelSignal,
			});
		},
	};
}

/** The node as a new process has it: with nothing in memory. */
export async function freshProcess(): Promise<OAuth2HttpRequest> {
	vi.resetModules();
	const fresh = await import('../../nodes/OAuth2HttpRequest/OAuth2HttpRequest.node');
	return new fresh.OAuth2HttpRequest();
}

export function records(count: number): INodeExecutionData[] {
	return Array.from({ length: count }, (_, id) => ({ json: { id } }));
}

/** Posts each input item to the API's records. */
export function postRecords(api: ProtectedApi, options: INodeParameters = {}): INodeParameters {
	return {
		method: 'POST',
		url: `${api.origin}/records`,
		sendBody: true,
		contentType: 'json',
		specifyBody: 'json',
		jsonBody: '={{ JSON.stringify($json) }}',
		options,
	};
}

/** Retries without noticeable waits. */
export const QUICK_RETRY = { retry: { retry: { baseSeconds: 0.01, capSeconds: 0.05 } } };

/** Answers so many requests with a file that ends before its time. */
export function breakOff(times: number): ApiInterceptor {
	let left = times;
	return (_req, res) => {
		if (left-- <= 0) return false;
		res.writeHead(200, { 'Content-Type': 'application/pdf', 'Content-Length': 1_000 });
		res.write('%PDF');
		setTimeout(() => res.destroy(), 20);
		return true;
	};
}
