import type { IExecuteFunctions } from 'n8n-workflow';
import { systemTiming } from '../../../n8n/systemTiming';
import type { ClientCredentials } from '../../../oauth/client/clientCredentials';
import { withOverrides, type TokenOverrides } from '../../../oauth/client/readTokenRequest';
import { clientKey } from '../../../oauth/server/clientAuthentication';
import type { MetadataCache } from '../../../oauth/server/discovery';
import { requestAccessToken, type GrantEffects } from '../../../oauth/server/grant';
import { createProofKeys } from '../../../oauth/server/proof';
import type { TokenRequestSender } from '../../../oauth/server/tokenRequest';
import type { AccessToken } from '../../../oauth/token/accessToken';
import { bearerAuthorizer } from '../../../oauth/token/bearer';
import { cacheKey } from '../../../oauth/token/cacheKey';
import {
	createTokenSource,
	type TokenMemory,
	type TokenSource,
} from '../../../oauth/token/tokenSource';
import { createSealedTokenStore } from '../../../oauth/token/tokenStore';

/** Shared by all runs of this process. */
const tokenMemory: TokenMemory = new Map();
const metadata: MetadataCache = new Map();
const proofKeys = createProofKeys(systemTiming.now);

/** One token of the client, and what is needed to ask its server about it. */
export interface ClientToken {
	client: ClientCredentials;
	source: TokenSource;
	/** Puts it into the requests to the API. */
	authorizer: ReturnType<typeof bearerAuthorizer>;
	effects: Required<GrantEffects>;
	/**
	 * What must not appear in a text about a call with it: the client's secret and its last values. The same
	 * list until there is a new value.
	 */
	secrets: () => readonly string[];
}

/** Calls with older tokens have been answered by now, and each further value makes hiding slower. */
const REMEMBERED_VALUES = 10;

/** The tokens of one run: one for each scope, audience and resource that its items ask for. */
export interface Tokens {
	/** @throws {TokenError} where an override is malformed. */
	for: (overrides: TokenOverrides) => ClientToken;
	/** How many tokens were issued. */
	newTokens: () => number;
}

export function createTokens(
	context: IExecuteFunctions,
	credential: ClientCredentials,
	send: TokenRequestSender,
): Tokens {
	const { now, awakeMs } = systemTiming;
	const effects = { send, now, metadata, proofKeys };
	const secret = clientKey(credential.clientAuthentication);
	const tokens = new Map<string, ClientToken>();
	let newTokens = 0;

	function create(client: ClientCredentials): ClientToken {
		const key = cacheKey(client);
		const source = createTokenSource({
			key,
			memory: tokenMemory,
			store: createSealedTokenStore(context.getWorkflowStaticData('global'), key, secret, now),
			...(context.getMode() !== 'manual' && { storeOwner: context.getWorkflow().id }),
			async grant(grantSignal) {
				const token = await requestAccessToken(client, effects, grantSignal);
				newTokens++;
				return token;
			},
			now,
			awakeMs,
		});
		let values: string[] = [];
		let secrets: readonly string[] = [secret];
		const remember = (token: AccessToken): AccessToken => {
			const { value } = token;
			if (values.includes(value)) return token;
			values = [value, ...values].slice(0, REMEMBERED_VALUES);
			secrets = [secret, ...values];
			return token;
		};
		const remembering: TokenSource = {
			...source,
			get: async (signal) => remember(await source.get(signal)),
			getRenewed: async (signal) => remember(await source.getRenewed(signal)),
		};
		const { dpop } = client;
		const authorizer = bearerAuthorizer(remembering, {
			...client,
			...(dpop && {
				proofOf: async ({ proofKey }) =>
					proofKey === undefined ? undefined : await proofKeys.use(key, proofKey, dpop),
			}),
		});
		return { client, source: remembering, authorizer, effects, secrets: () => secrets };
	}

	return {
		for(overrides) {
			const { scope, audience, resource } = overrides;
			// Most often there are none.
			const isOverridden = scope || audience || resource;
			const name = isOverridden ? JSON.stringify([scope, audience, resource]) : '';
			const token = tokens.get(name) ?? create(withOverrides(credential, overrides));
			tokens.set(name, token);
			return token;
		},
		newTokens: () => newTokens,
	};
}
