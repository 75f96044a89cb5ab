import { get, set, unset } from 'es-toolkit/compat';
import type { IDataObject } from 'n8n-workflow';
import { InputError } from '../request/inputError';
import { parseJson } from '../request/json';
import type { Parameters } from '../request/parameters';
import type { Decoded } from './decode';

/** What an AI agent gets of a response, so that it reads less. */
export interface Optimization {
	/** Empty: the whole response is the data. */
	dataField: string;
	include: 'all' | 'selected' | 'except';
	/** Paths into each entry of the data. */
	fields: string[];
}

/**
 * `undefined` where the response stays as it is. n8n shows these settings for tools only.
 *
 * @throws {InputError} for HTML and texts, which this node does not shorten.
 */
export function readOptimization(
	parameters: Parameters,
	itemIndex: number,
): Optimization | undefined {
	const read = <T>(name: string, fallback: T): T => parameters.get(name, itemIndex, fallback);
	if (!read<boolean>('optimizeResponse', false)) return undefined;
	const type = read<string>('responseType', 'json');
	if (type !== 'json') {
		throw new InputError(
			`Responses of the type "${type}" cannot be optimized here`,
			'Turn off Optimize Response, or choose JSON for Expected Response Type.',
			'responseType',
		);
	}
	return {
		dataField: read('dataField', ''),
		include: read('fieldsToInclude', 'all'),
		fields: readList(read<unknown>('fields', '')),
	};
}

/** @throws {InputError} where the response is no JSON object or list. */
export function optimize(decoded: Decoded, optimization: Optimization | undefined): Decoded {
	if (optimization === undefined) return decoded;
	const parsed =
		decoded.format === 'text' && typeof decoded.text === 'string'
			? parseJson(decoded.text)
			: { ok: true as const, json: decoded.format === 'json' ? decoded.body : undefined };
	if (!parsed.ok || typeof parsed.json !== 'object' || parsed.json === null) {
		throw new InputError(
			'The response is no JSON object or list',
			'Turn off Optimize Response.',
			'optimizeResponse',
		);
	}
	const body = selectFields(parsed.json, optimization);
	return decoded.format === 'text'
		? { format: 'text', text: JSON.stringify(body) }
		: { format: 'json', body };
}

function selectFields(json: object, { dataField, include, fields }: Optimization): IDataObject[] {
	const entries = findData(json, dataField);
	if (include === 'all') return entries;
	if (include === 'selected') {
		return entries.map((entry) => {
			const selected = {};
			for (const field of fields) set(selected, field, get(entry, field));
			return selected;
		});
	}
	for (const entry of entries) for (const field of fields) unset(entry, field);
	return entries;
}

function findData(json: object, dataField: string): IDataObject[] {
	if (Array.isArray(json)) {
		const list = json as IDataObject[];
		return dataField === '' ? list : list.map((entry) => entry[dataField] as IDataObject);
	}
	if (dataField === '') return [json as IDataObject];
	if (!Object.hasOwn(json, dataField)) {
		throw new InputError(
			`The response has no field "${dataField}"`,
			`Correct Field Containing Data. The response has these fields: ${Object.keys(json).join(', ')}.`,
			'dataField',
		);
	}
	const data = (json as IDataObject)[dataField];
	return (Array.isArray(data) ? data : [data]) as IDataObject[];
}

function readList(value: unknown): string[] {
	const list = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [];
	return list.map((entry) => String(entry).trim()).filter((entry) => entry !== '');
}
