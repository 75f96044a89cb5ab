import type { HttpRequest, HttpResponse, Outcome } from '../../http/message';
import type { Timing } from '../../http/timing';
import type { Transport } from '../../http/transport/transport';

export function aRequest(fields: Partial<HttpRequest> = {}): HttpRequest {
	return {
		method: 'GET',
		url: 'https://api.example.com/records',
		headers: {},
		timeoutMs: 30_000,
		...fields,
	};
}

export function aResponse(status: number, headers: HttpResponse['headers'] = {}): HttpResponse {
	return { status, statusText: '', headers, body: Buffer.alloc(0) };
}

export function answer(status: number, headers: HttpResponse['headers'] = {}): Outcome {
	return { kind: 'response', response: aResponse(status, headers) };
}

export function noAnswer(code = 'ECONNRESET'): Outcome {
	return { kind: 'networkError', error: { code, message: `Failed with ${code}` } };
}

/** The far end of a transport, without a network: it keeps what it got, and answers as told. */
export interface FarEnd {
	transport: Transport;
	sent: Array<{ request: HttpRequest; atMs: number }>;
	urls: () => string[];
}

export function farEnd(
	{ now }: Pick<Timing, 'now'>,
	respond: (request: HttpRequest, index: number) => Outcome | Promise<Outcome>,
): FarEnd {
	const sent: FarEnd['sent'] = [];
	return {
		sent,
		urls: () => sent.map(({ request }) => request.url),
		async transport(request) {
			sent.push({ request, atMs: now() });
			return await respond(request, sent.length - 1);
		},
	};
}

/** Answers one after the other; the last one again and again. */
export function inTurn(...outcomes: Outcome[]): (request: HttpRequest, index: number) => Outcome {
	return (_request, index) => {
		const outcome = outcomes[Math.min(index, outcomes.length - 1)];
		if (outcome === undefined) throw new Error('No answer was prepared');
		return outcome;
	};
}
