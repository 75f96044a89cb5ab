import type { INodeParameters } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import type { Decoded } from '../../nodes/OAuth2HttpRequest/response/decode';
import { optimize, readOptimization } from '../../nodes/OAuth2HttpRequest/response/optimize';

/** What a tool set to these parameters hands on of a response. */
async function handOn(decoded: Decoded, parameters: INodeParameters): Promise<Decoded> {
	const all: INodeParameters = { optimizeResponse: true, ...parameters };
	const get = <T>(name: string, _item: number, fallback: T): T => (all[name] ?? fallback) as T;
	return await optimize(decoded, readOptimization({ get }, 0));
}

const json = (body: object): Decoded => ({ format: 'json', body: body as never });
const text = (content: string): Decoded => ({ format: 'text', text: content });

const PEOPLE = [
	{ name: 'Ada', address: { city: 'London', zip: 1 }, notes: 'long' },
	{ name: 'Emmy', address: { city: 'Erlangen', zip: 2 }, notes: 'longer' },
];

describe('a response that is optimized for a model', () => {
	it('stays as it is where that is off', async () => {
		expect(await handOn(json(PEOPLE), { optimizeResponse: false })).toEqual(json(PEOPLE));
	});

	it('keeps the selected fields of the data, in objects too', async () => {
		const parameters = {
			dataField: 'people',
			fieldsToInclude: 'selected',
			fields: 'name, address.city',
		};
		expect(await handOn(json({ total: 2, people: PEOPLE }), parameters)).toEqual(
			json([
				{ name: 'Ada', address: { city: 'London' } },
				{ name: 'Emmy', address: { city: 'Erlangen' } },
			]),
		);
	});

	it('leaves out the fields that are named', async () => {
		const parameters = { fieldsToInclude: 'except', fields: 'notes,address' };
		expect(await handOn(json(structuredClone(PEOPLE)), parameters)).toEqual(
			json([{ name: 'Ada' }, { name: 'Emmy' }]),
		);
	});

	it('is left whole for the expressions of a pagination', async () => {
		const page = json({ next: '/2', people: PEOPLE });
		await handOn(page, { fieldsToInclude: 'except', fields: 'next, people' });
		expect(page).toEqual(json({ next: '/2', people: PEOPLE }));
	});

	it('may be a list in which an entry is nothing', async () => {
		const list = json([{ a: 1 }, null] as object);
		expect(await handOn(list, { dataField: 'a' })).toEqual(json([1, undefined] as object));
	});

	it('names its fields where the one with the data is not there', async () => {
		await expect(handOn(json({ total: 2 }), { dataField: 'people' })).rejects.toThrow(
			expect.objectContaining({ description: expect.stringContaining('total') as string }),
		);
	});

	it('that is a text stays one', async () => {
		const parameters = { fieldsToInclude: 'selected', fields: 'name' };
		expect(await handOn(text(JSON.stringify(PEOPLE)), parameters)).toEqual(
			text('[{"name":"Ada"},{"name":"Emmy"}]'),
		);
	});

	it.each<[Decoded]>([[{ format: 'file' }], [text('no JSON')], [text('7')]])(
		'must be JSON: %j',
		async (decoded) => {
			await expect(handOn(decoded, {})).rejects.toThrow('not a JSON object or list');
		},
	);
});

const PAGE = `<!DOCTYPE html><html><head><title>Prices</title><style>p { color: red }</style></head><body>
	<nav><a href="/">Home</a></nav>
	<div class="price" id="a">One <b>&euro; 1</b>
		<img src="1.png" alt="a picture"></div>
	<div class="price">Two <b>2</b><p>old</p></div>
</body></html>`;

const ARTICLE = `<html><head><title>On tokens</title></head><body><nav>Home, Login, Imprint</nav><article><h1>On tokens</h1>${Array.from(
	{ length: 12 },
	(_, index) =>
		`<p>Sentence ${index}: a token is good for some time, and for one audience, as it says itself.</p>`,
).join('')}</article><footer>No cookies</footer></body></html>`;

describe('a page that is optimized for a model', () => {
	const html = (parameters: INodeParameters) =>
		handOn(text(PAGE), { responseType: 'html', ...parameters });

	it('is a list of the elements that a selector finds', async () => {
		expect(await html({ cssSelector: '.price b' })).toEqual(
			text(JSON.stringify(['€ 1', '2'], null, 2)),
		);
	});

	it('is its body, where no selector says otherwise, on one line', async () => {
		const { text: list } = (await html({})) as { text: string };
		const [body] = JSON.parse(list) as string[];
		expect(body).toMatch(/^<nav><a href="\/">Home<\/a><\/nav> <div class="price" id="a">One /);
	});

	it('has a body also where its HTML does not say so', async () => {
		expect(await handOn(text('<p>a<p>b'), { responseType: 'html' })).toEqual(
			text(JSON.stringify(['<p>a</p><p>b</p>'], null, 2)),
		);
	});

	it('is text without tags, and without what is to be omitted', async () => {
		const parameters = { cssSelector: '.price', onlyContent: true };
		expect(await html(parameters)).toEqual(
			text(JSON.stringify(['One € 1 a picture [1.png]', 'Two 2old'], null, 2)),
		);
		expect(await html({ ...parameters, elementsToOmit: 'img, p' })).toEqual(
			text(JSON.stringify(['One € 1', 'Two 2'], null, 2)),
		);
	});

	it('is cut where that is wanted', async () => {
		const parameters = { cssSelector: 'b', truncateResponse: true, maxLength: 7 };
		expect(await html(parameters)).toEqual(text('[\n  "€ '));
		expect(await html({ ...parameters, truncateResponse: false })).not.toEqual(text('[\n  "€ '));
	});

	it.each([[{ cssSelector: 'div[' }], [{ onlyContent: true, elementsToOmit: 'a[[' }]])(
		'with a malformed selector is an error of its field: %j',
		async (parameters) => {
			await expect(html(parameters)).rejects.toThrow(
				expect.objectContaining({ description: expect.stringContaining('Selector (CSS)') }),
			);
		},
	);

	it('must be a text', async () => {
		await expect(handOn(json({ a: 1 }), { responseType: 'html' })).rejects.toThrow('is not text');
	});
});

describe('a text that is optimized for a model', () => {
	it('is the main text of a page, without what surrounds it', async () => {
		const { text: main } = (await handOn(text(ARTICLE), { responseType: 'text' })) as {
			text: string;
		};
		expect(main).toContain('Sentence 0: a token is good');
		expect(main).toContain('Sentence 11:');
		expect(main).not.toContain('Imprint');
		expect(main).not.toContain('cookies');
		expect(main).not.toContain('<p>');
	});

	it('is cut where that is wanted', async () => {
		const parameters = { responseType: 'text', truncateResponse: true, maxLength: 20 };
		const { text: main } = (await handOn(text(ARTICLE), parameters)) as { text: string };
		expect(main).toHaveLength(20);
	});

	it('may be JSON', async () => {
		const { text: main } = (await handOn(json({ answer: 'a < b' }), { responseType: 'text' })) as {
			text: string;
		};
		expect(main).toContain('"answer": "a < b"');
	});

	it('cannot be a file', async () => {
		await expect(handOn({ format: 'file' }, { responseType: 'text' })).rejects.toThrow(
			'The response is not text',
		);
	});
});
