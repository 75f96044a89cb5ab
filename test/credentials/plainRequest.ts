import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { CREDENTIAL_TYPE } from '../engine/nodeWorkflow';

/**
 * Stands in for n8n's own nodes, which are not installed here: posts all items at once with the
 * helper that the HTTP Request node uses (`requestWithAuthentication`) or the one of newer nodes.
 */
export class PlainRequest implements INodeType {
	constructor(
		private readonly helper: 'requestWithAuthentication' | 'httpRequestWithAuthentication',
		/** As the option of that name in the HTTP Request node. */
		private readonly ignoreSslIssues = false,
	) {}

	description: INodeTypeDescription = {
		displayName: 'Plain Request',
		name: 'plainRequest',
		group: ['output'],
		version: 1,
		description: '',
		defaults: {},
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: CREDENTIAL_TYPE, required: true }],
		properties: [{ displayName: 'URL', name: 'url', type: 'string', default: '' }],
	};

	/** `this` is n8n's context, not the node. */
	get execute(): (this: IExecuteFunctions) => Promise<INodeExecutionData[][]> {
		const { helper, ignoreSslIssues } = this;
		return async function () {
			const url = this.getNodeParameter('url', 0) as string;
			const send = async ({ json }: INodeExecutionData, index: number) => {
				const request = { method: 'POST', body: json, json: true } as const;
				if (helper === 'httpRequestWithAuthentication') {
					await this.helpers.httpRequestWithAuthentication.call(this, CREDENTIAL_TYPE, {
						...request,
						url,
					});
				} else {
					await this.helpers.requestWithAuthentication.call(
						this,
						CREDENTIAL_TYPE,
						{ ...request, uri: url, rejectUnauthorized: !ignoreSslIssues },
						undefined,
						index,
					);
				}
			};
			const outcomes = await Promise.allSettled(this.getInputData().map(send));
			return [outcomes.map((outcome) => ({ json: toJson(outcome) }))];
		};
	}
}

function toJson(outcome: PromiseSettledResult<void>): { error?: string; description?: string } {
	if (outcome.status === 'fulfilled') return {};
	const { message, description } = outcome.reason as { message: string; description?: string };
	return { error: message, description };
}
