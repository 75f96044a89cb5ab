import type { Provider } from './provider';

export const box: Provider = {
	id: 'box',
	name: 'Box',
	source: 'https://developer.box.com/guides/authentication/client-credentials',
	fields: [
		{
			name: 'boxSubjectType',
			label: 'Subject Type',
			kind: 'choice',
			description: 'Who the calls run as',
			example: 'enterprise',
			default: 'enterprise',
			options: [
				{ name: 'Enterprise (Service Account)', value: 'enterprise' },
				{ name: 'User', value: 'user' },
			],
		},
		{
			name: 'boxSubjectId',
			label: 'Subject ID',
			kind: 'segment',
			description: 'The enterprise ID, or the ID of the user',
			example: '123456789',
		},
	],
	tokenUrl: 'https://api.box.com/oauth2/token',
	clientAuthentication: 'client_secret_post',
	scope: 'none',
	parameters: { box_subject_type: '{boxSubjectType}', box_subject_id: '{boxSubjectId}' },
};
