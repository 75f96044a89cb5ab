import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { DEFAULT_RETRY_POLICY } from '../../http/retry/decideRetry';
import { helperTransport } from '../../http/transport/helperTransport';
import { readAllowedDomains, restrictedSender } from '../../n8n/allowedDomains';
import { systemTiming } from '../../n8n/systemTiming';
import { tokenRequestSender } from '../../n8n/tokenRequestSender';
import { readClientCredentials } from '../../oauth/client/clientCredentials';
import { TokenError } from '../../oauth/errors/tokenError';
import { requestAccessToken } from '../../oauth/server/grant';

/** Someone waits for the answer: one more try, and soon. */
const TEST_RETRY = { ...DEFAULT_RETRY_POLICY, maxRetries: 1, maxRetryAfterMs: 5_000 };

/** The "Test" button of the credential: performs the grant, and says in plain words what is wrong. */
export async function testClientCredentials(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const transport = helperTransport(this.helpers);
	try {
		const data = credential.data ?? {};
		const client = readClientCredentials(data);
		const send = restrictedSender(
			tokenRequestSender(transport, client, TEST_RETRY, systemTiming),
			readAllowedDomains(data),
		);
		const { expiresAtMs, isLifetimeAssumed } = await requestAccessToken(client, {
			send,
			now: systemTiming.now,
		});
		const seconds = Math.round((expiresAtMs - systemTiming.now()) / 1000);
		return {
			status: 'OK',
			message: isLifetimeAssumed
				? `The server issued a token. It does not say how long it is valid: ${seconds} seconds are assumed`
				: `The server issued a token, valid for ${seconds} seconds`,
		};
	} catch (error) {
		const message =
			error instanceof TokenError ? `${error.message}. ${error.description}` : String(error);
		return { status: 'Error', message };
	}
}
