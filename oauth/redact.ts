const MAX_LENGTH = 300;

/**
 * Text from a server, safe to show: the client's secrets and everything that looks like a token are
 * taken out, control characters and mark-up too, and it is cut to a readable length.
 */
export function redact(text: string, secrets: readonly string[]): string {
	let safe = text;
	for (const secret of secrets.filter((value) => value.length >= 4)) {
		for (const form of new Set([secret, encodeURIComponent(secret), formEncode(secret)])) {
			safe = safe.replaceAll(form, '[hidden]');
		}
	}
	safe = safe
		.replace(/\beyJ[\w-]+(\.[\w-]*)+/g, '[token hidden]')
		.replace(/\b(Bearer|Basic|DPoP)\s+[\w.~+/=-]{8,}/gi, '$1 [hidden]')
		.replace(/<(style|script)[\s\S]*?<\/\1>/gi, ' ')
		.replace(/<[^>]*>/g, ' ')

		.replace(/[\s\u0000-\u001f\u007f]+/g, ' ')
		.trim();
	return safe.length > MAX_LENGTH ? `${safe.slice(0, MAX_LENGTH)}…` : safe;
}

function formEncode(value: string): string {
	return new URLSearchParams([['', value]]).toString().slice(1);
}
