import type { IExecuteFunctions, INodeExecutionData, NodeExecutionHint } from 'n8n-workflow';
import type { Timing } from '../../../http/timing';
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
	}: { newTokens: number; isManual: boolean; output: readonly INodeExecutionData[] },
): NodeExecutionHint[] {
	const hints: NodeExecutionHint[] = [];
	if (retries > 0) {
		const again =
			retries === 1 ? 'A call was sent again' : `Calls were sent again ${retries} times`;
		const paused =
			pausedMs > 0 ? ` The API's limit held calls back for ${shownDuration(pausedMs)} in all.` : '';
		hints.push({
			message: `${again}, because the API was busy or could not be reached.${paused}`,
			type: 'info',
			location: 'outputPane',
		});
	}
	if (newTokens > 0 && isManual) {
		hints.push({
			message:
				'A new access token was requested and is kept in memory. Only production runs also save it with the workflow.',
			type: 'info',
			location: 'outputPane',
		});
	}
	const [only, ...others] = output;
	if (isManual && others.length === 0 && Array.isArray(only?.json.data)) {
		hints.push({
			message:
				'The response is one item with a list in "data". To get one item for each entry, add a Split Out node after this one.',
			type: 'info',
			location: 'outputPane',
		});
	}
	return hints;
}
