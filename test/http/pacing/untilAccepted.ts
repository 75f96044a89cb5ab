import type { Outcome } from '../../../http/message';
import type { Pacer } from '../../../http/pacing/pacer';

/** Makes one call, in turn, until the API accepts it. */
export async function untilAccepted(pacer: Pacer, call: () => Promise<Outcome>): Promise<void> {
	for (let ticket; ;) {
		const turn = await pacer.turn({ maxPauseMs: 300_000, ticket });
		if (!turn.go) throw new Error('Turned away');
		ticket = turn.ticket;
		const outcome = await call();
		turn.end(outcome);
		if (outcome.kind === 'response' && outcome.response.status === 200) return;
	}
}
