import type { IExecuteFunctions, INodeExecutionData, NodeExecutionHint } from 'n8n-workflow';
import type { Timing } from '../../../http/timing';
import { isJsonObject } from '../../../text/json';
import { shownDuration } from '../../../text/shownDuration';

const EVERY_MS = 2_000;

/** What has happened so far in a run. */
export interface RunState {
	done: number;
	total: number;
	retries: number;
	/** 0 without pagination. */
	pages: number;
	pausedMs: number;
}

/**
 * Tells who watches a manual run how far it is, every two seconds until the run ends, also while all
 * calls wait. n8n shows it in the browser's console.
 *
 * @returns to be called at the end.
 */
export function reportProgress(
	context: IExecuteFunctions,
	state: () => RunState,
	sleep: Timing['sleep'],
): () => void {
	const run = new AbortController();
	const report = async (): Promise<void> => {
		for (let last = ''; ;) {
			await sleep(EVERY_MS, run.signal);
			const text = progressText(state());
			if (text !== last) context.sendMessageToUI(text);
			last = text;
		}
	};
	// It ends by the signal only.
	if (context.getMode() === 'manual') report().catch(() => undefined);
	return () => run.abort();
}

function progressText({ done, total, pages, pausedMs }: RunState): string {
	const fetched = pages > 0 ? `, ${pages} pages fetched` : '';
	const paused = pausedMs > 0 ? `, paused ${shownDuration(pausedMs)} by the API` : '';
	return `${done} of ${total} done${fetched}${paused}`;
}

/** What the user should know of a run that went well. Shown beside the node's output. */
export function runHints(
	{ retries, pausedMs }: RunState,
	{
		newTokens,
		isManual,
		output,
		notices,
	}: {
		newTokens: number;
		isManual: boolean;
		output: readonly INodeExecutionData[];
		/** Of responses that may not be what the user expected. */
		notices: readonly string[];
	},
): NodeExecutionHint[] {
	const texts: string[] = [];
	if (retries > 0) {
		const again =
			retries === 1 ? 'A call was sent again' : `Calls were sent again ${retries} times`;
		const paused =
			pausedMs > 0 ? ` The API's limit held calls back for ${shownDuration(pausedMs)} in all.` : '';
		texts.push(`${again}, because the API was busy or could not be reached.${paused}`);
	}
	if (newTokens > 0 && isManual) {
		texts.push(
			'A new access token was requested and is kept in memory. Only production runs also save it with the workflow.',
		);
	}
	const list = isManual ? onlyListIn(output) : undefined;
	if (list !== undefined) {
		texts.push(
			`The response is one item with a list in "${list}". To get one item for each entry, add a Split Out node after this one.`,
		);
	}
	return [...texts, ...notices].map((message) => ({
		message,
		type: 'info',
		location: 'outputPane',
	}));
}

/** The field of the only item that holds its only list of objects; "data" holds any. */
function onlyListIn([only, ...others]: readonly INodeExecutionData[]): string | undefined {
	if (only === undefined || others.length > 0) return undefined;
	if (Array.isArray(only.json.data)) return 'data';
	const lists = Object.keys(only.json).filter((name) => {
		const value = only.json[name];
		return Array.isArray(value) && value.some(isJsonObject);
	});
	return lists.length === 1 ? lists[0] : undefined;
}
