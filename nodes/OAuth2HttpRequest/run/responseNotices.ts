import type { IDataObject } from 'n8n-workflow';
import { isJsonObject, parseJson } from '../../../text/json';
import type { ResponseOptions } from '../request/options';
import type { Decoded } from '../response/decode';

/** What a response was that went well, and perhaps should not have. */
type Oddity = 'errors' | 'webPage' | 'json' | 'file';

/** Notices responses that a user may not have expected, to say so after the run. */
export interface ResponseNotices {
	observe: (decoded: Decoded, options: ResponseOptions) => void;
	/** A sentence for each kind. */
	texts: () => string[];
}

export function createResponseNotices(): ResponseNotices {
	const counts = new Map<Oddity, number>();
	return {
		observe(decoded, options) {
			const oddity = oddityOf(decoded, options);
			if (oddity !== undefined) counts.set(oddity, (counts.get(oddity) ?? 0) + 1);
		},
		texts: () => [...counts].map(([oddity, count]) => noticeText(oddity, count)),
	};
}

function oddityOf(decoded: Decoded, { format }: ResponseOptions): Oddity | undefined {
	if (decoded.format === 'json') return hasOnlyErrors(decoded.body) ? 'errors' : undefined;
	// Whoever has chosen the format knows what comes.
	if (decoded.format !== 'text' || format !== 'autodetect') return undefined;
	if (typeof decoded.text !== 'string') return undefined;
	return oddityOfText(decoded.text);
}

/** GraphQL: errors come with status 200, beside what was found all the same. */
function hasOnlyErrors(body: IDataObject[string]): boolean {
	if (!isJsonObject(body)) return false;
	const { errors, data: _data, extensions: _extensions, ...others } = body;
	return Array.isArray(errors) && errors.length > 0 && Object.keys(others).length === 0;
}

function oddityOfText(text: string): Oddity | undefined {
	if (/^\s*<(!doctype html|html)\b/i.test(text)) return 'webPage';
	if (/[\u0000\ufffd]/.test(text)) return 'file';
	const isJson = /^\s*[{[]/.test(text) && parseJson(text) !== undefined;
	return isJson ? 'json' : undefined;
}

function noticeText(oddity: Oddity, count: number): string {
	const are = count === 1 ? 'A response is' : `${count} responses are`;
	switch (oddity) {
		case 'errors':
			return `${count === 1 ? 'A response contains' : `${count} responses contain`} errors, although the status says that all went well: see "errors" in the output.`;
		case 'webPage':
			return `${are} HTML. If you expected data, check URL: it may be the address of a web page, or redirect to a login.`;
		case 'json':
			return `${are} JSON under another content type, and read as text. To get its fields, set Options → Response → Response Format to JSON.`;
		case 'file':
			return `${are} no readable text. If it is a file, set Options → Response → Response Format to File.`;
	}
}
