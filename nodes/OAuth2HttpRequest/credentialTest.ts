import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { DEFAULT_RETRY_POLICY } from '../../http/retry';
import { helperTransport, type HelperResponse } from '../../http/transport/helperTransport';
import { readClientCredentials } from '../../oauth/clientCredentials';
import { TokenError } from '../../oauth/errors';
import { requestAccessToken } from '../../oauth/grant';
import { tokenRequestSender } from './run/connection';
import { systemTiming } from './run/systemTiming';

/** Someone waits for the answer: one more try, and soon. */
const TEST_RETRY = { ...DEFAULT_RETRY_POLICY, maxRetries: 1, maxRetryAfterMs: 5_000 };

/** The "Test" button of the credential: performs the grant, and says in plain words what is wrong. */
export async function testClientCredentials(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	// The only HTTP helper that n8n hands to a credential test; it takes options of an older form.
	const { request } = this.helpers;
	const transport = helperTransport(
		async (options) =>
			(await request({
				method: options.method,
				uri: options.url,
				headers: options.headers,
				// Never a stream: it is a form.
				body: (options.body as Buffer | string | undefined)?.toString(),
				timeout: options.timeout,
				useStream: true,
				followRedirect: false,
				simple: false,
				resolveWithFullResponse: true,
				rejectUnauthorized: options.skipSslCertificateValidation !== true,
			})) as HelperResponse,
	);
	try {
		const client = readClientCredentials(credential.data ?? {});
		const send = tokenRequestSender(transport, client, TEST_RETRY);
		const token = await requestAccessToken(client, { send, now: systemTiming.now });
		const seconds = Math.round((token.expiresAtMs - systemTiming.now()) / 1000);
		return { status: 'OK', message: `The server issued a token, valid for ${seconds} seconds` };
	} catch (error) {
		const message =
			error instanceof TokenError ? `${error.message}. ${error.description}` : String(error);
		return { status: 'Error', message };
	}
}
