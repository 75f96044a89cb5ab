import type { ParityCase } from '../parityCase';

export type Parameters = Record<string, unknown>;

/** A list of names and values as the editor stores it. */
export function pairs(...entries: Array<[name: unknown, value: unknown]>): Parameters {
	return { parameters: entries.map(([name, value]) => ({ name, value })) };
}

export function query(...entries: Array<[name: unknown, value: unknown]>): Parameters {
	return { sendQuery: true, specifyQuery: 'keypair', queryParameters: pairs(...entries) };
}

export function jsonQuery(value: string): Parameters {
	return { sendQuery: true, specifyQuery: 'json', jsonQuery: value };
}

export function headers(...entries: Array<[name: unknown, value: unknown]>): Parameters {
	return { sendHeaders: true, specifyHeaders: 'keypair', headerParameters: pairs(...entries) };
}

export function jsonHeaders(value: string): Parameters {
	return { sendHeaders: true, specifyHeaders: 'json', jsonHeaders: value };
}

/** The parameters of a POST whose body has this content type. */
export function post(contentType: string, body: Parameters): Parameters {
	return { method: 'POST', sendBody: true, contentType, ...body };
}

export function jsonFields(...entries: Array<[name: unknown, value: unknown]>): Parameters {
	return post('json', { specifyBody: 'keypair', bodyParameters: pairs(...entries) });
}

export function jsonText(jsonBody: string): Parameters {
	return post('json', { specifyBody: 'json', jsonBody });
}

export function formFields(...entries: Array<[name: unknown, value: unknown]>): Parameters {
	return post('form-urlencoded', { specifyBody: 'keypair', bodyParameters: pairs(...entries) });
}

export function formText(body: string): Parameters {
	return post('form-urlencoded', { specifyBody: 'string', body });
}

/** Parts of a multipart form: `[name, value]`, or `[name, { file: <input field> }]`. */
export function multipart(...parts: Array<[string, string | { file: string }]>): Parameters {
	return post('multipart-form-data', {
		bodyParameters: {
			parameters: parts.map(([name, value]) =>
				typeof value === 'string'
					? { parameterType: 'formData', name, value }
					: { parameterType: 'formBinaryData', name, inputDataFieldName: value.file },
			),
		},
	});
}

export function file(inputDataFieldName: string): Parameters {
	return post('binaryData', { inputDataFieldName });
}

export function raw(rawContentType: string, body: string): Parameters {
	return post('raw', { rawContentType, body });
}

/** The option "Response". */
export function response(settings: {
	responseFormat?: string;
	outputPropertyName?: string;
	fullResponse?: boolean;
	neverError?: boolean;
}): Parameters {
	return { response: { response: settings } };
}

export function redirects(settings: {
	followRedirects?: boolean;
	maxRedirects?: number;
}): Parameters {
	return { redirect: { redirect: settings } };
}

/** Our node alone sends again; where that is not the point it is turned off. */
export const NO_RETRIES: Parameters = { retry: { retry: { maxRetries: 0 } } };

/** Each combination of two lists. */
export function each<A, B>(
	as: readonly A[],
	bs: readonly B[],
	make: (a: A, b: B) => ParityCase,
): ParityCase[] {
	return as.flatMap((a) => bs.map((b) => make(a, b)));
}
