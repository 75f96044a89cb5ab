import { NodeApiError, type INode, type NodeError } from 'n8n-workflow';
import type { FailedCall, NotSent } from '../../../http/call/callApi';
import { failureKind, failureTitle, type FailureKind } from '../../../oauth/errors/failureKind';
import { redact } from '../../../text/redact';
import { shownDuration } from '../../../text/shownDuration';
import { comeBack, refusedTooLong } from './comeBack';
import type { FailedItem } from './failedItem';
import { doubtful } from './inDoubt';

/** No answer came, or the call was not sent at all. */
export function failedCallError(
	node: INode,
	call: FailedCall,
	{ itemIndex, nowMs, secrets, reusesConnections }: FailedItem,
): NodeError {
	if (call.kind === 'notSent') {
		const advised = notSentAdvice(call.obstacle, nowMs);
		const error = new NodeApiError(node, {}, { ...advised, itemIndex });
		return call.inDoubt ? doubtful(error) : error;
	}
	const { error: cause, url, inDoubt } = call;
	const said = redact(cause.message, secrets);
	if (reusesConnections && cause.code === 'ERR_INVALID_REQUEST') {
		const error = new NodeApiError(node, {}, { ...cannotBeReused(said), itemIndex });
		return inDoubt ? doubtful(error) : error;
	}
	const kind = failureKind(cause);
	const error = new NodeApiError(
		node,
		{},
		{
			message: failureTitle(kind, new URL(url).host),
			description: [
				networkAdvice(kind),
				...(reusesConnections && NEEDS_OTHER_WAY.has(kind) ? [OTHER_WAY] : []),
				`(${cause.code}: ${said})`,
			].join(' '),
			itemIndex,
		},
	);
	// As n8n's own node has it in the output.
	error.context.code = cause.code === 'TIMEOUT' ? 'ECONNABORTED' : cause.code;
	return inDoubt ? doubtful(error) : error;
}

/** What a proxy, or a certificate, in between may be the reason of. */
const NEEDS_OTHER_WAY: ReadonlySet<FailureKind> = new Set([
	...(['timeout', 'unknownHost', 'noNameService', 'brokenOff'] as const),
	...(['certificateNotTrusted', 'other'] as const),
]);
const OTHER_WAY =
	'With Options → Reuse Connections, calls use neither a proxy nor CA Certificate: if this network needs one of them, remove that option.';

/** Nothing was sent. */
function cannotBeReused(said: string): { message: string; description: string } {
	return {
		message: '"Reuse Connections" cannot send this call',
		description: `${said.replace(/\.$/, '')}. Turn off Options → Reuse Connections, or change that part of the call.`,
	};
}

function notSentAdvice(
	obstacle: NotSent['obstacle'],
	nowMs: number,
): { message: string; description: string; httpCode?: string } {
	switch (obstacle.kind) {
		case 'pause':
			return {
				message: 'The call was not sent: the API has asked for a pause',
				description: comeBack(obstacle.pauseMs, nowMs),
				httpCode: '429',
			};
		case 'refusal':
			return {
				message: 'The call was not sent: the API refuses all calls',
				description: refusedTooLong(obstacle.refusedForMs),
				httpCode: '429',
			};
		case 'silence':
			return {
				message: 'The call was not sent: the API does not answer',
				description: `No call has been answered for ${shownDuration(obstacle.silentForMs)}. Run the workflow again later. To keep trying for longer, raise Options → Retry → Longest Pause.`,
			};
	}
}

function networkAdvice(kind: FailureKind): string {
	switch (kind) {
		case 'timeout':
			return 'If the API is known to be slow, raise Options → Timeout.';
		case 'notAllowed':
			return 'Check URL, and Options → Proxy if it is set. If they are right, ask the administrator of n8n to add the host to N8N_SSRF_ALLOWED_HOSTNAMES or N8N_SSRF_ALLOWED_IP_RANGES.';
		case 'notTls':
			return 'Check URL: its port may be for http, or a proxy in the way may support only http.';
		case 'unknownHost':
			return 'Check the spelling of URL, and that the machine n8n runs on can look up host names (DNS).';
		case 'noNameService':
			return 'The DNS server of the machine n8n runs on did not answer. Run the workflow again later.';
		case 'brokenOff':
			return 'Its response was not complete. Run the workflow again later. If it keeps happening, check URL (its port; http or https), and whether a proxy or firewall is in the way.';
		case 'unreadable':
			return 'It is not valid HTTP, or it is damaged. Check URL (its port; http or https), and whether a proxy is in the way.';
		case 'refusesTls':
			return 'It requires a client certificate, or a different one. Check TLS Certificate in the credential, and that Use for API Calls is on there.';
		case 'certificateExpired':
		case 'certificateForAnotherName':
			return "Check URL. If it is right, the problem is on the API's side: tell its provider.";
		case 'certificateNotTrusted':
			return 'If the certificate is self-signed or comes from a private authority, turn on Advanced Settings and Customize TLS in the credential, put the certificate of that authority (or the self-signed one) into CA Certificate, and turn on Use for API Calls.';
		case 'tooLarge':
		case 'other':
			return 'Check URL, and that the machine n8n runs on can reach that server. If calls go through a proxy (Options → Proxy, or the variable HTTPS_PROXY), check that, too.';
	}
}
