import { partition } from 'es-toolkit';
import { set } from 'es-toolkit/compat';
import { isJsonObject } from '../../../text/json';
import { InputError } from '../inputError';
import type { PageParameters } from '../request/pagination';
import type { RequestBody, RequestParts } from '../request/parts';

/** What n8n's pagination helper hands on for each page: the options of its older request helper. */
export interface PageOptions {
	uri: string;
	/** What Next URL gave. */
	next?: unknown;
	told?: PageParameters;
	qs?: object;
	headers?: Record<string, unknown>;
	body?: unknown;
	form?: object;
	formData?: Record<string, unknown>;
}

/** The first request, in the form that `$request` has in n8n's own node. */
export function toHelperRequest({ method, url, query, headers, body }: RequestParts): PageOptions {
	const request = { method, uri: url, qs: query, headers };
	switch (body?.kind) {
		case 'json':
			return { ...request, body: body.json };
		case 'form':
			return { ...request, form: body.fields };
		case 'multipart':
			return { ...request, formData: {} };
		case 'bytes':
		case 'raw':
		case undefined:
			return request;
	}
}

/** The request of a page, with what the helper made of its parameters. */
export function pageParts(parts: RequestParts, options: PageOptions): RequestParts {
	const body = pageBody(parts.body, options);
	const { uri, qs = {} } = options;
	return {
		...parts,
		url: uri,
		query: uri === parts.url ? qs : withoutThose(uri, qs),
		headers: options.headers ?? {},
		...(body && { body }),
	};
}

/**
 * The query without what the next URL has already: twice, some APIs refuse it (OData: "specified more
 * than once"), and others give the first page again.
 */
function withoutThose(nextUrl: string, query: object): object {
	const names = new Set(
		[...new URL(nextUrl).searchParams.keys()].flatMap((name) => [name, name.replace(/\[.*$/, '')]),
	);
	return Object.fromEntries(Object.entries(query).filter(([name]) => !names.has(name)));
}

function pageBody(
	body: RequestBody | undefined,
	{ body: json, form, formData = {} }: PageOptions,
): RequestBody | undefined {
	switch (body?.kind) {
		case 'form':
			return { kind: 'form', fields: form ?? {} };
		case 'multipart':
			return {
				kind: 'multipart',
				parts: [
					...body.parts.filter(({ name }) => !Object.hasOwn(formData, name)),
					...Object.entries(formData).map(([name, value]) => ({ name, value: String(value) })),
				],
			};
		case 'bytes':
		case 'raw':
			if (json === undefined) return body;
			throw new InputError(
				'The pagination cannot change a body that is a file or text',
				'Choose Query or Header for Type under Options → Pagination → Parameters, or another Body Content Type.',
			);
		case 'json':
		case undefined:
			return json === undefined ? undefined : { kind: 'json', json: nested(json, body?.json) };
	}
}

/** "variables.after" is a field in an object, as in the body itself, unless the body has that name. */
function nested(json: unknown, first: unknown): unknown {
	if (!isJsonObject(json)) return json;
	const own = isJsonObject(first) ? first : {};
	const isPath = (name: string): boolean => name.includes('.') && !Object.hasOwn(own, name);
	const [paths, plain] = partition(Object.entries(json), ([name]) => isPath(name));
	// A copy: what is set must not last until the next page.
	const result = JSON.parse(JSON.stringify(Object.fromEntries(plain))) as object;
	for (const [name, value] of paths) set(result, name, value);
	return result;
}

/** Whether none of the parameters that a response gives has a value: the pages would begin anew. */
export function givesNothing(told: PageParameters | undefined): boolean {
	if (told === undefined) return false;
	const values = Object.values(told).flatMap((named: Record<string, unknown>) =>
		Object.values(named),
	);
	return (
		values.length > 0 &&
		values.every((value) => value === undefined || value === null || value === '')
	);
}

/** By what may change from page to page: files are the same for all pages of an item. */
export function identify({ method, url, query, headers, body }: RequestParts): string {
	return JSON.stringify([method, url, query, headers, body && withoutFiles(body)]);
}

function withoutFiles(body: RequestBody): object {
	if (body.kind === 'bytes') return [];
	if (body.kind !== 'multipart') return body;
	return body.parts.map((part) => ('bytes' in part ? part.name : part));
}
