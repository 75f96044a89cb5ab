/** One request as it goes on the wire. */
export interface HttpRequest {
	method: string;
	/** Absolute, with its query. */
	url: string;
	headers: Record<string, string>;
	/** Goes with a `content-type` header. */
	body?: Buffer | StreamBody;
	/**
	 * How long nothing may happen: until the response begins, and between two parts of a body that is
	 * sent or received. So it bounds no file, whatever its size.
	 */
	timeoutMs: number;
	/** `timeoutMs` is for the whole exchange instead: from connecting to the last byte. */
	isTimedAsWhole?: boolean;
	ignoreSslIssues?: boolean;
	/** URL of the proxy to send through, instead of what the transport would choose. */
	proxy?: string;
	tls?: TlsOptions;
	/** A longer response body is a network error `BODY_TOO_LARGE`. Without it there is no limit. */
	maxBodyBytes?: number;
	/** Whether the response's body shall be handed on as a stream. */
	wantsStream?: (head: ResponseHead) => boolean;
}

/** A body that is read while it is sent, anew for each try. */
export interface StreamBody {
	/** Absent where it is not known beforehand. */
	lengthBytes?: number;
	open: () => Promise<AsyncIterable<Uint8Array>>;
}

/** What a connection needs beside what the machine knows, as PEM. */
export interface TlsOptions {
	/** The client's certificate, perhaps with those between it and its issuer. Goes with `key`. */
	cert?: string;
	key?: string;
	/** The only authorities that the server's certificate may come from. */
	ca?: string;
}

export interface ResponseHead {
	status: number;
	statusText: string;
	/** Names in lower case. */
	headers: Record<string, string | string[]>;
}

export interface HttpResponse extends ResponseHead {
	/** Empty where there is a stream. */
	body: Buffer;
	/** The body that has yet to be read, where the request wanted it so. */
	stream?: Stream;
}

/** As much of Node's `Readable` as is needed here. */
export interface Stream extends AsyncIterable<Uint8Array> {
	once: (event: 'close', listener: () => void) => unknown;
	destroy: () => void;
}

/**
 * Why no response came. `code` is Node's (`ECONNREFUSED`), or `TIMEOUT`, `BODY_TOO_LARGE`, or `ERR_INVALID_REQUEST` where
 * nothing was sent, since the transport cannot send such a request.
 */
export interface NetworkError {
	code: string;
	message: string;
}

/** How one exchange ended. */
export type Outcome =
	{ kind: 'response'; response: HttpResponse } | { kind: 'networkError'; error: NetworkError };

export function isSuccess(status: number): boolean {
	return status >= 200 && status < 300;
}

/** The value of the header of this name, in lower case; several lines of it joined as RFC 9110 §5.3 allows. */
export function headerValue(response: ResponseHead, name: string): string | undefined {
	const value = response.headers[name];
	return Array.isArray(value) ? value.join(', ') : value;
}

export function findHeader(headers: Record<string, string>, name: string): string | undefined {
	return Object.keys(headers).find((key) => key.toLowerCase() === name.toLowerCase());
}
