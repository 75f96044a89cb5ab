import type { IExecuteFunctions } from 'n8n-workflow';

/** Reads the node's parameters, each one that holds no expression only once for all items. */
export interface NodeParameters {
	get<T>(name: string, itemIndex: number, fallback: T): T;
}

/** n8n would look for a `validateType` of the field each time: this node's fields have none. */
const UNCHECKED = { skipValidation: true };

export function nodeParameters(context: IExecuteFunctions): NodeParameters {
	const constants = new Map<string, unknown>();
	const expressions = new Map<string, unknown>();

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
			const text = evaluateText(context, expressions.get(name), itemIndex);
			return (text as T | undefined) ?? read();
		},
	};
}

/**
 * The same as reading the parameter, where a text comes of it, without what n8n does beside: for a call
 * over http that is one part in 30.
 */
function evaluateText(
	context: IExecuteFunctions,
	raw: unknown,
	itemIndex: number,
): string | undefined {
	if (typeof raw !== 'string') return undefined;
	try {
		const value = context.evaluateExpression(raw.slice(1), itemIndex);
		return typeof value === 'string' ? value : undefined;
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
