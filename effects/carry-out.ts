/** Carries out a release from wherever its journal says that it stands, and takes others' to their end. */
import { arriveToDeploy } from '../core/release/arrival.ts';
import { type Entry, type ReleaseRecord, recordOf } from '../core/release/journal.ts';
import type { Plan } from '../core/release/plan.ts';
import type { Planned } from '../core/release/planning.ts';
import { summaryLine } from '../core/release/report.ts';
import type { ReleaseState } from '../core/release/state.ts';
import { strategyOf } from '../core/strategies/registry.ts';
import { asBeforeFailure } from '../core/strategies/rolling-left-over.ts';
import type { Instant, ReleaseId } from '../core/vocabulary.ts';
import { type Driving, drive, type Goal } from './drive.ts';
import { BadInput, StageFailure } from './failure.ts';
import { tellEnd } from './notify.ts';

export type CarriedOut =
  | { readonly kind: 'went'; readonly plan: Plan; readonly state: ReleaseState }
  /** It had ended before, and others have come since. */
  | { readonly kind: 'over'; readonly record: ReleaseRecord }
  | { readonly kind: 'unchanged'; readonly why: string };

/**
 * From the beginning, or from where an earlier run of the same release was cut off. `planNow` is
 * asked only where there is something to begin, after what others left has been undone.
 */
export async function carryOut(
  driving: Driving,
  release: ReleaseId,
  goal: Goal,
  planNow: () => Promise<Planned>,
): Promise<CarriedOut> {
  const { clock, journal, log, stop } = driving;
  const arrival = arriveToDeploy(journal.journal(), release);
  switch (arrival.kind) {
    case 'report':
      return { kind: 'went', plan: arrival.entry.plan, state: arrival.entry.state };
    case 'over':
      return arrival;
    case 'resume': {
      const { plan, state } = arrival.entry;
      log.line(`phase=${state.phase} resumed="an earlier run of this stage was cut off"`);
      return { kind: 'went', plan, state: await driveAndTell(driving, plan, state, goal) };
    }
    case 'undo-first':
      await undo(driving, arrival.entry, 'it was left unfinished');
      break;
    case 'begin':
      break;
  }
  if (stop.aborted) throw new StageFailure(143, 'stopped before anything was begun');
  const planned = await planNow();
  switch (planned.kind) {
    case 'refused':
      throw new BadInput([planned.why]);
    case 'unchanged':
      return planned;
    case 'planned': {
      const plan = asBeforeFailure(planned.plan, journal.journal());
      const begun = strategyOf(plan).begin(plan, clock.now());
      return { kind: 'went', plan, state: await driveAndTell(driving, plan, begun, goal) };
    }
  }
}

/** Tells of the end where no conclude stage comes to do so. */
async function driveAndTell(
  driving: Driving,
  plan: Plan,
  begun: ReleaseState,
  goal: Goal,
): Promise<ReleaseState> {
  const state = await drive(driving, plan, begun, goal);
  if (goal === 'ended') await tellEnd(driving, driving.journal, plan);
  return state;
}

/** Drives a release that somebody else began to its end, from the state that `turn` makes of it. */
export async function takeToEnd(
  driving: Driving,
  { plan, state, actions }: Entry,
  turn: (state: ReleaseState, at: Instant) => ReleaseState,
): Promise<Entry> {
  const ended = await drive(driving, plan, turn(state, driving.clock.now()), 'ended');
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
export async function undo(driving: Driving, entry: Entry, cause: string): Promise<void> {
  const { plan, state } = entry;
  const { journal, log } = driving;
  log.line(`release=${plan.release} phase=${state.phase} undoing="${cause}"`);
  const ended = await takeToEnd(driving, entry, (left, at) =>
    strategyOf(plan).turnBack(left, at, cause),
  );
  const record = recordOf(journal.journal(), plan.release);
  if (record) log.line(summaryLine(record, plan.service));
  await tellEnd(driving, journal, plan);
  if (ended.state.outcome === 'failed') {
    throw new StageFailure(
      1,
      `release ${plan.release} was left unfinished and cannot be undone: ${ended.state.cause}`,
      'put the service right by hand, then begin again',
    );
  }
}
