import {
	Workflow,
	type ExecutionError,
	type IDataObject,
	type INodeExecutionData,
	type IRun,
	type IRunData,
	type IWorkflowBase,
	type IWorkflowExecuteAdditionalData,
	type NodeExecutionHint,
	type WorkflowExecuteMode,
	type WorkflowParameters,
} from 'n8n-workflow';
import {
	CredentialsHelper,
	type CredentialsByName,
	type CredentialTypesByName,
} from './credentials';
import { loadEngine } from './engine';
import { createNodeTypes, type NodeTypesByName } from './nodeTypes';

/** What a workflow's JSON file holds, as far as the engine needs it. */
export type WorkflowDefinition = Pick<
	WorkflowParameters,
	'id' | 'name' | 'nodes' | 'connections' | 'settings' | 'pinData'
>;

export interface RunOptions {
	workflow: WorkflowDefinition;
	nodeTypes?: NodeTypesByName;
	/** Updated in place by `preAuthentication`, as n8n updates its database. */
	credentials?: CredentialsByName;
	/** For a credential's defaults, `preAuthentication` and `authenticate`. */
	credentialTypes?: CredentialTypesByName;
	/** As a previous run left it, see `EngineRun.savedStaticData`. */
	staticData?: IDataObject;
	/** `trigger`, a production run, by default; `manual` is the editor's "Execute workflow". */
	mode?: WorkflowExecuteMode;
	/** Stops the run, as the "Stop" button does. */
	cancelSignal?: AbortSignal;
	/** Sees what `sendMessageToUI` sends, as it is sent. Manual runs only. */
	onMessage?: (message: unknown) => void;
	/** Whose output `items` and `errorItems` are. By default the node that ran last. */
	outputOf?: string;
}

export interface EngineRun {
	/** First output. */
	items: INodeExecutionData[];
	/** Second output: the error branch under `onError: 'continueErrorOutput'`. */
	errorItems: INodeExecutionData[];
	/** As n8n stores it: a plain object with the fields of the error, not an instance of its class. */
	error?: ExecutionError;
	/** Of all nodes. */
	hints: NodeExecutionHint[];
	/** What `sendMessageToUI` sent to the browser's console, in manual runs. */
	messages: unknown[];
	/** As it is in memory at the end of the run. */
	staticData: IDataObject;
	staticDataChanged: boolean;
	/** What n8n would have in its database now: a manual run, or one without a change, saves nothing. */
	savedStaticData: IDataObject;
	run: IRun;
	runData: IRunData;
}

/** Runs a workflow in n8n's own engine, in this process. Resolves also when the workflow fails. */
export async function runWorkflow(options: RunOptions): Promise<EngineRun> {
	const { WorkflowExecute } = await loadEngine();
	const { mode = 'trigger', staticData: givenStaticData = {} } = options;
	const messages: unknown[] = [];
	const workflow = new Workflow({
		id: 'workflow',
		...options.workflow,
		settings: { executionOrder: 'v1', ...options.workflow.settings },
		active: mode !== 'manual',
		nodeTypes: createNodeTypes(options.nodeTypes ?? {}),
		staticData: toPlainJson(givenStaticData),
	});
	const additionalData = await createAdditionalData(options, mode, workflow, messages);

	const execution = new WorkflowExecute(additionalData, mode).run({
		workflow,
		startNode: findStartNode(workflow),
		pinData: options.workflow.pinData,
	});
	const cancel = () => execution.cancel();
	options.cancelSignal?.addEventListener('abort', cancel);
	if (options.cancelSignal?.aborted) cancel();
	const run = await execution.finally(() =>
		options.cancelSignal?.removeEventListener('abort', cancel),
	);

	const { runData, error, lastNodeExecuted = '' } = run.data.resultData;
	const output = runData[options.outputOf ?? lastNodeExecuted]?.at(-1)?.data?.main;
	const staticData = toPlainJson(workflow.staticData);
	const staticDataChanged = workflow.staticData.__dataChanged === true;
	return {
		items: output?.[0] ?? [],
		errorItems: output?.[1] ?? [],
		error,
		hints: Object.values(runData).flatMap((tasks) => tasks.flatMap((task) => task.hints ?? [])),
		messages,
		staticData,
		staticDataChanged,
		savedStaticData: staticDataChanged && mode !== 'manual' ? staticData : givenStaticData,
		run,
		runData,
	};
}

const toPlainJson = (data: IDataObject) => JSON.parse(JSON.stringify(data)) as IDataObject;

/**
 * The first node that nothing leads to, notes aside. The stand-ins are no real triggers,
 * which n8n looks for.
 */
function findStartNode(workflow: Workflow) {
	return Object.values(workflow.nodes).find(
		({ name, disabled, type }) =>
			!disabled &&
			!workflow.connectionsByDestinationNode[name] &&
			type !== 'n8n-nodes-base.stickyNote',
	);
}

async function createAdditionalData(
	{ credentials = {}, credentialTypes = {}, onMessage }: RunOptions,
	mode: WorkflowExecuteMode,
	workflow: Workflow,
	messages: unknown[],
): Promise<IWorkflowExecuteAdditionalData> {
	const { ExecutionLifecycleHooks } = await loadEngine();
	const executionId = 'execution';
	const data: Partial<IWorkflowExecuteAdditionalData> & { hooks: unknown } = {
		executionId,
		currentNodeExecutionIndex: 0,
		credentialsHelper: new CredentialsHelper(credentials, credentialTypes),
		hooks: new ExecutionLifecycleHooks(mode, executionId, describe(workflow)),
		restApiUrl: '',
		instanceBaseUrl: '',
		formWaitingBaseUrl: '',
		webhookBaseUrl: '',
		webhookWaitingBaseUrl: '',
		webhookTestBaseUrl: '',
		variables: {},
		sendDataToUI: (type, content) => {
			if (type !== 'sendConsoleMessage' || Array.isArray(content)) return;
			for (const message of content.messages as unknown[]) {
				messages.push(message);
				onMessage?.(message);
			}
		},
	};
	// What is left out starts other workflows and code sandboxes.
	return data as IWorkflowExecuteAdditionalData;
}

function describe({
	id,
	name = 'Test workflow',
	active,
	nodes,
	settings,
}: Workflow): IWorkflowBase {
	return {
		id,
		name,
		active,
		nodes: Object.values(nodes),
		connections: {},
		settings,
		isArchived: false,
		activeVersionId: null,
		createdAt: new Date(),
		updatedAt: new Date(),
	};
}
