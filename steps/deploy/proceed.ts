/** Drives a release to where this stage is to leave it. */
import type { Entry } from '../../core/release/journal.ts';
import { recordOf } from '../../core/release/journal.ts';
import type { Plan } from '../../core/release/plan.ts';
import { summaryLine } from '../../core/release/report.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { strategyOf } from '../../core/strategies/registry.ts';
import { type Driving, drive, type Goal } from '../../effects/drive.ts';
import { BadInput, StageFailure } from '../../effects/failure.ts';
import type { StepEnd } from '../../effects/step.ts';
import { endOf } from './end.ts';

export function goalOf(finish: string): Goal {
  switch (finish) {
    case 'here':
      return 'ended';
    case 'conclude':
      return 'handed-over';
    default:
      throw new BadInput([`param finish: "${finish}" is none of here, conclude`]);
  }
}

/** From the beginning, or from where an earlier run of this stage was cut off. */
export async function proceed(
  driving: Driving,
  plan: Plan,
  earlier: ReleaseState | undefined,
  goal: Goal,
): Promise<StepEnd> {
  const strategy = strategyOf(plan);
  const begun = earlier ?? strategy.begin(plan, driving.clock.now());
  const state = await drive(driving, plan, begun, 'handed-over');
  if (driving.stop.aborted || state.outcome !== undefined || goal === 'handed-over') {
    return endOf(plan, state, driving.stop.aborted ? 'stopped' : 'ran');
  }
  const concluded = strategy.conclude(state, driving.clock.now());
  const last = await drive(driving, plan, concluded, 'ended');
  return endOf(plan, last, driving.stop.aborted ? 'stopped' : 'ran');
}

/** Ends another release, whose process is gone, before this one begins. */
export async function undo(driving: Driving, { plan, state }: Entry): Promise<void> {
  const { clock, journal, log, stop } = driving;
  log.line(`release=${plan.release} phase=${state.phase} undoing="it was left unfinished"`);
  const back = strategyOf(plan).turnBack(state, clock.now(), 'it was left unfinished');
  const ended = await drive(driving, plan, back, 'ended');
  if (stop.aborted) throw new StageFailure(143, 'stopped while undoing an earlier release');
  const record = recordOf(journal.journal(), plan.release);
  if (record) log.line(summaryLine(record, plan.service));
  if (ended.outcome === 'failed') {
    throw new StageFailure(
      1,
      `release ${plan.release} was left unfinished and cannot be undone: ${ended.cause}`,
      'put the service right by hand, then begin again',
    );
  }
}
