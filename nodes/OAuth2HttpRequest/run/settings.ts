import type { RequestLimit } from '../../../http/pacing/userLimit';
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from '../../../http/retry/decideRetry';
import { notANumber, readNumber } from '../request/number';
import type { NodeParameters } from '../request/parameters';
import { sampledIndexes } from './sampledIndexes';

const DEFAULT_CONCURRENCY = 10;

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

/** Those of the node's "Options" that hold for a run, as the editor stores them: what was not added is absent. */
interface RunOptions {
	batching?: { batch?: { batchSize?: unknown; batchInterval?: unknown } };
	concurrency?: unknown;
	requestLimit?: { limit?: { maxRequests?: unknown; intervalSeconds?: unknown } };
	retry?: {
		retry?: {
			maxRetries?: unknown;
			baseSeconds?: unknown;
			capSeconds?: unknown;
			maxRetryAfterSeconds?: unknown;
		};
	};
	reuseConnections?: unknown;
}

const RUN_OPTIONS: ReadonlyArray<keyof RunOptions> = [
	'batching',
	'concurrency',
	'requestLimit',
	'retry',
	'reuseConnections',
];

/**
 * By the first of a few items whose options can be read. What cannot be used is an error of each item, so
 * that the others have their say with "On Error".
 */
export function readRunSettings(
	parameters: NodeParameters,
	total: number,
): { settings: RunSettings; error?: Error } {
	let unread: Error | undefined;
	for (const index of sampledIndexes(total)) {
		try {
			const options = readRunOptions(parameters, index);
			const providesCertificate = parameters.get('provideSslCertificates', index, false);
			return checked(options, providesCertificate);
		} catch (error) {
			unread ??= error as Error;
		}
	}
	return { ...checked({}, false), ...(unread && { error: unread }) };
}

/** Each one by itself: an expression in another option is evaluated for each item. */
function readRunOptions(parameters: NodeParameters, index: number): RunOptions {
	const read = (name: string): unknown =>
		parameters.get<unknown>(`options.${name}`, index, null) ?? undefined;
	return Object.fromEntries(RUN_OPTIONS.map((name) => [name, read(name)]));
}

function checked(
	options: RunOptions,
	providesCertificate: boolean,
): { settings: RunSettings; error?: Error } {
	try {
		return { settings: readSettings(options, providesCertificate) };
	} catch (error) {
		return { settings: readSettings({}, providesCertificate), error: error as Error };
	}
}

/** @throws {InputError} where a field holds no number: no limit and an endless wait must not be the result. */
function readSettings(options: RunOptions, providesCertificate: boolean): RunSettings {
	const limit = readRequestLimit(options);
	return {
		concurrency: Math.floor(
			readNumber(options.concurrency, 'Concurrency', 1) ?? DEFAULT_CONCURRENCY,
		),
		retry: readRetryPolicy(options),
		...(limit && { limit }),
		startsAfterMs: readBatching(options),
		reuseConnections: Boolean(options.reuseConnections),
		providesCertificate,
	};
}

function readRetryPolicy({ retry }: RunOptions): RetryPolicy {
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

function readRequestLimit({ requestLimit }: RunOptions): RequestLimit | undefined {
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

function readBatching({ batching }: RunOptions): RunSettings['startsAfterMs'] {
	const { batchSize, batchInterval } = batching?.batch ?? {};
	const size = readNumber(batchSize, 'Batching → Items per Batch') ?? -1;
	const intervalMs = readNumber(batchInterval, 'Batching → Batch Interval (Ms)', 0) ?? 0;
	if (size < 0) return () => 0;
	return (callIndex) => Math.floor(callIndex / Math.max(1, size)) * intervalMs;
}
