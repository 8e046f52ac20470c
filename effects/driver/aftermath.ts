/**
 * What clients get right after a release has ended for a person to see to: who broke it may have broken
 * the Service as well, and a record that was closed at that moment would say that no one lost anything.
 */

import type { Observation } from '../../core/cluster/observation.ts';
import { withNote } from '../../core/journal/journal.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { ReleaseState } from '../../core/state/state.ts';
import { accounting } from '../../core/strategies/decide.ts';
import { messageOf } from '../base/failure.ts';
import type { OwnedRelease } from '../ownership/owned-release.ts';

const WATCHED_MS = 4_000;
const LOOK_MS = 500;

/** Adds to the record; a record that cannot be written stays as it is. */
export async function watchAftermath(
  { clock, journal, lease, log, stop }: OwnedRelease,
  plan: Plan,
  ended: ReleaseState,
  look: () => Observation,
): Promise<void> {
  if (plan.probe === undefined) return;
  let state = ended;
  for (let watched = 0; watched < WATCHED_MS && !stop.aborted; watched += LOOK_MS) {
    await clock.sleep(LOOK_MS, stop);
    state = accounting(plan, state, look());
  }
  try {
    await lease.ensureHeld(journal.assertUnchanged);
    await journal.save(withNote(journal.journal(), plan.release, { evidence: state.evidence }));
  } catch (thrown) {
    log.event({ event: 'record-kept', record: 'kept', reason: messageOf(thrown) });
  }
}
