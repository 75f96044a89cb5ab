import { get, set, unset } from 'es-toolkit/compat';
import type { IDataObject } from 'n8n-workflow';
import { isObject, parseJson } from '../../../text/json';
import { InputError } from '../inputError';
import type { NodeParameters } from '../request/parameters';
import type { Decoded } from './decode';

/** What an AI agent gets of a response, so that it reads less. */
export type Optimization = JsonOptimization | HtmlOptimization | TextOptimization;

interface JsonOptimization {
	type: 'json';
	/** Empty: the whole response is the data. */
	dataField: string;
	include: 'all' | 'selected' | 'except';
	/** Paths into each entry of the data. */
	fields: string[];
}

interface HtmlOptimization {
	type: 'html';
	selector: string;
	/** Without tags, and without the elements to omit. */
	onlyContent: boolean;
	omit: string[];
	maxLength: number;
}

interface TextOptimization {
	type: 'text';
	maxLength: number;
}

/** `undefined` where the response stays as it is. n8n shows these settings for tools only. */
export function readOptimization(
	parameters: NodeParameters,
	itemIndex: number,
): Optimization | undefined {
	const read = <T>(name: string, fallback: T): T => parameters.get(name, itemIndex, fallback);
	if (!read<boolean>('optimizeResponse', false)) return undefined;
	const maxLength = read<boolean>('truncateResponse', false) ? read('maxLength', 1000) : Infinity;
	const type = read<string>('responseType', 'json');
	if (type === 'text') return { type, maxLength };
	if (type === 'html') {
		const onlyContent = read<boolean>('onlyContent', false);
		return {
			type,
			selector: read('cssSelector', 'body'),
			onlyContent,
			omit: onlyContent ? readList(read<unknown>('elementsToOmit', '')) : [],
			maxLength,
		};
	}
	return {
		type: 'json',
		dataField: read('dataField', ''),
		include: read('fieldsToInclude', 'all'),
		fields: readList(read<unknown>('fields', '')),
	};
}

/** @throws {InputError} where the response is not what it was expected to be, or a selector is malformed. */
export async function optimize(
	decoded: Decoded,
	optimization: Optimization | undefined,
): Promise<Decoded> {
	switch (optimization?.type) {
		case undefined:
			return decoded;
		case 'json':
			return optimizeJson(decoded, optimization);
		case 'html':
			return await optimizeHtml(decoded, optimization);
		case 'text':
			return await optimizeText(decoded, optimization);
	}
}

async function optimizeHtml(
	decoded: Decoded,
	{ selector, maxLength, ...content }: HtmlOptimization,
): Promise<Decoded> {
	if (decoded.format !== 'text') throw notExpected('text');
	const { selectElements } = await import('./page');
	try {
		const found = selectElements(String(decoded.text ?? ''), selector, content);
		return { format: 'text', text: JSON.stringify(found, null, 2).slice(0, maxLength) };
	} catch (error) {
		throw badSelector(error);
	}
}

function badSelector(error: unknown): InputError {
	const reason = error instanceof Error ? error.message : String(error);
	return new InputError(
		`A selector cannot be read: ${reason}`,
		'Correct Selector (CSS) and Elements To Omit: use selectors such as div.price, #main or img.',
	);
}

async function optimizeText(decoded: Decoded, { maxLength }: TextOptimization): Promise<Decoded> {
	if (decoded.format === 'file') throw notExpected('text');
	const { mainText } = await import('./page');
	const html =
		decoded.format === 'json' ? JSON.stringify(decoded.body, null, 2) : String(decoded.text ?? '');
	return { format: 'text', text: mainText(html).slice(0, maxLength) };
}

function notExpected(expected: string): InputError {
	return new InputError(
		`The response is not ${expected}`,
		'Turn off Optimize Response, or choose another Expected Response Type.',
	);
}

function jsonOf(decoded: Decoded): unknown {
	switch (decoded.format) {
		case 'json':
			return decoded.body;
		case 'text':
			return typeof decoded.text === 'string' ? parseJson(decoded.text) : undefined;
		case 'file':
			return undefined;
	}
}

function optimizeJson(decoded: Decoded, optimization: JsonOptimization): Decoded {
	const json = jsonOf(decoded);
	if (!isObject(json)) throw notExpected('a JSON object or list');
	const body = selectFields(json, optimization);
	return decoded.format === 'text'
		? { format: 'text', text: JSON.stringify(body) }
		: { format: 'json', body };
}

function selectFields(
	json: object,
	{ dataField, include, fields }: JsonOptimization,
): IDataObject[] {
	const entries = findData(json, dataField);
	if (include === 'all') return entries;
	if (include === 'selected') {
		return entries.map((entry) => {
			const selected = {};
			for (const field of fields) set(selected, field, get(entry, field));
			return selected;
		});
	}
	// A copy: the expressions of a pagination see all of the response.
	const rest = structuredClone(entries);
	for (const entry of rest) for (const field of fields) unset(entry, field);
	return rest;
}

function findData(json: object, dataField: string): IDataObject[] {
	if (Array.isArray(json)) {
		const list = json as IDataObject[];
		return dataField === ''
			? list
			: list.map((entry: IDataObject | null) => entry?.[dataField] as IDataObject);
	}
	if (dataField === '') return [json as IDataObject];
	if (!Object.hasOwn(json, dataField)) {
		throw new InputError(
			`The response has no field "${dataField}"`,
			`Correct Field Containing Data. The response has these fields: ${Object.keys(json).join(', ')}.`,
		);
	}
	const data = (json as IDataObject)[dataField];
	return (Array.isArray(data) ? data : [data]) as IDataObject[];
}

function readList(value: unknown): string[] {
	const list = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [];
	return list.map((entry) => String(entry).trim()).filter((entry) => entry !== '');
}
