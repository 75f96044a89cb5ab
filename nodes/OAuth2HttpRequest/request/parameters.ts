import type { IExecuteFunctions } from 'n8n-workflow';
import { isObject } from '../../../text/json';

/** Reads the node's parameters, each one that holds no expression only once for all items. */
export interface NodeParameters {
	get<T>(name: string, itemIndex: number, fallback: T): T;
}

/** n8n would look for a `validateType` of the field each time: this node's fields have none. */
const UNCHECKED = { skipValidation: true };

export function nodeParameters(context: IExecuteFunctions): NodeParameters {
	const constants = new Map<string, unknown>();
	const expressions = new Map<string, unknown>();
	/** Whose expression gives objects: n8n makes text of the dates in them. */
	const objects = new Set<string>();

	return {
		get<T>(name: string, itemIndex: number, fallback: T): T {
			if (constants.has(name)) return constants.get(name) as T;
			const read = (): T => context.getNodeParameter(name, itemIndex, fallback, UNCHECKED) as T;
			if (!expressions.has(name)) {
				const raw = context.getNodeParameter(name, 0, fallback, { rawExpressions: true });
				if (!holdsExpression(raw)) {
					const value = read();
					constants.set(name, value);
					return value;
				}
				expressions.set(name, raw);
			}
			const raw = expressions.get(name);
			if (typeof raw !== 'string' || objects.has(name)) return read();
			const found = evaluate(context, raw, itemIndex);
			if (found !== undefined && !isObject(found.value)) return found.value as T;
			if (found !== undefined) objects.add(name);
			return read();
		},
	};
}

/**
 * The same as reading the parameter, unless an object comes of it, without what n8n does beside: for a
 * call over http that is one part in 30.
 */
function evaluate(
	context: IExecuteFunctions,
	expression: string,
	itemIndex: number,
): { value: unknown } | undefined {
	try {
		return { value: context.evaluateExpression(expression.slice(1), itemIndex) };
	} catch {
		// Reading it fails, too, and says where.
		return undefined;
	}
}

/** n8n marks an expression by a leading "=", at any depth. */
function holdsExpression(value: unknown): boolean {
	if (typeof value === 'string') return value.startsWith('=');
	return typeof value === 'object' && value !== null && Object.values(value).some(holdsExpression);
}
