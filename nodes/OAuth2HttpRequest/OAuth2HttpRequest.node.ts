import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { testClientCredentials } from './credentialTest';
import { properties } from './description';
import { runItems } from './run/runItems';
import { runTokenItems } from './token/runTokenItems';

export class OAuth2HttpRequest implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'OAuth2 HTTP Request',
		name: 'oAuth2HttpRequest',
		icon: { light: 'file:oauth2HttpRequest.svg', dark: 'file:oauth2HttpRequest.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle:
			'={{ $parameter["resource"] === "token" ? "token: " + $parameter["tokenOperation"] : $parameter["method"] + ": " + $parameter["url"] }}',
		description:
			'Calls an API with a client ID and secret (OAuth2 client credentials). Reuses its token, and retries so that each item arrives once.',
		defaults: { name: 'OAuth2 HTTP Request' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		credentials: [
			{
				name: 'clientCredentialsOAuth2Api',
				required: true,
				testedBy: 'testClientCredentials',
			},
		],
		properties,
	};

	methods = { credentialTest: { testClientCredentials } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const isToken = this.getNodeParameter('resource', 0, 'request') === 'token';
		return [await (isToken ? runTokenItems(this) : runItems(this))];
	}
}
