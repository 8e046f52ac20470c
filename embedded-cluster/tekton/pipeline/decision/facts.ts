/**
 * What holds of a PipelineRun at one moment: which tasks are done, which will not run and why, and
 * which are to be started now. Everything follows from the spec and from how far the TaskRuns are.
 */
import type { PipelineTask } from '../../model/pipeline.ts';
import type { PipelineRunSpecStatus } from '../../model/runs.ts';
import type { Variables } from '../../substitution/variables.ts';
import { graphOf } from '../graph.ts';
import { resultReferencesIn } from '../results/result-references.ts';
import { resultVariables, withResults } from '../results/task-results.ts';
import { substituteTask } from '../tasks/substitute-task.ts';
import {
  hasFailed,
  hasSucceeded,
  isTask,
  reasonWord,
  statusWord,
  type TaskState,
} from '../tasks/task-state.ts';
import { type Deadlines, reached } from '../tasks/timeouts.ts';
import { allowsExecution } from '../tasks/when.ts';

export const SKIPPED = {
  when: 'When Expressions evaluated to false',
  parent: 'Parent Tasks were skipped',
  stopping: 'PipelineRun was stopping',
  cancelled: 'PipelineRun was gracefully cancelled',
  stopped: 'PipelineRun was gracefully stopped',
  results: 'Results were missing',
  pipelineTimeout: 'PipelineRun timeout has been reached',
  tasksTimeout: 'PipelineRun Tasks timeout has been reached',
  finallyTimeout: 'PipelineRun Finally timeout has been reached',
} as const;

type SkippingReason = (typeof SKIPPED)[keyof typeof SKIPPED];

export interface Moment {
  /** Tasks before final tasks, each in the order of the Pipeline. */
  readonly states: readonly TaskState[];
  readonly requested: PipelineRunSpecStatus | undefined;
  readonly deadlines: Deadlines;
  readonly nowMs: number;
}

export interface Facts extends Moment {
  isDone(state: TaskState): boolean;
  skippingReason(state: TaskState): SkippingReason | undefined;
  /** The task with all that it refers to; undefined while that does not exist. */
  resolved(state: TaskState): PipelineTask | undefined;
  /** What is to be started now. Once the tasks are done also final tasks that will be skipped. */
  next(): readonly TaskState[];
  tasksAreDone(): boolean;
}

export function factsOf(moment: Moment): Facts {
  const { states, requested, deadlines, nowMs } = moment;
  const tasks = states.filter(isTask);
  const byName = new Map(tasks.map((state) => [state.task.name, state]));
  const graph = graphOf(tasks.map(({ task }) => task));
  const results = resultVariables(tasks);
  const reasons = new Map<TaskState, SkippingReason | undefined>();
  const isStopping = tasks.some((state) => hasFailed(state) && state.task.onError !== 'continue');

  const parentsOf = ({ task, role }: TaskState): TaskState[] =>
    [...((role === 'task' && graph.get(task.name)) || [])].flatMap(
      (name) => byName.get(name) ?? [],
    );

  const skippingReason = (state: TaskState): SkippingReason | undefined => {
    if (!reasons.has(state)) reasons.set(state, isTask(state) ? ofTask(state) : ofFinal(state));
    return reasons.get(state);
  };

  const isDone = (state: TaskState): boolean =>
    hasSucceeded(state) || hasFailed(state) || skippingReason(state) !== undefined;

  const parentsAreDone = (state: TaskState): boolean => parentsOf(state).every(isDone);

  const tasksAreDone = (): boolean => tasks.every(isDone);

  const resolved = ({ task, role }: TaskState): PipelineTask | undefined =>
    withResults(
      role === 'final' ? substituteTask(task, statusVariables(tasks, skippingReason)) : task,
      results,
    );

  const guardsHold = (state: TaskState): boolean =>
    allowsExecution((resolved(state) ?? state.task).when);

  const lacksResultOfGuarded = (state: TaskState): boolean =>
    resolved(state) === undefined &&
    resultReferencesIn(state.task).some(({ task }) => {
      const producer = byName.get(task);
      return producer !== undefined && skippingReason(producer) === SKIPPED.when;
    });

  // Asked anew at every moment: a task skipped by its guard is later said to be skipped because the
  // run was stopping, as Tekton says it.
  const ofTask = (state: TaskState): SkippingReason | undefined => {
    if (state.run) return undefined;
    if (isStopping) return SKIPPED.stopping;
    if (requested === 'CancelledRunFinally') return SKIPPED.cancelled;
    if (requested === 'StoppedRunFinally') return SKIPPED.stopped;
    const parents = parentsOf(state).map(skippingReason);
    if (parents.some((reason) => reason && reason !== SKIPPED.when)) return SKIPPED.parent;
    if (!parentsAreDone(state)) return undefined;
    if (lacksResultOfGuarded(state)) return SKIPPED.results;
    if (!guardsHold(state)) return SKIPPED.when;
    if (reached(deadlines.pipelineAtMs, nowMs)) return SKIPPED.pipelineTimeout;
    if (reached(deadlines.tasksAtMs, nowMs)) return SKIPPED.tasksTimeout;
    return undefined;
  };

  const ofFinal = (state: TaskState): SkippingReason | undefined => {
    if (state.run || !tasksAreDone()) return undefined;
    if (resolved(state) === undefined) return SKIPPED.results;
    if (!guardsHold(state)) return SKIPPED.when;
    if (reached(deadlines.pipelineAtMs, nowMs)) return SKIPPED.pipelineTimeout;
    if (reached(deadlines.finallyAtMs, nowMs)) return SKIPPED.finallyTimeout;
    return undefined;
  };

  const next = (): readonly TaskState[] => {
    const waiting = states.filter(({ run }) => run === undefined);
    if (tasksAreDone()) return waiting.filter((state) => !isTask(state));
    return waiting.filter(
      (state) => isTask(state) && skippingReason(state) === undefined && parentsAreDone(state),
    );
  };

  return { ...moment, isDone, skippingReason, resolved, next, tasksAreDone };
}

/** What final tasks may ask about the tasks before them. */
function statusVariables(
  tasks: readonly TaskState[],
  skippingReason: Facts['skippingReason'],
): Variables {
  const aggregate = tasks.some(hasFailed)
    ? 'Failed'
    : tasks.some((state) => skippingReason(state))
      ? 'Completed'
      : 'Succeeded';
  return new Map([
    ['tasks.status', aggregate],
    ...tasks.flatMap((state): [string, string][] => [
      [`tasks.${state.task.name}.status`, statusWord(state)],
      [`tasks.${state.task.name}.reason`, reasonWord(state)],
    ]),
  ]);
}
