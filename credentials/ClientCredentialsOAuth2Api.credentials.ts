import type {
	IAuthenticate,
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	IHttpRequestHelper,
	INodeProperties,
} from 'n8n-workflow';
import { systemTiming } from '../n8n/systemTiming';
import { advanced, advancedSettings } from './fields/advanced';
import { clientAuthentication, proof } from './fields/clientAuthentication';
import { connection } from './fields/connection';
import {
	authenticationFields,
	customFields,
	generalFields,
	provider,
	providerFields,
} from './fields/provider';
import { refusalFields } from './fields/refusal';
import { sendingFields } from './fields/sending';
import { sessionFields } from './fields/session';
import { tlsAuthentication, tlsConnection } from './fields/tls';
import { tokenOperationFields } from './fields/tokenOperations';
import { api, serverAddress, tokenRequest } from './fields/tokenRequest';
import { tokenResponseFields } from './fields/tokenResponse';
import { createSession } from './session/session';

const session = createSession(systemTiming);

export class ClientCredentialsOAuth2Api implements ICredentialType {
	name = 'clientCredentialsOAuth2Api';

	displayName = 'OAuth2 Client Credentials API';

	icon = {
		light: 'file:clientCredentialsOAuth2Api.svg',
		dark: 'file:clientCredentialsOAuth2Api.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/n8n-nodes-oauth2-client-credentials/n8n-nodes-oauth2-client-credentials#readme';

	properties: INodeProperties[] = [
		provider,
		...providerFields,
		...generalFields(serverAddress),
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. my-nightly-sync',
			description:
				'The name of your application at the provider, also called "application ID" or "consumer key". You get it when you register the application there.',
		},
		...authenticationFields([...clientAuthentication, ...tlsAuthentication]),
		...generalFields([...api, ...connection]),
		...customFields([
			advancedSettings,
			...advanced([
				...tokenRequest,
				...tokenResponseFields,
				...sendingFields,
				...refusalFields,
				...tlsConnection,
				...proof,
				...tokenOperationFields,
			]),
		]),
		...sessionFields,
	];

	/** For n8n's own nodes: before each request, and again after one that failed. */
	async preAuthentication(
		this: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
	): Promise<IDataObject> {
		return await session.preAuthentication(this.helpers, credentials);
	}

	authenticate: IAuthenticate = (credentials, request) =>
		Promise.resolve(session.authenticate(credentials, request));
}
