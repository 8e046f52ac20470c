/** Saves a release's transitions in its journal, and only those that are worth a write. */
import { sameJson } from '../../../core/base/json.ts';
import type { Action } from '../../../core/cluster/action.ts';
import type { CommandResponse } from '../../../core/journal/commands/command.ts';
import { withResponses, withTransition } from '../../../core/journal/journal.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { decided, durable, type ReleaseState } from '../../../core/state/state.ts';
import type { Clock } from '../../base/clock.ts';
import type { HeldLease } from '../lease/lease.ts';
import type { JournalFile } from './journal.ts';

interface Saving {
  readonly journal: JournalFile;
  readonly lease: HeldLease;
  readonly clock: Clock;
}

/** A process that is killed loses no more of what it has measured. */
const KEEP_MEASURED_MS = 30_000;

/**
 * Saves what is new: a state that was not saved yet, or actions that were not decided in it before.
 * What was measured meanwhile comes along, and now and then on its own. True where the journal did
 * not know of the release before: of whatever it knows, somebody else has told.
 */
export function journalWriter({ journal, lease, clock }: Saving, plan: Plan) {
  let saved: { state: ReleaseState; actions: readonly string[]; at: number } | undefined;
  return async (
    next: ReleaseState,
    actions: readonly Action[],
    answers: readonly CommandResponse[],
  ): Promise<boolean> => {
    const state = decided(next);
    const ids = actions.map(({ id }) => id);
    const now = clock.now();
    const fresh = next.tally === undefined || (saved && now - saved.at < KEEP_MEASURED_MS);
    const known = saved && answers.length === 0 && sameJson(saved.state, state) && fresh;
    if (known && ids.every((id) => saved?.actions.includes(id))) return false;
    await lease.ensureHeld(journal.assertUnchanged);
    const isNew = journal.journal().current?.plan.release !== plan.release;
    const answered = withResponses(journal.journal(), answers);
    await journal.save(withTransition(answered, plan, durable(next), actions, now));
    saved = { state, actions: ids, at: now };
    return isNew;
  };
}
