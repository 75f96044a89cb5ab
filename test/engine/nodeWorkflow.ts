import type { INode, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import type { WorkflowDefinition } from './runWorkflow';

export const NODE_TYPE = 'n8n-nodes-oauth2-client-credentials.oAuth2HttpRequest';
/** What n8n calls the same as a tool of an AI agent. */
export const TOOL_TYPE = `${NODE_TYPE}Tool`;
export const CREDENTIAL_TYPE = 'clientCredentialsOAuth2Api';
/** Name of the node under test in `nodeWorkflow`. */
export const NODE_NAME = 'OAuth2 HTTP Request';

type NodeSettings = Pick<
	INode,
	| 'typeVersion'
	| 'onError'
	| 'continueOnFail'
	| 'retryOnFail'
	| 'maxTries'
	| 'waitBetweenTries'
	| 'executeOnce'
	| 'alwaysOutputData'
>;

export interface NodeWorkflowOptions extends Partial<NodeSettings> {
	/** What the node receives; one empty item by default. */
	items?: INodeExecutionData[];
	/** Full name of the node's type; ours by default. */
	type?: string;
}

/** A workflow of a trigger named `Start`, pinned to `items`, and the node under test. */
export function nodeWorkflow(
	parameters: INodeParameters,
	{ items = [{ json: {} }], type = NODE_TYPE, ...settings }: NodeWorkflowOptions = {},
): WorkflowDefinition {
	return {
		nodes: [
			{
				id: 'start',
				name: 'Start',
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{
				id: 'node',
				name: NODE_NAME,
				type,
				typeVersion: 1,
				position: [200, 0],
				parameters,
				credentials: { [CREDENTIAL_TYPE]: { id: 'credential', name: 'Test credential' } },
				...settings,
			},
		],
		connections: { Start: { main: [[{ node: NODE_NAME, type: 'main', index: 0 }]] } },
		pinData: { Start: items },
	};
}
