import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';

/**
 * As little as a node can do to make these calls: n8n's helper in a loop, with a token at hand, and
 * on wish with the URL read for each item.
 */
export class BenchFloor implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Floor',
		name: 'benchFloor',
		group: ['output'],
		version: 1,
		description: 'Calls the helper in a loop',
		defaults: { name: 'Floor' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [
			{ displayName: 'URL', name: 'url', type: 'string', default: '' },
			{ displayName: 'Reads URL', name: 'readsUrl', type: 'boolean', default: false },
			{ displayName: 'Token', name: 'token', type: 'string', default: '' },
			{ displayName: 'Concurrency', name: 'concurrency', type: 'number', default: 10 },
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const url = this.getNodeParameter('url', 0) as string;
		const readsUrl = this.getNodeParameter('readsUrl', 0) as boolean;
		const token = this.getNodeParameter('token', 0) as string;
		const concurrency = this.getNodeParameter('concurrency', 0) as number;
		const items = this.getInputData();
		const output = new Array<INodeExecutionData>(items.length);
		let next = 0;
		const loop = async (): Promise<void> => {
			while (next < items.length) {
				const item = next++;
				const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
				const json = (await this.helpers.httpRequest({
					method: 'GET',
					url: readsUrl ? (this.getNodeParameter('url', item) as string) : url,
					headers,
					json: true,
				})) as IDataObject;
				output[item] = { json, pairedItem: { item } };
			}
		};
		await Promise.all(Array.from({ length: concurrency }, loop));
		return [output];
	}
}
