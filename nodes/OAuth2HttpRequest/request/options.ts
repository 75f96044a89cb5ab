import type { TokenOverrides } from '../../../oauth/client/readTokenRequest';
import { readNumber } from './number';
import type { ArrayFormat } from './query';
import { toText } from './toText';

export type ResponseFormat = 'autodetect' | 'json' | 'text' | 'file';

/** The node's "Options" as the editor stores them: what was not added is absent. */
export interface NodeOptions {
	allowUnauthorizedCerts?: boolean;
	batching?: { batch?: { batchSize?: unknown; batchInterval?: unknown } };
	concurrency?: unknown;
	lowercaseHeaders?: boolean;
	proxy?: string;
	queryParameterArrays?: ArrayFormat;
	requestLimit?: { limit?: { maxRequests?: unknown; intervalSeconds?: unknown } };
	reuseConnections?: boolean;
	redirect?: { redirect?: { followRedirects?: boolean; maxRedirects?: unknown } };
	response?: {
		response?: {
			fullResponse?: boolean;
			neverError?: boolean;
			responseFormat?: ResponseFormat;
			outputPropertyName?: string;
		};
	};
	retry?: {
		retry?: {
			maxRetries?: unknown;
			baseSeconds?: unknown;
			capSeconds?: unknown;
			maxRetryAfterSeconds?: unknown;
		};
	};
	/** Milliseconds. */
	timeout?: unknown;
	token?: { token?: { scope?: unknown; audience?: unknown; resource?: unknown } };
}

const DEFAULT_TIMEOUT_MS = 300_000;
const DEFAULT_MAX_REDIRECTS = 21;

/** How the response becomes items. */
export interface ResponseOptions {
	format: ResponseFormat;
	outputField: string;
	fullResponse: boolean;
	neverError: boolean;
}

export function readResponseOptions({ response }: NodeOptions): ResponseOptions {
	const { responseFormat, outputPropertyName, fullResponse, neverError } = response?.response ?? {};
	return {
		format: responseFormat ?? 'autodetect',
		outputField: outputPropertyName || 'data',
		fullResponse: fullResponse ?? false,
		neverError: neverError ?? false,
	};
}

/** What an item's token is asked for with, in place of what the credential says. */
export function readTokenOverrides({ token }: NodeOptions): TokenOverrides {
	const { scope, audience, resource } = token?.token ?? {};
	// An expression may give scopes as a list.
	const scopes = [scope].flat().map(toText).join(' ');
	return { scope: scopes, audience: toText(audience), resource: toText(resource) };
}

/** @throws {InputError} where it is no number. */
export function readTimeoutMs({ timeout }: NodeOptions): number {
	return readNumber(timeout, 'Timeout', 0) || DEFAULT_TIMEOUT_MS;
}

/** @throws {InputError} where it is no number. */
export function readMaxRedirects({ redirect }: NodeOptions): number {
	const { followRedirects, maxRedirects } = redirect?.redirect ?? {};
	if (followRedirects === false) return 0;
	// 0 means the default, as in n8n's own node: there is Follow Redirects to turn them off.
	return readNumber(maxRedirects, 'Redirects → Max Redirects', 0) || DEFAULT_MAX_REDIRECTS;
}
