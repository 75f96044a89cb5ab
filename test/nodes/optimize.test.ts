import type { INodeParameters } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import type { Decoded } from '../../nodes/OAuth2HttpRequest/response/decode';
import { optimize, readOptimization } from '../../nodes/OAuth2HttpRequest/response/optimize';

/** What a tool set to these parameters hands on of a response. */
function handOn(decoded: Decoded, parameters: INodeParameters): Decoded {
	const all: INodeParameters = { optimizeResponse: true, ...parameters };
	const get = <T>(name: string, _item: number, fallback: T): T => (all[name] ?? fallback) as T;
	return optimize(decoded, readOptimization({ get }, 0));
}

const json = (body: object): Decoded => ({ format: 'json', body: body as never });
const text = (content: string): Decoded => ({ format: 'text', text: content });

const PEOPLE = [
	{ name: 'Ada', address: { city: 'London', zip: 1 }, notes: 'long' },
	{ name: 'Emmy', address: { city: 'Erlangen', zip: 2 }, notes: 'longer' },
];

describe('a response that is optimized for a model', () => {
	it('stays as it is where that is off', () => {
		expect(handOn(json(PEOPLE), { optimizeResponse: false })).toEqual(json(PEOPLE));
	});

	it('keeps the selected fields of the data, in objects too', () => {
		const parameters = {
			dataField: 'people',
			fieldsToInclude: 'selected',
			fields: 'name, address.city',
		};
		expect(handOn(json({ total: 2, people: PEOPLE }), parameters)).toEqual(
			json([
				{ name: 'Ada', address: { city: 'London' } },
				{ name: 'Emmy', address: { city: 'Erlangen' } },
			]),
		);
	});

	it('leaves out the fields that are named', () => {
		const parameters = { fieldsToInclude: 'except', fields: 'notes,address' };
		expect(handOn(json(structuredClone(PEOPLE)), parameters)).toEqual(
			json([{ name: 'Ada' }, { name: 'Emmy' }]),
		);
	});

	it('names its fields where the one with the data is not there', () => {
		expect(() => handOn(json({ total: 2 }), { dataField: 'people' })).toThrow(
			expect.objectContaining({ description: expect.stringContaining('total') as string }),
		);
	});

	it('that is a text stays one', () => {
		const parameters = { fieldsToInclude: 'selected', fields: 'name' };
		expect(handOn(text(JSON.stringify(PEOPLE)), parameters)).toEqual(
			text('[{"name":"Ada"},{"name":"Emmy"}]'),
		);
	});

	it.each<[Decoded]>([[{ format: 'file' }], [text('no JSON')], [text('7')]])(
		'must be JSON: %j',
		(decoded) => {
			expect(() => handOn(decoded, {})).toThrow('no JSON object or list');
		},
	);

	it('is not a page: that is told', () => {
		expect(() => handOn(text('<p>'), { responseType: 'html' })).toThrow('cannot be optimized');
	});
});
