import {
	NodeConnectionTypes,
	NodeHelpers,
	type IExecuteFunctions,
	type INodeType,
	type INodeTypes,
	type IVersionedNodeType,
} from 'n8n-workflow';

/** Node types by full name: `<package>.<node>`. */
export type NodeTypesByName = Record<string, INodeType | IVersionedNodeType>;

/** Finds the given node types, and stand-ins for those of `n8n-nodes-base`. */
export function createNodeTypes(known: NodeTypesByName): INodeTypes {
	const getByName = (type: string) => {
		const nodeType = known[type] ?? (isBuiltIn(type) ? standIn(type) : undefined);
		if (!nodeType) throw new Error(`Unknown node type "${type}"`);
		return nodeType;
	};
	return {
		getByName,
		getByNameAndVersion: (type, version) =>
			NodeHelpers.getVersionedNodeType(getByName(type), version),
		getKnownTypes: () => ({}),
	};
}

const isBuiltIn = (type: string) => type.startsWith('n8n-nodes-base.');

/**
 * `n8n-nodes-base` is not installed here: pin the output of its nodes. Only what needs no code of
 * theirs works unpinned: a trigger starts the workflow with one empty item, a no-op passes on.
 */
function standIn(type: string): INodeType {
	const passesOn = /trigger$|\.noOp$/i.test(type);
	return {
		description: {
			displayName: type,
			name: type,
			group: [],
			version: 1,
			description: '',
			defaults: {},
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			properties: [],
		},
		async execute(this: IExecuteFunctions) {
			if (passesOn) return [this.getInputData()];
			throw new Error(`"${type}" is not installed: pin the output of "${this.getNode().name}"`);
		},
	};
}
