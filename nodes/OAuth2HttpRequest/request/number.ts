import { InputError } from '../inputError';
import { toText } from './toText';

/**
 * A number of the options, which an expression may give as a text. Absent: `undefined`. Less than `min`
 * is `min`.
 *
 * @throws {InputError} where it is something else.
 */
export function readNumber(value: unknown, field: string, min = -Infinity): number | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const isGiven = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
	const number = isGiven ? Number(value) : NaN;
	if (!Number.isFinite(number)) throw notANumber(value, field, 'a number');
	return Math.max(min, number);
}

export function notANumber(value: unknown, field: string, wanted: string): InputError {
	return new InputError(
		`"${toText(value)}" is not ${wanted}`,
		`Correct Options → ${field}. If it is an expression, check its result.`,
	);
}
