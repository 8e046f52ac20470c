/** What a PipelineRun's condition says: how many tasks have ended how, and what that makes of it. */

import { formatDuration } from '../../../base/duration.ts';
import type { Verdict } from '../../conditions.ts';
import {
  hasFailed,
  hasSucceeded,
  isTask,
  type TaskState,
  wasCancelled,
  wasTimedOut,
} from '../tasks/task-state.ts';
import { reached } from '../tasks/timeouts.ts';
import { type Facts, SKIPPED } from './facts.ts';

type Ending =
  | 'succeeded'
  | 'failed'
  | 'ignoredFailed'
  | 'cancelled'
  | 'skipped'
  | 'skippedByTimeout'
  | 'incomplete';

const TIMEOUTS: readonly unknown[] = [
  SKIPPED.pipelineTimeout,
  SKIPPED.tasksTimeout,
  SKIPPED.finallyTimeout,
];

function endingOf(facts: Facts, state: TaskState): Ending {
  if (hasSucceeded(state)) return 'succeeded';
  if (wasTimedOut(state)) return 'failed';
  if (wasCancelled(state)) return 'cancelled';
  if (hasFailed(state)) return state.task.onError === 'continue' ? 'ignoredFailed' : 'failed';
  const reason = facts.skippingReason(state);
  if (reason === undefined) return 'incomplete';
  return TIMEOUTS.includes(reason) ? 'skippedByTimeout' : 'skipped';
}

export function verdictOn(name: string, facts: Facts): Verdict {
  const { deadlines, nowMs } = facts;
  if (reached(deadlines.pipelineAtMs, nowMs)) return timedOut(name, facts);
  const endings = facts.states.map((state) => endingOf(facts, state));
  const count = (...wanted: Ending[]): number =>
    endings.filter((ending) => wanted.includes(ending)).length;
  const tasksTimedOut = reached(deadlines.tasksAtMs, nowMs);
  const finals = facts.states.filter((state) => !isTask(state));
  if (tasksTimedOut && finals.every((state) => facts.isDone(state)))
    return tasksOverdue(name, facts);
  if (count('incomplete') === 0) return ended(name, facts, count);
  return {
    status: 'Unknown',
    reason: tasksTimedOut
      ? 'PipelineRunTimeoutRunningFinally'
      : runningReason(facts, count('cancelled'), count('failed')),
    message:
      `Tasks Completed: ${count('succeeded', 'failed', 'cancelled', 'ignoredFailed')} ` +
      `(Failed: ${count('failed')}, Cancelled ${count('cancelled')}), ` +
      `Incomplete: ${count('incomplete')}, Skipped: ${count('skipped', 'skippedByTimeout')}`,
  };
}

function timedOut(name: string, { deadlines: { limits } }: Facts): Verdict {
  const limit = formatDuration(limits.pipelineMs);
  return {
    status: 'False',
    reason: 'PipelineRunTimeout',
    message: `PipelineRun "${name}" failed to finish within "${limit}"`,
  };
}

function tasksOverdue(name: string, { deadlines: { limits } }: Facts): Verdict {
  const limit = formatDuration(limits.tasksMs ?? 0);
  return {
    status: 'False',
    reason: 'PipelineRunTimeout',
    message: `PipelineRun "${name}" failed due to tasks failed to finish within "${limit}"`,
  };
}

function ended(name: string, facts: Facts, count: (...wanted: Ending[]) => number): Verdict {
  const ignored = count('ignoredFailed');
  const failures = `${count('failed', 'ignoredFailed')}${ignored ? ` (Ignored: ${ignored})` : ''}`;
  const message =
    `Tasks Completed: ${count('succeeded', 'failed', 'cancelled', 'ignoredFailed')} ` +
    `(Failed: ${failures}, Cancelled ${count('cancelled')}), ` +
    `Skipped: ${count('skipped', 'skippedByTimeout')}`;
  if (count('failed', 'skippedByTimeout') > 0)
    return { status: 'False', reason: 'Failed', message };
  if (facts.requested === 'CancelledRunFinally' || facts.requested === 'StoppedRunFinally') {
    return cancelled(name);
  }
  if (count('cancelled') > 0) return { status: 'False', reason: 'Cancelled', message };
  return { status: 'True', reason: count('skipped') > 0 ? 'Completed' : 'Succeeded', message };
}

export function cancelled(name: string): Verdict {
  return { status: 'False', reason: 'Cancelled', message: `PipelineRun "${name}" was cancelled` };
}

function runningReason(facts: Facts, cancelledTasks: number, failedTasks: number): string {
  const finals = facts.states.filter((state) => !isTask(state));
  if (facts.requested === 'CancelledRunFinally') return 'CancelledRunningFinally';
  if (facts.requested === 'StoppedRunFinally') return 'StoppedRunningFinally';
  const stopping =
    cancelledTasks > 0 || (failedTasks > 0 && finals.every((state) => facts.isDone(state)));
  return stopping ? 'PipelineRunStopping' : 'Running';
}
