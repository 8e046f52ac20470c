/**
 * What is to be done about a PipelineRun now: TaskRuns to start, TaskRuns to cancel, and what its
 * status says afterwards. A function of the run and its TaskRuns; nothing is read or written here.
 */
import { timestamp } from '../../../base/clock.ts';
import type { Verdict } from '../../conditions.ts';
import type { PipelineTask } from '../../model/pipeline.ts';
import type { PipelineRun, PipelineRunStatus } from '../../model/runs.ts';
import { missingResult, resultVariables } from '../results/task-results.ts';
import { taskRunName } from '../tasks/task-run.ts';
import { CANCELLED_BY_TIMEOUT, isRunning, isTask, type TaskState } from '../tasks/task-state.ts';
import { type Deadlines, deadlinesOf, reached } from '../tasks/timeouts.ts';
import { type Facts, factsOf } from './facts.ts';
import { concluded, statusAfter } from './status.ts';
import { cancelled } from './verdict.ts';

const CANCELLED_BY_USER = 'TaskRun cancelled as the PipelineRun it belongs to has been cancelled.';

export interface Start {
  /** Everything it refers to stands in it. */
  readonly task: PipelineTask;
  readonly role: TaskState['role'];
}

export interface Cancellation {
  readonly taskRun: string;
  readonly message: string;
}

export interface Decision {
  readonly start: readonly Start[];
  readonly cancel: readonly Cancellation[];
  readonly status: PipelineRunStatus;
  /** When the run is to be looked at again though nothing may have changed. */
  readonly againAtMs: number | undefined;
}

export function decide(run: PipelineRun, states: readonly TaskState[], nowMs: number): Decision {
  if (run.spec.status === 'Cancelled') {
    const cancel = cancellations(states.filter(isRunning), CANCELLED_BY_USER);
    return { ...ending(run, cancelled(run.metadata.name), nowMs), cancel };
  }
  const before = factsOf({
    states,
    requested: run.spec.status,
    deadlines: deadlinesOf(run),
    nowMs,
  });
  const next = before.next();
  const broken = brokenReference(next, states);
  if (broken) return ending(run, broken, nowMs);

  const starting = next.filter((state) => before.skippingReason(state) === undefined);
  const finallyStarts = next.some((state) => !isTask(state)) && !run.status?.finallyStartTime;
  const started: PipelineRun = {
    ...run,
    status: { ...run.status, ...(finallyStarts && { finallyStartTime: timestamp(nowMs) }) },
  };
  const after = factsOf({
    ...before,
    states: states.map((state) => (starting.includes(state) ? asStarted(run, state) : state)),
    deadlines: deadlinesOf(started),
  });
  return {
    start: starting.map((state) => ({
      task: before.resolved(state) ?? state.task,
      role: state.role,
    })),
    cancel: dueCancellations(run, before),
    status: statusAfter(started, after),
    againAtMs: nextDeadline(after.deadlines, nowMs),
  };
}

function ending(run: PipelineRun, verdict: Verdict, nowMs: number): Decision {
  const status = concluded(run.status, verdict, nowMs);
  return { start: [], cancel: [], status, againAtMs: undefined };
}

/** A task about to start that refers to a result its producer has not written. */
function brokenReference(
  next: readonly TaskState[],
  states: readonly TaskState[],
): Verdict | undefined {
  const results = resultVariables(states.filter(isTask));
  for (const { task } of next.filter(isTask)) {
    const reference = missingResult(task, results);
    if (reference === undefined) continue;
    return {
      status: 'False',
      reason: 'InvalidTaskResultReference',
      message: `Invalid task result reference: Could not find result with name ${reference.result} for task ${reference.task}`,
    };
  }
  return undefined;
}

function asStarted(run: PipelineRun, state: TaskState): TaskState {
  return { ...state, run: { name: taskRunName(run, state.task.name), spec: {} } };
}

function dueCancellations(run: PipelineRun, facts: Facts): readonly Cancellation[] {
  const { states, deadlines, nowMs } = facts;
  const running = states.filter(isRunning);
  if (run.spec.status === 'CancelledRunFinally') {
    const user = cancellations(running.filter(isTask), CANCELLED_BY_USER);
    if (user.length > 0) return user;
  }
  if (reached(deadlines.pipelineAtMs, nowMs)) return cancellations(running, CANCELLED_BY_TIMEOUT);
  if (!run.status?.finallyStartTime) {
    const overdue = reached(deadlines.tasksAtMs, nowMs) ? running.filter(isTask) : [];
    return cancellations(overdue, CANCELLED_BY_TIMEOUT);
  }
  const overdue = reached(deadlines.finallyAtMs, nowMs)
    ? running.filter((state) => !isTask(state))
    : [];
  return cancellations(overdue, CANCELLED_BY_TIMEOUT);
}

function cancellations(states: readonly TaskState[], message: string): readonly Cancellation[] {
  return states.flatMap(({ run }) =>
    run && run.spec.status === undefined ? [{ taskRun: run.name, message }] : [],
  );
}

function nextDeadline(
  { pipelineAtMs, tasksAtMs, finallyAtMs }: Deadlines,
  nowMs: number,
): number | undefined {
  const ahead = [pipelineAtMs, tasksAtMs, finallyAtMs].flatMap((atMs) =>
    atMs !== undefined && atMs > nowMs ? [atMs] : [],
  );
  return ahead.length > 0 ? Math.min(...ahead) : undefined;
}
