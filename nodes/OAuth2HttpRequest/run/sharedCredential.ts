import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';
import { sampledIndexes } from './sampledIndexes';

export const CREDENTIAL_NAME = 'clientCredentialsOAuth2Api';

/**
 * The credential, where it is the same for all items; reading it anew for each costs a look into n8n's
 * database. `undefined` where an expression in it refers to the item, and where it cannot be had: that
 * is an error of each item. From a node that fails as a whole, "On Error" would make n8n hand on all
 * items as if they had been delivered.
 */
export async function sharedCredential(
	context: IExecuteFunctions,
): Promise<ICredentialDataDecryptedObject | undefined> {
	const total = context.getInputData().length;
	const read = async (itemIndex: number): Promise<ICredentialDataDecryptedObject> =>
		await context.getCredentials(CREDENTIAL_NAME, itemIndex);
	try {
		const first = await read(0);
		const key = JSON.stringify(first);
		const [, ...others] = sampledIndexes(total);
		// Beyond the last item, what refers to an item fails, or gives something else.
		for (const itemIndex of total > 1 ? [total, ...others] : []) {
			if (JSON.stringify(await read(itemIndex)) !== key) return undefined;
		}
		return first;
	} catch {
		return undefined;
	}
}
