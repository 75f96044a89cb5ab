import type { Provider } from '../../../oauth/providers/provider';

/** What an error needs to know of the item. */
export interface FailedItem {
	itemIndex: number;
	nowMs: number;
	/** Taken out of all text that comes from elsewhere. */
	secrets: readonly string[];
	/** The credential's: it shows the fields that this provider needs. */
	provider?: Provider;
	/** The token goes with a proof (DPoP). */
	hasProof?: boolean;
	/** The calls of the run go past n8n's proxy and the credential's certificates. */
	reusesConnections?: boolean;
}
