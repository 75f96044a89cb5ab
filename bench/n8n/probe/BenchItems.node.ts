import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { begin } from './measure';

/** Makes as many items as the webhook was asked for, and begins the measurement. */
export class BenchItems implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Items',
		name: 'benchItems',
		group: ['input'],
		version: 1,
		description: 'Makes items',
		defaults: { name: 'Items' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [{ displayName: 'Bytes of Each', name: 'bytes', type: 'number', default: 0 }],
	};

	execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const query = this.getInputData()[0]?.json.query as IDataObject;
		const count = Number(query.items);
		const rows = rowsOf(this.getNodeParameter('bytes', 0) as number);
		const items = Array.from({ length: count }, (_, id) => ({
			json: { id, name: `record ${id}`, ...(rows.length > 0 && { rows: structuredClone(rows) }) },
			pairedItem: 0,
		}));
		begin();
		return Promise.resolve([items]);
	}
}

/** About so many bytes of JSON, in rows of 100. */
function rowsOf(bytes: number): IDataObject[] {
	return Array.from({ length: Math.floor(bytes / 100) }, (_, row) => ({
		row: 100_000 + row,
		text: 'x'.repeat(50),
		price: 12.5,
		sold: true,
	}));
}
