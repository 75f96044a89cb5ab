import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { expect, it } from 'vitest';
import { recallDeliveries } from '../../nodes/OAuth2HttpRequest/run/deliveryMemory';

const run = {};
const OUTPUT = { kind: 'output' as const, items: [] };

const tryOf = (json: IDataObject, name = 'Tool') =>
	recallDeliveries({
		getNode: () => ({ name, retryOnFail: true }),
		// What n8n hands to all tries of a tool, and of all tools of an agent.
		getExecuteData: () => run,
		// An item of its own for each try.
		getInputData: () => [{ json }],
	} as unknown as IExecuteFunctions);

it('what an AI tool has delivered is known in its next try, and to no other call or tool', () => {
	const query = { city: 'Graz' };
	tryOf(query).remember(0, OUTPUT);
	expect(tryOf(query).recall(0)).toBe(OUTPUT);
	expect(tryOf({ city: 'Graz' }).recall(0)).toBeUndefined();
	expect(tryOf(query, 'Other tool').recall(0)).toBeUndefined();
});

it('what an AI tool has delivered is known though another call of it has ended meanwhile', () => {
	const query = { city: 'Graz' };
	tryOf(query).remember(0, OUTPUT);
	const other = tryOf({ city: 'Linz' });
	other.remember(0, { ...OUTPUT });
	expect(tryOf(query).recall(0)).toBe(OUTPUT);
	other.ended([]);
	expect(tryOf(query).recall(0)).toBe(OUTPUT);
});

it('what a run has delivered is forgotten when it has ended', () => {
	const query = { city: 'Graz' };
	const call = tryOf(query);
	call.remember(0, OUTPUT);
	call.ended([]);
	expect(tryOf(query).recall(0)).toBeUndefined();
});
