import { describe, expect, it } from 'vitest';
import { runHints } from '../../nodes/OAuth2HttpRequest/run/report';

const hints = (retries: number, newTokens = 0, pausedMs = 0) =>
	runHints(
		{ done: 1, total: 1, pages: 0, retries, pausedMs },
		{ newTokens, isManual: true, output: [], notices: [] },
	).map(({ message }) => message);

describe('the hints of a run that went well', () => {
	it('are none where nothing is to be known', () => {
		expect(hints(0)).toEqual([]);
	});

	it.each([
		[1, 'A call was sent again, because the API was busy or could not be reached.'],
		[4, 'Calls were sent again 4 times, because the API was busy or could not be reached.'],
	])('say how often calls were sent again, whichever: %i', (retries, text) => {
		expect(hints(retries)).toEqual([text]);
	});

	it('say how long the limit held calls back', () => {
		expect(hints(2, 0, 5_001)[0]).toContain("The API's limit held calls back for 6 s in all.");
	});

	it('say that there is a new token', () => {
		expect(hints(0, 1)).toEqual([expect.stringContaining('A new access token was requested')]);
	});
});
