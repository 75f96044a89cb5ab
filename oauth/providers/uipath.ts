import type { Provider } from './provider';

export const uipath: Provider = {
	id: 'uipath',
	name: 'UiPath',
	source:
		'https://docs.uipath.com/automation-cloud/automation-cloud/latest/api-guide/accessing-uipath-resources-using-external-applications',
	fields: [],
	tokenUrl: 'https://cloud.uipath.com/identity_/connect/token',
	clientAuthentication: 'client_secret_post',
	scope: 'required',
	scopeExample: 'OR.Jobs OR.Queues',
};
