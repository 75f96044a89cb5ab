import { createPacer, type Pacer } from '../../../http/pacing/pacer';
import { createPacerPool } from '../../../http/pacing/pacerPool';
import { systemTiming } from '../../../n8n/systemTiming';

/** Shared by all runs of this process. */
const pacerOf = createPacerPool(() => createPacer(systemTiming));

/** The pacers that a run has met. */
export interface RunPacers {
	of: (origin: string, clientId: string) => Pacer;
	/** How long they have held calls back since the run met them, in ms. */
	pausedMs: () => number;
}

export function createRunPacers(): RunPacers {
	const met = new Map<string, { pacer: Pacer; heldBeforeMs: number }>();
	return {
		of(origin, clientId) {
			const key = `${origin} ${clientId}`;
			let entry = met.get(key);
			if (entry === undefined) {
				const pacer = pacerOf(key);
				entry = { pacer, heldBeforeMs: pacer.heldMs() };
				met.set(key, entry);
			}
			return entry.pacer;
		},
		pausedMs: () =>
			[...met.values()].reduce(
				(sum, { pacer, heldBeforeMs }) => sum + pacer.heldMs() - heldBeforeMs,
				0,
			),
	};
}
