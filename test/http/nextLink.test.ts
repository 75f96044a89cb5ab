import { describe, expect, it } from 'vitest';
import { nextLink } from '../../http/nextLink';
import { aResponse } from './messages';

const at = (link?: string | string[]) =>
	nextLink(
		aResponse(200, link === undefined ? {} : { link }),
		'https://api.example.com/v1/records?page=1',
	);

describe('the next page', () => {
	it.each([
		['absolute', '<https://api.example.com/b>; rel="next"', 'https://api.example.com/b'],
		['relative to the path', '<more?page=2>; rel=next', 'https://api.example.com/v1/more?page=2'],
		['only a query', '<?page=2>; rel=next', 'https://api.example.com/v1/records?page=2'],
		['among others', '<a>; rel=prev, <b>; rel="next"', 'https://api.example.com/v1/b'],
		['one of several relations', '<b>; rel="last next"', 'https://api.example.com/v1/b'],
		[
			'after a comma in a URL',
			'<a?x=1,2>; rel=first, <b>; rel=next',
			'https://api.example.com/v1/b',
		],
		[
			'after a parameter without a value',
			'</a.css>; rel=preload; as=style; nopush, <b>; rel="next"',
			'https://api.example.com/v1/b',
		],
		[
			'after the last one without a value',
			'<https://cdn.example.com>; rel=preconnect; crossorigin, <b?x=1,2;y>; rel=next; title="a;b, c"',
			'https://api.example.com/v1/b?x=1,2;y',
		],
		['in single quotes', "<b>; rel='next'", 'https://api.example.com/v1/b'],
		['in capitals', '<b>; rel="NEXT"', 'https://api.example.com/v1/b'],
	])('is where the Link header says: %s', (_name, link, url) => {
		expect(at(link)).toBe(url);
	});

	it('is found in any of several Link headers', () => {
		expect(at(['<a>; rel=prev', '<b>; rel=next'])).toBe('https://api.example.com/v1/b');
	});

	it.each([undefined, '', '<a>; rel="prev"', '<a>; title="next"'])('is none with %j', (link) => {
		expect(at(link)).toBeUndefined();
	});
});
