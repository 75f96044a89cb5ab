import type { Provider } from './provider';

export const databricks: Provider = {
	id: 'databricks',
	name: 'Databricks',
	source: 'https://docs.databricks.com/en/dev-tools/auth/oauth-m2m.html',
	fields: [
		{
			name: 'databricksWorkspace',
			label: 'Workspace',
			kind: 'host',
			description: 'The domain of the workspace',
			example: 'dbc-a1b2345c-d6e7.cloud.databricks.com',
		},
	],
	tokenUrl: 'https://{databricksWorkspace}/oidc/v1/token',
	clientAuthentication: 'client_secret_basic',
	scope: 'required',
	scopeExample: 'all-apis',
};
