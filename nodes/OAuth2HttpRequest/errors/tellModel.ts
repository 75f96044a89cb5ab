import type { INode, NodeError } from 'n8n-workflow';

/** Of a tool that fails, n8n hands the model the message only: it could not correct its call. */
export function tellModel(error: NodeError, { type }: INode): void {
	if (type.endsWith('Tool')) {
		error.message = [error.message, error.description].filter(Boolean).join('. ');
	}
}
