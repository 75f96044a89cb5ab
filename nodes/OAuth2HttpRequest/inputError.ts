/** What an item or the node's settings ask for cannot be sent. Written for the person in the editor. */
export class InputError extends Error {
	override readonly name = 'InputError';

	/** @param code Node's, where the call would have failed with one. */
	constructor(
		message: string,
		readonly description: string,
		readonly code?: string,
	) {
		super(message);
	}
}
