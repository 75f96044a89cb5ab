import type { Provider } from './provider';

export const commercetools: Provider = {
	id: 'commercetools',
	name: 'commercetools',
	source: 'https://docs.commercetools.com/api/authorization',
	fields: [
		{
			name: 'commercetoolsRegion',
			label: 'Region',
			kind: 'choice',
			description: 'The region of the project, as in its Auth URL',
			example: 'europe-west1.gcp',
			default: 'europe-west1.gcp',
			options: [
				{ name: 'Australia (Google Cloud)', value: 'australia-southeast1.gcp' },
				{ name: 'Europe (AWS)', value: 'eu-central-1.aws' },
				{ name: 'Europe (Google Cloud)', value: 'europe-west1.gcp' },
				{ name: 'North America (AWS)', value: 'us-east-2.aws' },
				{ name: 'North America (Google Cloud)', value: 'us-central1.gcp' },
			],
		},
	],
	tokenUrl: 'https://auth.{commercetoolsRegion}.commercetools.com/oauth/token',
	clientAuthentication: 'client_secret_basic',
	scope: 'optional',
	scopeExample: 'manage_orders:my-project',
};
