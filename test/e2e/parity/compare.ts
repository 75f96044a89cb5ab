import { isDeepStrictEqual } from 'node:util';
import type { Observation } from './observe';
import type { IntendedDifference, ParityGroup } from './parityCase';
import type { Outcome } from './run';

/** One place in which the nodes differ. */
export interface Difference {
	/** From the observation's root, joined by dots: `requests.0.headers.accept`. */
	path: string;
	builtIn: unknown;
	ours: unknown;
	/** What it is part of, if it shall be. */
	intended?: IntendedDifference;
}

export interface Verdict {
	outcome: Outcome;
	differences: Difference[];
	/** What makes the comparison fail: what differs and is not listed, or is listed and does not differ. */
	problems: string[];
}

/** What both nodes did, held against the list of what shall differ. */
export function judge(
	outcome: Outcome,
	intendedDifferences: readonly IntendedDifference[],
): Verdict {
	const name = `${outcome.group}: ${outcome.case.title}`;
	const expected = intendedDifferences.flatMap((intended) =>
		pathsOf(intended, outcome).map((path) => ({ path, intended })),
	);
	const differences = findDifferences(outcome).map((difference) => ({
		...difference,
		intended: expected.find(({ path }) => covers(path, difference.path))?.intended,
	}));
	const problems = [
		...differences
			.filter(({ intended }) => intended === undefined)
			.map(({ path, builtIn, ours }) =>
				[
					path,
					`  HTTP Request node ${JSON.stringify(builtIn)}`,
					`  this node         ${JSON.stringify(ours)}`,
				].join('\n'),
			),
		...expected
			.filter(({ path }) => !differences.some((difference) => covers(path, difference.path)))
			.map(({ path, intended }) => `${path} does not differ any more: ${intended.title}`),
		...tokenProblems(outcome),
	].map((problem) => `${name}: ${problem}`);
	return { outcome, differences, problems };
}

/** What is listed for cases that do not exist. */
export function unknownCases(
	groups: readonly ParityGroup[],
	intendedDifferences: readonly IntendedDifference[],
): string[] {
	const known = new Set(
		groups.flatMap(({ title, cases }) => cases.map((entry) => `${title}: ${entry.title}`)),
	);
	return intendedDifferences
		.flatMap(({ where }) =>
			Object.entries(where).flatMap(([group, titles]) =>
				Object.keys(titles).map((title) => `${group}: ${title}`),
			),
		)
		.filter((name) => !known.has(name));
}

function pathsOf({ where }: IntendedDifference, { group, case: { title } }: Outcome): string[] {
	return where[group]?.[title]?.split(' ') ?? [];
}

function covers(listed: string, path: string): boolean {
	return path === listed || path.startsWith(`${listed}.`);
}

/** Our token goes with each request to the API, and with none to another server. */
function tokenProblems({ ours }: Outcome): string[] {
	return (
		ours.requests
			// Over a proxy, it is the target that counts.
			.filter(
				({ server, target, token }) => token !== (server === 'api' || /^\{api\}/.test(target)),
			)
			.map(({ server, target, token }) =>
				token ? `the token went to ${server}${target}` : `no token went to ${server}${target}`,
			)
	);
}

/** Where two runs of the same node differ. */
export function changedPaths(before: Observation, after: Observation): string[] {
	const withoutTexts = ({ texts: _, ...rest }: Observation): object => rest;
	return [...differ(withoutTexts(before), withoutTexts(after), [])].map(({ path }) => path);
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
