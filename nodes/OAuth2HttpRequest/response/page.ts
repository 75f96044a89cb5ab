import { Readability } from '@mozilla/readability';
import JSDOMParser from '@mozilla/readability/JSDOMParser.js';
import { load } from 'cheerio';
import { convert } from 'html-to-text';

/*
 * What a model gets of a web page: the same as from n8n's own node, which uses these libraries, too.
 * They are large, so this file is loaded only where a page is to be shortened.
 */

/**
 * The elements that a CSS selector finds, each as its HTML, or as its text without the elements to
 * omit.
 *
 * @throws where a selector is malformed.
 */
export function selectElements(
	html: string,
	selector: string,
	{ onlyContent, omit }: { onlyContent: boolean; omit: readonly string[] },
): string[] {
	const $ = load(html);
	const skipped = omit.map((omitted) => ({ selector: omitted, format: 'skip' }));
	return $(selector)
		.toArray()
		.map((element) => {
			const inner = $(element).html() ?? '';
			const value = onlyContent
				? convert(inner, skipped.length > 0 ? { selectors: skipped } : {})
				: inner;
			return value
				.trim()
				.replace(/\r\n|\n|\r/g, '')
				.replace(/\s+/g, ' ');
		});
}

/** The text of a page without what surrounds it, as a browser's reader view shows it. */
export function mainText(html: string): string {
	const document = new JSDOMParser().parse(load(html).xml());
	return new Readability(document, { keepClasses: true }).parse()?.textContent ?? '';
}
