import { NodeApiError, NodeError, type IDataObject } from 'n8n-workflow';
import { isInDoubt } from './inDoubt';

/**
 * How an error looks in the output, where the run goes on without the item: with what n8n's HTTP
 * Request node says of it. All of that is under "error", since n8n tells failed items by having
 * nothing else.
 */
export function toErrorJson(error: unknown, itemIndex: number): IDataObject {
	if (!(error instanceof NodeError)) return { message: String(error) };
	const httpCode = error instanceof NodeApiError ? error.httpCode : null;
	const status = httpCode === null ? undefined : Number(httpCode);
	const { data: body, code = axiosCode(status) } = error.context;
	return {
		message: error.message,
		...(error.description && { description: error.description }),
		name: error.name,
		...(httpCode !== null && { httpCode, status }),
		...(code !== undefined && { code }),
		...(body !== undefined && { body }),
		...(isInDoubt(error) && { inDoubt: true }),
		context: { itemIndex },
	};
}

/** What the library behind n8n's own node calls an error status. */
function axiosCode(status: number | undefined): string | undefined {
	if (status === undefined) return undefined;
	return status >= 400 && status < 500 ? 'ERR_BAD_REQUEST' : 'ERR_BAD_RESPONSE';
}
