import { parseJson } from '../../text/json';
import { valuesAt } from '../../text/valuesAt';
import { TokenError } from '../errors/tokenError';
import { text } from './fields';

/** A response of the protected resource, as far as it is read here. */
export interface ResourceResponse {
	status: number;
	headers: Record<string, string | string[]>;
	body?: Buffer;
}

/** Signs, other than status 401, that an API does not accept a token. */
export interface RefusalSigns {
	statuses: readonly number[];
	/** In a successful response's JSON: one of these values, as a text, lies at this path. */
	body?: { path: string; values: readonly string[] };
}

export const NO_OTHER_SIGNS: RefusalSigns = { statuses: [] };

/** Whoever says that a token has expired says it briefly: a longer body is a result. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * Reads the credential's section "Other Signs of an Expired Token".
 * @throws {TokenError} where it cannot be understood.
 */
export function readRefusalSigns(data: Record<string, unknown>): RefusalSigns {
	if (data.otherRefusal !== true) return NO_OTHER_SIGNS;
	const statuses = readList(data.refusalStatuses).map(readStatus);
	const path = text(data.refusalPath);
	const values = readList(data.refusalValues);
	if ((path === '') !== (values.length === 0)) {
		const [filled, empty] =
			path === ''
				? (['Values in the Body', 'Path in the Body'] as const)
				: (['Path in the Body', 'Values in the Body'] as const);
		throw new TokenError(
			'The sign of an expired token is incomplete',
			`Fill in ${empty} in the credential as well, or clear ${filled}: the node looks for the values at the path.`,
			{ field: empty },
		);
	}
	return { statuses, ...(path !== '' && { body: { path, values } }) };
}

/** Whether the API refuses the token by one of these signs. Pure. */
export function isRefusedBySign(
	{ status, body }: ResourceResponse,
	{ statuses, body: sign }: RefusalSigns,
): boolean {
	if (statuses.includes(status)) return true;
	if (sign === undefined || body === undefined || status < 200 || status >= 300) return false;
	if (body.length === 0 || body.length > MAX_BODY_BYTES) return false;
	return valuesAt(parseJson(body.toString('utf8')), sign.path)
		.flat()
		.some(
			(value) =>
				['string', 'number', 'boolean'].includes(typeof value) &&
				sign.values.includes(String(value)),
		);
}

function readStatus(text: string): number {
	const status = Number(text);
	if (Number.isInteger(status) && status >= 400 && status <= 599) return status;
	throw new TokenError(
		`"${text}" is not an error status code`,
		'Correct Status Codes in the credential: enter numbers from 400 to 599, separated by commas, such as 403, 498.',
		{ field: 'Status Codes' },
	);
}

function readList(value: unknown): string[] {
	return [value]
		.flat()
		.flatMap((entry) => text(entry).split(','))
		.map((entry) => entry.trim())
		.filter((entry) => entry !== '');
}
