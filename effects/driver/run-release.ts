/** Carries out a release from wherever its journal says that it stands, and takes others' to their end. */

import { because, type Cause, type Instant, type ReleaseId } from '../../core/base/vocabulary.ts';
import { type Entry, type ReleaseRecord, recordOf } from '../../core/journal/journal.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Planned } from '../../core/plan/planning.ts';
import { endFields } from '../../core/report/status-line.ts';
import type { ReleaseState } from '../../core/state/state.ts';
import { strategyOf } from '../../core/strategies/registry.ts';
import { asBeforeFailure } from '../../core/strategies/rolling/unfinished.ts';
import { takeOverToDeploy } from '../../core/strategies/takeover.ts';
import { BadInput, StageFailure } from '../base/failure.ts';
import type { OwnedRelease } from '../ownership/owned-release.ts';
import { tellPending } from './notifier.ts';
import { reconcile } from './reconcile.ts';
import type { Goal } from './reconcile-loop.ts';

export type CarriedOut =
  | { readonly kind: 'went'; readonly plan: Plan; readonly state: ReleaseState }
  /** It had ended before, and others have come since. */
  | { readonly kind: 'over'; readonly record: ReleaseRecord }
  | { readonly kind: 'unchanged'; readonly why: string };

/**
 * Goes on with what the journal has of this release, and undoes what another has left. `begin` where
 * there is nothing of it yet: then it is to be planned, and begun.
 */
export async function takeUp(
  owned: OwnedRelease,
  release: ReleaseId,
  goal: Goal,
): Promise<CarriedOut | { readonly kind: 'begin' }> {
  const { journal, log, stop } = owned;
  const found = takeOverToDeploy(journal.journal(), release);
  switch (found.kind) {
    case 'report':
      return { kind: 'went', plan: found.entry.plan, state: found.entry.state };
    case 'over':
      return found;
    case 'resume': {
      const { plan, state } = found.entry;
      const resumed = 'an earlier run of this stage was cut off';
      log.event({ event: 'progress', phase: state.phase, resumed });
      return { kind: 'went', plan, state: await driveAndTell(owned, plan, state, goal) };
    }
    case 'undo-first':
      await undo(owned, found.entry, because('left-unfinished', 'it was left unfinished'));
      break;
    case 'begin':
      break;
  }
  if (stop.aborted) throw new StageFailure(143, 'stopped before anything was begun');
  return { kind: 'begin' };
}

/** Begins what was planned, and drives it as far as the goal is. */
export async function beginRelease(
  owned: OwnedRelease,
  planned: Planned,
  goal: Goal,
): Promise<CarriedOut> {
  switch (planned.kind) {
    case 'refused':
      throw new BadInput([planned.why]);
    case 'unchanged':
      return planned;
    case 'planned': {
      const plan = asBeforeFailure(planned.plan, owned.journal.journal());
      const begun = strategyOf(plan).begin(plan, owned.clock.now());
      return { kind: 'went', plan, state: await driveAndTell(owned, plan, begun, goal) };
    }
  }
}

/** Tells of the end where no conclude stage comes to do so. */
async function driveAndTell(
  owned: OwnedRelease,
  plan: Plan,
  begun: ReleaseState,
  goal: Goal,
): Promise<ReleaseState> {
  const state = await reconcile(owned, plan, begun, goal);
  if (goal === 'ended') await tellPending(owned, plan, owned.journal.journal());
  return state;
}

/** Drives a release that somebody else began to its end, from the state that `turn` makes of it. */
export async function driveToCompletion(
  owned: OwnedRelease,
  { plan, state, actions }: Entry,
  turn: (state: ReleaseState, at: Instant) => ReleaseState,
): Promise<Entry> {
  const ended = await reconcile(owned, plan, turn(state, owned.clock.now()), 'ended');
  if (ended.outcome === undefined) {
    throw new StageFailure(
      143,
      `stopped in phase ${ended.phase}, before release ${plan.release} had ended`,
      'the next release of this service, a retry, or recover goes on with it',
    );
  }
  return { plan, state: ended, actions };
}

/** Undoes what a process that is gone has left; throws where that cannot be done. */
export async function undo(owned: OwnedRelease, entry: Entry, cause: Cause): Promise<void> {
  const { plan, state } = entry;
  const { journal, log } = owned;
  log.event({ event: 'undoing', release: plan.release, phase: state.phase, undoing: cause.text });
  const ended = await driveToCompletion(owned, entry, (left, at) =>
    strategyOf(plan).turnBack(left, at, cause),
  );
  const record = recordOf(journal.journal(), plan.release);
  if (record) log.event({ event: 'release-ended', ...endFields(record, plan.service) });
  await tellPending(owned, plan, journal.journal());
  if (ended.state.outcome === 'failed') {
    throw new StageFailure(
      1,
      `release ${plan.release} was left unfinished and cannot be undone: ${ended.state.cause}`,
      'put the service right by hand, then begin again',
    );
  }
}
