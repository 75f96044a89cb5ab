import { NodeApiError, NodeError, NodeOperationError, type INode } from 'n8n-workflow';
import { ResultNotFetched } from '../../../http/call/effect';
import { TokenError } from '../../../oauth/errors/tokenError';
import { InputError } from '../inputError';
import { doubtful } from './inDoubt';

/** Whatever went wrong with an item, as n8n shows it. */
export function toNodeError(node: INode, error: unknown, itemIndex: number): NodeError {
	if (error instanceof NodeError) return error;
	if (error instanceof ResultNotFetched) return doubtful(toNodeError(node, error.cause, itemIndex));
	if (error instanceof TokenError) {
		const { status } = error.details;
		return new NodeApiError(
			node,
			{ message: error.message },
			{
				message: error.message,
				description: error.description,
				itemIndex,
				...(status !== undefined && { httpCode: String(status) }),
			},
		);
	}
	if (error instanceof InputError) {
		const { message, description, code } = error;
		const shown = new NodeOperationError(node, message, { description, itemIndex });
		if (code !== undefined) shown.context.code = code;
		return shown;
	}
	// n8n's own errors, of an expression for example, explain themselves.
	return new NodeOperationError(node, error instanceof Error ? error : String(error), {
		itemIndex,
	});
}
