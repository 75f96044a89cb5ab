import type { IExecuteFunctions } from 'n8n-workflow';

/** Reads the node's parameters, each one that holds no expression only once for all items. */
export interface Parameters {
	get<T>(name: string, itemIndex: number, fallback: T): T;
}

export function readParameters(context: IExecuteFunctions): Parameters {
	const constants = new Map<string, unknown>();
	const dynamic = new Set<string>();

	return {
		get<T>(name: string, itemIndex: number, fallback: T): T {
			if (constants.has(name)) return constants.get(name) as T;
			const read = (): T => context.getNodeParameter(name, itemIndex, fallback) as T;
			if (dynamic.has(name)) return read();
			const raw = context.getNodeParameter(name, 0, fallback, { rawExpressions: true });
			if (holdsExpression(raw)) {
				dynamic.add(name);
				return read();
			}
			const value = read();
			constants.set(name, value);
			return value;
		},
	};
}

/** n8n marks an expression by a leading "=", at any depth. */
function holdsExpression(value: unknown): boolean {
	if (typeof value === 'string') return value.startsWith('=');
	return typeof value === 'object' && value !== null && Object.values(value).some(holdsExpression);
}
