import { NodeHelpers, type INode, type INodeParameters } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { OAuth2HttpRequest } from '../../nodes/OAuth2HttpRequest/OAuth2HttpRequest.node';

const TEXT = 'Finds the orders of a customer';
/** What n8n keeps of parameters that are pasted into the workflow. n8n tells tools by their name. */
function pasted(name: string, parameters: INodeParameters): INodeParameters {
	const description = { ...new OAuth2HttpRequest().description, name };
	const node: INode = {
		id: '1',
		name: 'Orders',
		type: `n8n-nodes-oauth2-client-credentials.${name}`,
		typeVersion: 1,
		position: [0, 0],
		parameters,
	};
	const { properties } = description;
	return (
		NodeHelpers.getNodeParameters(properties, parameters, false, false, node, description) ?? {}
	);
}

describe('a tool of an AI agent', () => {
	it('keeps the description that it had in n8n’s HTTP Request node', () => {
		expect(pasted('oAuth2HttpRequestTool', { toolDescription: TEXT })).toMatchObject({
			toolDescription: TEXT,
		});
	});

	it('keeps one that was entered where n8n itself added the field', () => {
		const parameters = { descriptionType: 'manual', toolDescription: TEXT };
		expect(pasted('oAuth2HttpRequestTool', parameters)).toMatchObject({ toolDescription: TEXT });
	});

	it('is another thing than a node, which has none', () => {
		expect(pasted('oAuth2HttpRequest', { toolDescription: TEXT })).not.toHaveProperty(
			'toolDescription',
		);
	});
});
