import type { NodeError } from 'n8n-workflow';

/** Whether the API may have acted on a call that failed, and must not get it again. */
export function isInDoubt({ context }: NodeError): boolean {
	return context.inDoubt === true;
}

/** What everybody must know who would send it again: the person, "Retry On Fail", and later nodes. */
export function doubtful(error: NodeError): NodeError {
	if (isInDoubt(error)) return error;
	const warning =
		'The call may still have taken effect: check in the API before you send it again.';
	error.description = [error.description, warning].filter(Boolean).join(' ');
	error.context.inDoubt = true;
	return error;
}
