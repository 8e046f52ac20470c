/** How long a PipelineRun may take: as a whole, for its tasks, and for what runs finally. */

import { durationMs } from '../../../base/duration.ts';
import { DEFAULT_TIMEOUT } from '../../defaults.ts';
import type { PipelineRun } from '../../model/runs.ts';

/** Milliseconds; 0 is for ever, and undefined is not limited by itself. */
interface Limits {
  readonly pipelineMs: number;
  readonly tasksMs: number | undefined;
  readonly finallyMs: number | undefined;
}

/** When each limit is reached, and undefined for one that never is. */
export interface Deadlines {
  readonly limits: Limits;
  readonly pipelineAtMs: number | undefined;
  readonly tasksAtMs: number | undefined;
  readonly finallyAtMs: number | undefined;
}

/** What is left of the whole belongs to whichever of tasks and finally has no limit of its own. */
function limitsOf({ spec: { timeouts = {} } }: PipelineRun): Limits {
  const wholeMs = durationMs(timeouts.pipeline);
  const tasksMs = durationMs(timeouts.tasks);
  const finallyMs = durationMs(timeouts.finally);
  const restOf = (otherMs: number | undefined): number | undefined =>
    wholeMs && otherMs ? wholeMs - otherMs : undefined;
  return {
    pipelineMs: wholeMs ?? durationMs(DEFAULT_TIMEOUT) ?? 0,
    tasksMs: tasksMs ?? restOf(finallyMs),
    finallyMs: finallyMs ?? restOf(tasksMs),
  };
}

/**
 * The tasks' deadline goes on counting while the finally tasks run, as it does in Tekton 1.15: a run
 * whose tasks were in time is still failed by finally tasks that end after it.
 */
export function deadlinesOf(run: PipelineRun): Deadlines {
  const { startTime, finallyStartTime } = run.status ?? {};
  const limits = limitsOf(run);
  const after = (start: string | undefined, limitMs: number | undefined): number | undefined =>
    start === undefined || !limitMs ? undefined : Date.parse(start) + limitMs;
  return {
    limits,
    pipelineAtMs: after(startTime, limits.pipelineMs),
    tasksAtMs: after(startTime, limits.tasksMs),
    finallyAtMs: after(finallyStartTime, limits.finallyMs),
  };
}

export function reached(deadlineMs: number | undefined, nowMs: number): boolean {
  return deadlineMs !== undefined && nowMs >= deadlineMs;
}
