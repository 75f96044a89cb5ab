import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	NodeExecutionHint,
} from 'n8n-workflow';
import { DEFAULT_RETRY_POLICY } from '../../../http/retry/decideRetry';
import { systemTiming } from '../../../n8n/systemTiming';
import type { TokenOverrides } from '../../../oauth/client/readTokenRequest';
import { introspect, revoke } from '../../../oauth/server/tokenOperations';
import type { TokenSource } from '../../../oauth/token/tokenSource';
import { tellModel } from '../errors/tellModel';
import { toErrorJson } from '../errors/toErrorJson';
import { toNodeError } from '../errors/toNodeError';
import { readTokenOverrides } from '../request/options';
import { toText } from '../request/toText';
import { connect, type Connection } from '../run/connection';

/** Runs the resource "Token": one operation for each input item, one after the other. */
export async function runTokenItems(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const signal = context.getExecutionCancelSignal();
	const connections = await connect(context, {
		retry: DEFAULT_RETRY_POLICY,
		reuseConnections: false,
		providesCertificate: false,
		onRetry: () => undefined,
		...(signal && { signal }),
	});
	const output: INodeExecutionData[] = [];
	for (let item = 0; item < context.getInputData().length && !signal?.aborted; item++) {
		const pairedItem = { item };
		try {
			const connection = await connections.of(item);
			output.push({ json: await operate(context, connection, item, signal), pairedItem });
		} catch (error) {
			if (signal?.aborted) break;
			const node = context.getNode();
			const nodeError = toNodeError(node, error, item);
			if (!context.continueOnFail()) {
				tellModel(nodeError, node);
				throw nodeError;
			}
			output.push({ json: { error: toErrorJson(nodeError, item) }, pairedItem });
		}
	}
	return output;
}

async function operate(
	context: IExecuteFunctions,
	connection: Connection,
	item: number,
	signal?: AbortSignal,
): Promise<IDataObject> {
	const overrides = readTokenOverrides(context.getNodeParameter('options.token.token', item, {}));
	switch (context.getNodeParameter('tokenOperation', item, 'get') as string) {
		case 'clearCache':
			return clearCache(context, connection, overrides);
		case 'introspect': {
			const given = toText(context.getNodeParameter('tokenToIntrospect', item, '')).trim();
			return await introspectToken(connection, overrides, given, signal);
		}
		case 'revoke':
			return await revokeToken(context, connection, overrides, signal);
		default: {
			const includesToken = context.getNodeParameter('includeToken', item, false) as boolean;
			return await getToken(connection, overrides, includesToken, signal);
		}
	}
}

async function getToken(
	connection: Connection,
	overrides: TokenOverrides,
	includesToken: boolean,
	signal?: AbortSignal,
): Promise<IDataObject> {
	const { source } = connection.tokenFor(overrides);
	const known = source.cached();
	const token = await source.getRenewed(signal);
	const leftMs = token.expiresAtMs - systemTiming.now();
	return {
		expiresAt: new Date(token.expiresAtMs).toISOString(),
		expiresInSeconds: Math.max(0, Math.floor(leftMs / 1000)),
		...(token.isLifetimeAssumed && { lifetimeIsAssumed: true }),
		scope: token.scope ?? '',
		tokenType: token.type,
		source: token.value === known?.value ? 'cache' : 'new',
		...(includesToken && { accessToken: token.value }),
	};
}

async function introspectToken(
	connection: Connection,
	overrides: TokenOverrides,
	given: string,
	signal?: AbortSignal,
): Promise<IDataObject> {
	const { client, source, effects } = connection.tokenFor(overrides);
	const token = given === '' ? (await source.get(signal)).value : given;
	return await introspect(client, token, effects, signal);
}

/** A token that is not there is not asked for, only to be revoked. */
async function revokeToken(
	context: IExecuteFunctions,
	connection: Connection,
	overrides: TokenOverrides,
	signal?: AbortSignal,
): Promise<IDataObject> {
	const { client, source, effects } = connection.tokenFor(overrides);
	const token = source.cached();
	if (token === undefined) return { revoked: false };
	await revoke(client, token.value, effects, signal);
	return { revoked: true, ...forget(context, source) };
}

function clearCache(
	context: IExecuteFunctions,
	connection: Connection,
	overrides: TokenOverrides,
): IDataObject {
	const { source } = connection.tokenFor(overrides);
	const cleared = source.cached() !== undefined;
	return { cleared, ...forget(context, source) };
}

/** Forgets the token, and says so where n8n will not: it saves no static data after manual runs. */
function forget(context: IExecuteFunctions, source: TokenSource): IDataObject {
	const wasSaved = source.forget();
	if (!wasSaved || context.getMode() !== 'manual') return {};
	context.addExecutionHints(SAVED_COPY_REMAINS);
	return { savedCopyRemains: true };
}

const SAVED_COPY_REMAINS: NodeExecutionHint = {
	message:
		'The token is forgotten here, but n8n keeps the copy that it has saved with the workflow, because it does not save changes from manual runs. After a restart, or in another process, a run uses that copy until the API refuses it or it expires. To remove the copy, run this operation in a production run.',
	type: 'info',
	location: 'outputPane',
};
