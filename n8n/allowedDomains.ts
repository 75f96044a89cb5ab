import { TokenError } from '../oauth/errors/tokenError';
import type { TokenRequestSender } from '../oauth/server/tokenRequest';

/**
 * n8n's own fields of a credential, which say where it may be used: n8n adds them to every credential
 * that its HTTP Request node can use. Mode and list mean here what they mean there.
 */
export type AllowedDomains =
	| { mode: 'all' }
	| { mode: 'none' }
	/** Lower case; `*.example.com` stands for subdomains only. */
	| { mode: 'domains'; domains: string[] };

export function readAllowedDomains(data: Record<string, unknown>): AllowedDomains {
	const { allowedHttpRequestDomains: mode, allowedDomains: list } = data;
	if (mode === 'none') return { mode };
	if (mode !== 'domains') return { mode: 'all' };
	const domains = (typeof list === 'string' ? list : '').split(',').map(normalHost).filter(Boolean);
	return { mode, domains };
}

/** Why the credential may not be used for this URL, in n8n's words; `undefined` where it may. Pure. */
export function refusalOf(allowed: AllowedDomains, url: string): string | undefined {
	if (allowed.mode === 'all') return undefined;
	if (allowed.mode === 'none') {
		return 'This credential is configured to prevent use within an HTTP Request or GraphQL node';
	}
	const { domains } = allowed;
	if (domains.length === 0) {
		return 'No allowed domains specified. Configure allowed domains or change restriction setting.';
	}
	const { hostname, host } = new URL(url);
	if (domains.some((domain) => isWithin(domain, normalHost(hostname)))) return undefined;
	return `Domain not allowed: This credential is restricted from accessing ${host}. Only the following domains are allowed: ${domains.join(', ')}`;
}

/**
 * A list holds for the token request, too, as in n8n's own nodes: the sender throws a `TokenError`
 * where its URL is not in it.
 */
export function restrictedSender(
	send: TokenRequestSender,
	allowed: AllowedDomains,
): TokenRequestSender {
	return async (request, signal) => {
		checkTokenUrl(allowed, request.url);
		return await send(request, signal);
	};
}

function checkTokenUrl(allowed: AllowedDomains, tokenUrl: string): void {
	// "None" is about where a person may send requests, and not about this address.
	const refusal = allowed.mode === 'domains' ? refusalOf(allowed, tokenUrl) : undefined;
	if (refusal === undefined) return;
	const { hostname } = new URL(tokenUrl);
	throw new TokenError(
		refusal,
		`The credential is used there to request a token, or to introspect or revoke one. Add ${hostname} to Allowed Domains in the credential, in addition to the domains of the API.`,
		{ field: 'Allowed Domains' },
	);
}

function isWithin(domain: string, host: string): boolean {
	return domain.startsWith('*.')
		? domain.length > 2 && host.endsWith(domain.slice(1))
		: host === domain;
}

function normalHost(text: string): string {
	return text.trim().toLowerCase().replace(/\.$/, '');
}
