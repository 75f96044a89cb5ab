import { isDeepStrictEqual } from 'node:util';
import type { Observation } from './observe';
import type { Outcome } from './run';

/** One place in which the nodes differ. */
export interface Difference {
	/** From the observation's root, joined by dots: `requests.0.headers.accept`. */
	path: string;
	builtIn: unknown;
	ours: unknown;
	/** Why it shall be so, from the case. */
	reason?: string;
}

export interface Verdict {
	outcome: Outcome;
	differences: Difference[];
	/** What makes the comparison fail: differences without a reason, and reasons without a difference. */
	problems: string[];
}

/** What both nodes did, held against what the case expects. */
export function judge(outcome: Outcome): Verdict {
	const { differences: expected = {}, title } = outcome.case;
	const used = new Set<string>();
	const differences = findDifferences(outcome).map((difference) => {
		const key = Object.keys(expected).find((listed) => matches(listed, difference.path));
		if (key === undefined) return difference;
		used.add(key);
		return { ...difference, reason: expected[key] };
	});
	const problems = [
		...differences
			.filter(({ reason }) => reason === undefined)
			.map(({ path, builtIn, ours }) =>
				[
					`${title}: ${path}`,
					`  built-in ${JSON.stringify(builtIn)}`,
					`  ours     ${JSON.stringify(ours)}`,
				].join('\n'),
			),
		...Object.keys(expected)
			.filter((key) => !used.has(key))
			.map((key) => `${title}: the nodes do not differ in ${key} any more`),
		...tokenProblems(outcome).map((problem) => `${title}: ${problem}`),
	];
	return { outcome, differences, problems };
}

/** A `*` stands for one name; what is listed covers all that is below it. */
function matches(listed: string, path: string): boolean {
	const names = path.split('.');
	return listed.split('.').every((name, index) => name === '*' || name === names[index]);
}

/** Our token goes with each request to the API, and with none to another server. */
function tokenProblems({ ours }: Outcome): string[] {
	return ours.requests
		.filter(({ server, token }) => token !== (server === 'api'))
		.map(({ server, target, token }) =>
			token ? `the token went to ${server}${target}` : `no token went to ${server}${target}`,
		);
}

function findDifferences({ case: { withToken }, builtIn, ours }: Outcome): Difference[] {
	const comparable = ({ requests, texts: _, ...rest }: Observation): object => ({
		...rest,
		// Without a credential there is none on the built-in node's side.
		requests: withToken ? requests : requests.map(({ token, ...request }) => request),
	});
	return [...differ(comparable(builtIn), comparable(ours), [])];
}

function* differ(builtIn: unknown, ours: unknown, path: string[]): Generator<Difference> {
	if (isDeepStrictEqual(builtIn, ours)) return;
	const bothLists = Array.isArray(builtIn) && Array.isArray(ours);
	// Lists of requests and items are compared one by one, any other as a whole.
	if (bothLists && isSequence(path)) {
		if (builtIn.length !== ours.length) {
			yield at([...path, 'length'], builtIn.length, ours.length);
		}
		for (let index = 0; index < Math.min(builtIn.length, ours.length); index++) {
			yield* differ(builtIn[index], ours[index], [...path, String(index)]);
		}
	} else if (isObject(builtIn) && isObject(ours)) {
		for (const key of new Set([...Object.keys(builtIn), ...Object.keys(ours)])) {
			yield* differ(builtIn[key], ours[key], [...path, key]);
		}
	} else {
		yield at(path, builtIn, ours);
	}
}

function isSequence([root, ...rest]: string[]): boolean {
	return (root === 'requests' && rest.length === 0) || (root === 'outputs' && rest.length <= 1);
}

function at(path: string[], builtIn: unknown, ours: unknown): Difference {
	return { path: path.join('.'), builtIn, ours };
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
