import type { INodeProperties } from 'n8n-workflow';
import { forRequest, resourceProperty, tokenProperties } from '../token/properties';
import { bodyProperties } from './body';
import { headerProperties } from './headers';
import { optimizeProperties } from './optimize';
import { optionProperties } from './options';
import { queryProperties } from './query';
import { requestProperties } from './request';
import { toolProperties } from './tool';

/** What the editor shows, top to bottom. Names are those of n8n's HTTP Request node 4.x. */
export const properties: INodeProperties[] = [
	...toolProperties,
	resourceProperty,
	...tokenProperties,
	...forRequest([
		...requestProperties,
		...queryProperties,
		...headerProperties,
		...bodyProperties,
		...optionProperties,
		...optimizeProperties,
	]),
];
