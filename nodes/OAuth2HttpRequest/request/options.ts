import type { RequestLimit } from '../../../http/pacing/pacer';
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from '../../../http/retry';
import type { TokenOverrides } from '../../../oauth/readTokenRequest';
import { InputError } from './inputError';
import { toText } from './text';
import type { ArrayFormat } from './query';

export type ResponseFormat = 'autodetect' | 'json' | 'text' | 'file';

/** The node's "Options" as the editor stores them: what was not added is absent. */
export interface NodeOptions {
	allowUnauthorizedCerts?: boolean;
	batching?: { batch?: { batchSize?: number; batchInterval?: number } };
	concurrency?: number;
	lowercaseHeaders?: boolean;
	proxy?: string;
	queryParameterArrays?: ArrayFormat;
	requestLimit?: { limit?: { maxRequests?: unknown; intervalSeconds?: unknown } };
	reuseConnections?: boolean;
	redirect?: { redirect?: { followRedirects?: boolean; maxRedirects?: number } };
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
			maxRetries?: number;
			baseSeconds?: number;
			capSeconds?: number;
			maxRetryAfterSeconds?: number;
		};
	};
	/** Milliseconds. */
	timeout?: number;
	token?: { token?: { scope?: unknown; audience?: unknown; resource?: unknown } };
}

export const DEFAULT_CONCURRENCY = 10;
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
	return { scope: toText(scope), audience: toText(audience), resource: toText(resource) };
}

export function readRetryPolicy({ retry }: NodeOptions): RetryPolicy {
	const { maxRetries, baseSeconds, capSeconds, maxRetryAfterSeconds } = retry?.retry ?? {};
	const fallback = DEFAULT_RETRY_POLICY;
	return {
		maxRetries: atLeast(0, maxRetries) ?? fallback.maxRetries,
		baseMs: toMs(baseSeconds) ?? fallback.baseMs,
		capMs: toMs(capSeconds) ?? fallback.capMs,
		maxRetryAfterMs: toMs(maxRetryAfterSeconds) ?? fallback.maxRetryAfterMs,
	};
}

export function readConcurrency({ concurrency }: NodeOptions): number {
	return Math.floor(atLeast(1, concurrency) ?? DEFAULT_CONCURRENCY);
}

export function readTimeoutMs({ timeout }: NodeOptions): number {
	return timeout !== undefined && timeout > 0 ? timeout : DEFAULT_TIMEOUT_MS;
}

export function readMaxRedirects({ redirect }: NodeOptions): number {
	const { followRedirects, maxRedirects } = redirect?.redirect ?? {};
	if (followRedirects === false) return 0;
	// 0 means the default, as in n8n's own node: there is Follow Redirects to turn them off.
	return atLeast(0, maxRedirects || undefined) ?? DEFAULT_MAX_REDIRECTS;
}

/** @throws {InputError} where a field holds no number above 0: no limit must not be the result. */
export function readRequestLimit({ requestLimit }: NodeOptions): RequestLimit | undefined {
	if (requestLimit?.limit === undefined) return undefined;
	const { maxRequests = 10, intervalSeconds = 1 } = requestLimit.limit;
	// An expression may give a text.
	const requests = Math.floor(Number(maxRequests));
	const spanMs = Number(intervalSeconds) * 1000;
	if (!(requests >= 1)) throw badLimit('Max Requests', maxRequests, 'a whole number from 1 on');
	if (!(spanMs > 0 && spanMs < Infinity)) {
		throw badLimit('Interval (S)', intervalSeconds, 'a number of seconds above 0');
	}
	return { requests, spanMs };
}

function badLimit(field: string, value: unknown, wanted: string): InputError {
	return new InputError(
		`The request limit cannot be kept: "${String(value)}" is not ${wanted}`,
		`Correct Options → Request Limit → ${field}.`,
		'options',
	);
}

/** When an item's call may begin, in ms after the run did: as n8n's own node spaces its batches. */
export function batchDelayMs({ batching }: NodeOptions, itemIndex: number): number {
	const { batchSize = -1, batchInterval = 0 } = batching?.batch ?? {};
	if (batchSize < 0 || batchInterval <= 0) return 0;
	return Math.floor(itemIndex / Math.max(1, batchSize)) * batchInterval;
}

function atLeast(min: number, value: number | undefined): number | undefined {
	return value === undefined || Number.isNaN(value) ? undefined : Math.max(min, value);
}

function toMs(seconds: number | undefined): number | undefined {
	const value = atLeast(0, seconds);
	return value === undefined ? undefined : value * 1000;
}
