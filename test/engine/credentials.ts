import {
	NodeHelpers,
	type ICredentialDataDecryptedObject,
	type ICredentials,
	type ICredentialsExpressionResolveValues,
	type ICredentialsHelper,
	type ICredentialType,
	type IExecuteData,
	type IHttpRequestHelper,
	type IHttpRequestOptions,
	type INode,
	type INodeCredentialsDetails,
	type INodeParameters,
	type INodeProperties,
	type IRequestOptionsSimplified,
	type IWorkflowExecuteAdditionalData,
	type Workflow,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

/** Decrypted credentials by type, or by ID where a workflow has several of one type. */
export type CredentialsByName = Record<string, ICredentialDataDecryptedObject>;
export type CredentialTypesByName = Record<string, ICredentialType>;

/**
 * Stands in for n8n's credential store: the same answers, without a database or encryption.
 */
export class CredentialsHelper implements ICredentialsHelper {
	constructor(
		private readonly credentials: CredentialsByName,
		private readonly types: CredentialTypesByName,
	) {}

	getParentTypes(name: string): string[] {
		const parents = this.types[name]?.extends ?? [];
		return [...parents, ...parents.flatMap((parent) => this.getParentTypes(parent))];
	}

	getCredentialsProperties(name: string): INodeProperties[] {
		const { extends: parents = [], properties = [] } = this.types[name] ?? {};
		return [...parents.flatMap((parent) => this.getCredentialsProperties(parent)), ...properties];
	}

	async getDecrypted(
		_additionalData: IWorkflowExecuteAdditionalData,
		nodeCredentials: INodeCredentialsDetails,
		type: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		_raw?: boolean,
		item?: ICredentialsExpressionResolveValues,
	): Promise<ICredentialDataDecryptedObject> {
		const data = this.credentials[this.keyOf(nodeCredentials, type)];
		if (!data) throw new Error(`No credential "${nodeCredentials.name}" of type "${type}"`);
		const properties = this.getCredentialsProperties(type);
		const withDefaults = NodeHelpers.getNodeParameters(
			properties,
			data as INodeParameters,
			true,
			false,
			null,
			null,
		);
		const decrypted = { ...(withDefaults as ICredentialDataDecryptedObject), ...data };
		if (item === undefined) return decrypted;
		// As n8n does it, word for word.
		return item.workflow.expression.getParameterValue(
			decrypted as INodeParameters,
			item.runExecutionData,
			item.runIndex,
			item.itemIndex,
			item.node.name,
			item.connectionInputData,
			mode,
			{},
			executeData,
			false,
			decrypted,
		) as ICredentialDataDecryptedObject;
	}

	/** Asks for new data when the expirable field is empty, or the last request got a 401. */
	async preAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		node: INode,
		credentialsExpired: boolean,
	): Promise<ICredentialDataDecryptedObject | undefined> {
		const type = this.types[typeName];
		const expirable = type?.properties.find(
			({ type, typeOptions }) => type === 'hidden' && typeOptions?.expirable,
		);
		if (!type?.preAuthentication || !expirable) return undefined;
		if (credentials[expirable.name] && !credentialsExpired) return undefined;

		const output = await type.preAuthentication.call(helpers, credentials);
		if (output[expirable.name] === undefined) return undefined;
		const renewed = { ...credentials, ...output } as ICredentialDataDecryptedObject;
		const nodeCredentials = node.credentials?.[typeName];
		if (nodeCredentials) await this.updateCredentials(nodeCredentials, typeName, renewed);
		return renewed;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		requestOptions: IHttpRequestOptions | IRequestOptionsSimplified,
		workflow: Workflow,
		node: INode,
	): Promise<IHttpRequestOptions> {
		const options = requestOptions as IHttpRequestOptions;
		const authenticate = this.types[typeName]?.authenticate;
		if (!authenticate) return options;
		if (typeof authenticate === 'function') return await authenticate(credentials, options);

		const { headers, qs } = workflow.expression.getComplexParameterValue(
			node,
			authenticate.properties as INodeParameters,
			'internal',
			{ $credentials: credentials },
		) as Pick<IHttpRequestOptions, 'headers' | 'qs'>;
		return {
			...options,
			headers: { ...options.headers, ...headers },
			qs: { ...options.qs, ...qs },
		};
	}

	async updateCredentials(
		nodeCredentials: INodeCredentialsDetails,
		type: string,
		data: ICredentialDataDecryptedObject,
	): Promise<void> {
		this.credentials[this.keyOf(nodeCredentials, type)] = data;
	}

	async updateCredentialsOauthTokenData(): Promise<void> {
		throw new Error("n8n's own OAuth credentials are not part of these tests");
	}

	async getCredentials(): Promise<ICredentials> {
		throw new Error('Nothing is encrypted here: use getDecrypted');
	}

	private keyOf({ id }: INodeCredentialsDetails, type: string): string {
		return id && id in this.credentials ? id : type;
	}
}
