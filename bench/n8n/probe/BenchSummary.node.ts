import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IRunExecutionData,
} from 'n8n-workflow';
import { end, type Spent } from './measure';

/** What the summary tells of the node before it. */
export interface Summary extends Spent {
	/** The node's own, as the editor shows it. */
	executionTimeMs: number;
	/** Each item's response is in its place. */
	inOrder: boolean;
}

export class BenchSummary implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Summary',
		name: 'benchSummary',
		group: ['output'],
		version: 1,
		description: 'Sums up what the node before it did',
		defaults: { name: 'Summary' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [{ displayName: 'Node', name: 'node', type: 'string', default: '' }],
	};

	execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const spent = end();
		const items = this.getInputData();
		const name = this.getNodeParameter('node', 0) as string;
		const { runExecutionData } = this as unknown as { runExecutionData: IRunExecutionData };
		const summary: Summary = {
			...spent,
			executionTimeMs: runExecutionData.resultData.runData[name]?.[0]?.executionTime ?? NaN,
			inOrder: items.every(({ json }, index) => Number(json.id) === index),
		};
		return Promise.resolve([[{ json: { ...summary }, pairedItem: 0 }]]);
	}
}
