import type { HttpRequest } from '../../../http/message';
import { refusalOf, type AllowedDomains } from '../../../n8n/allowedDomains';
import { isSecureUrl, type ClientCredentials } from '../../../oauth/client/clientCredentials';
import { canCarryForm } from '../../../oauth/client/sending';
import { InputError } from '../inputError';

/**
 * Whether the client's token may go to this origin.
 *
 * @throws {InputError} where not.
 */
export function checkOrigin(
	origin: string,
	client: ClientCredentials,
	allowedDomains: AllowedDomains,
): void {
	checkAllowed(origin, allowedDomains);
	checkSecure(origin, client);
}

/**
 * Whether this request can carry the token where the client wants it.
 *
 * @throws {InputError} where not.
 */
export function checkForm(request: HttpRequest, { sending }: ClientCredentials): void {
	if (sending.kind !== 'form' || canCarryForm(request)) return;
	throw new InputError(
		'The token must be sent in a form, but this call has none',
		'Choose POST for Method, turn on Send Body and set Body Content Type to Form URL Encoded. Or choose something else for Send Token As in the credential.',
	);
}

export function checkAllowed(url: string, allowedDomains: AllowedDomains): void {
	const refusal = refusalOf(allowedDomains, url);
	if (refusal === undefined) return;
	throw new InputError(
		refusal,
		'Correct URL, or change Allowed HTTP Request Domains and Allowed Domains in the credential. They also apply to redirects.',
	);
}

function checkSecure(url: string, client: ClientCredentials): void {
	if (client.allowInsecureHttp || isSecureUrl(new URL(url))) return;
	throw new InputError(
		'The URL does not use https',
		'Others on the network could read the access token. Change URL to https://, or turn on Allow Insecure HTTP in the credential if you trust every machine in between.',
	);
}
