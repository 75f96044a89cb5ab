import type { INodeProperties } from 'n8n-workflow';
import { shownWhere } from './shownWhere';

/**
 * One switch before what most providers do not ask for, so that the dialog stays short. n8n drops the
 * values of fields that are not shown: nothing applies unseen.
 */
export const advancedSettings: INodeProperties = {
	displayName: 'Advanced Settings',
	name: 'advancedSettings',
	type: 'boolean',
	default: false,
	description:
		'Whether to show the settings that few providers need: details of the token request and its response, how the token is sent, client certificates and private authorities, DPoP, introspection and revocation. While this is off, none of them applies.',
};

export function advanced(fields: readonly INodeProperties[]): INodeProperties[] {
	return fields.map((field) => shownWhere(field, { advancedSettings: [true] }));
}
