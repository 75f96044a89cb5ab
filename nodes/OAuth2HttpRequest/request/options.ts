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

/** What holds for all items of a run. */
export interface RunSettings {
	concurrency: number;
	retry: RetryPolicy;
	/** The user's own limit. */
	limit?: RequestLimit;
	/** When the call with this number may begin, in ms after the run did: as n8n's own node spaces its batches. */
	startsAfterMs: (callIndex: number) => number;
	reuseConnections: boolean;
	/** The node's own setting "SSL Certificates". */
	providesCertificate: boolean;
}

/** @throws {InputError} where a field holds no number: no limit and an endless wait must not be the result. */
export function readRunSettings(options: NodeOptions, providesCertificate: boolean): RunSettings {
	const limit = readRequestLimit(options);
	return {
		concurrency: Math.floor(
			readNumber(options.concurrency, 'Concurrency', 1) ?? DEFAULT_CONCURRENCY,
		),
		retry: readRetryPolicy(options),
		...(limit && { limit }),
		startsAfterMs: readBatching(options),
		reuseConnections: options.reuseConnections ?? false,
		providesCertificate,
	};
}

function readRetryPolicy({ retry }: NodeOptions): RetryPolicy {
	const fields = retry?.retry ?? {};
	const fallback = DEFAULT_RETRY_POLICY;
	const readMs = (value: unknown, field: string): number | undefined => {
		const seconds = readNumber(value, `Retry → ${field}`, 0);
		return seconds === undefined ? undefined : seconds * 1000;
	};
	return {
		maxRetries: readNumber(fields.maxRetries, 'Retry → Max Retries', 0) ?? fallback.maxRetries,
		baseMs: readMs(fields.baseSeconds, 'First Backoff (S)') ?? fallback.baseMs,
		capMs: readMs(fields.capSeconds, 'Longest Backoff (S)') ?? fallback.capMs,
		maxRetryAfterMs:
			readMs(fields.maxRetryAfterSeconds, 'Longest Pause (S)') ?? fallback.maxRetryAfterMs,
	};
}

function readRequestLimit({ requestLimit }: NodeOptions): RequestLimit | undefined {
	if (requestLimit?.limit === undefined) return undefined;
	const { maxRequests = 10, intervalSeconds = 1 } = requestLimit.limit;
	// An expression may give a text.
	const requests = Math.floor(Number(maxRequests));
	const spanMs = Number(intervalSeconds) * 1000;
	if (!(requests >= 1)) {
		throw notANumber(maxRequests, 'Request Limit → Max Requests', 'a whole number of 1 or more');
	}
	if (!(spanMs > 0 && spanMs < Infinity)) {
		throw notANumber(
			intervalSeconds,
			'Request Limit → Interval (S)',
			'a number of seconds above 0',
		);
	}
	return { requests, spanMs };
}

function readBatching({ batching }: NodeOptions): RunSettings['startsAfterMs'] {
	const { batchSize, batchInterval } = batching?.batch ?? {};
	const size = readNumber(batchSize, 'Batching → Items per Batch') ?? -1;
	const intervalMs = readNumber(batchInterval, 'Batching → Batch Interval (Ms)', 0) ?? 0;
	if (size < 0) return () => 0;
	return (callIndex) => Math.floor(callIndex / Math.max(1, size)) * intervalMs;
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

/** A number, which an expression may give as a text. Absent: `undefined`. Less than `min` is `min`. */
function readNumber(value: unknown, field: string, min = -Infinity): number | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const isGiven = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
	const number = isGiven ? Number(value) : NaN;
	if (!Number.isFinite(number)) throw notANumber(value, field, 'a number');
	return Math.max(min, number);
}

function notANumber(value: unknown, field: string, wanted: string): InputError {
	return new InputError(
		`"${toText(value)}" is not ${wanted}`,
		`Correct Options → ${field}. If it is an expression, check its result.`,
		'options',
	);
}
