/**
 * Tells how a release goes on: the log every change and a heartbeat, the channels what people should know,
 * and the release's objects its story.
 */

import type { Warning } from '../../core/analysis/analysis-state.ts';
import type { Observation } from '../../core/cluster/observation.ts';
import type { CommandResponse } from '../../core/journal/commands/command.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { ofBeginning, ofWarning } from '../../core/report/notification.ts';
import { progressFields, responseFields } from '../../core/report/status-line.ts';
import { interferenceText } from '../../core/state/interference.ts';
import type { Interference, ReleaseState } from '../../core/state/state.ts';
import { strategyOf } from '../../core/strategies/registry.ts';
import type { Log } from '../context/log.ts';
import type { StoryTeller } from '../tell/on-objects.ts';
import type { Notifier } from './notifier.ts';

/** What one look at the world has led to. */
export interface Iteration {
  readonly seen: Observation;
  readonly before: ReleaseState;
  readonly after: ReleaseState;
  readonly answers: readonly CommandResponse[];
  readonly waitingFor: string;
  /** No one knew of the release before. */
  readonly isNew: boolean;
}

const HEARTBEAT_MS = 20_000;

export function createProgressLog(
  plan: Plan,
  log: Log,
  notifier: Notifier,
  teller: StoryTeller,
): (turn: Iteration) => void {
  const strategy = strategyOf(plan);
  let lineAt = 0;
  return ({ seen, before, after, answers, waitingFor, isNew }) => {
    if (isNew) notifier.tell(ofBeginning(plan, after));
    teller.tell(after, seen);
    for (const warning of warningsSince(before, after)) {
      log.event({ event: 'warning', anomaly: warning.why, trigger: warning.trigger });
      if (warning.isFirst) notifier.tell(ofWarning(plan, after, warning));
    }
    for (const each of interferencesSince(before, after)) {
      log.event({ event: 'interference', interference: interferenceText(each) });
    }
    for (const answer of answers) log.event({ event: 'command', ...responseFields(answer) });
    const changed = hasMoved(before, after) || isBlind(before) !== isBlind(after);
    if (!changed && seen.at - lineAt < HEARTBEAT_MS) return;
    const sides = strategy.sides(plan, seen);
    log.event({ event: 'progress', ...progressFields(plan, after, seen, sides, waitingFor) });
    lineAt = seen.at;
  };
}

export function hasMoved(before: ReleaseState, after: ReleaseState): boolean {
  return before.phase !== after.phase || before.direction !== after.direction;
}

/** What triggers have warned of between two decisions. */
function warningsSince(before: ReleaseState, after: ReleaseState): readonly Warning[] {
  const known = before.evidence.warnings ?? [];
  return (after.evidence.warnings ?? []).filter(
    ({ at, trigger }) => !known.some((each) => each.at === at && each.trigger === trigger),
  );
}

/** What others have changed between two decisions. */
function interferencesSince(before: ReleaseState, after: ReleaseState): readonly Interference[] {
  const known = before.evidence.interferences ?? [];
  return (after.evidence.interferences ?? []).filter((each) => !known.includes(each));
}

/** Whether it waits because no one can tell it how the candidate does: worth a line when it begins, and when it ends. */
function isBlind({ evidence }: ReleaseState): boolean {
  return evidence.decision?.verdict === 'unmeasurable';
}
