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
  return new MomentFacts(moment);
}

class MomentFacts implements Facts {
  readonly states: readonly TaskState[];
  readonly requested: PipelineRunSpecStatus | undefined;
  readonly deadlines: Deadlines;
  readonly nowMs: number;
  readonly #tasks: readonly TaskState[];
  readonly #byName: ReadonlyMap<string, TaskState>;
  readonly #graph: ReturnType<typeof graphOf>;
  readonly #results: Variables;
  readonly #reasons = new Map<TaskState, SkippingReason | undefined>();
  readonly #isStopping: boolean;

  constructor({ states, requested, deadlines, nowMs }: Moment) {
    this.states = states;
    this.requested = requested;
    this.deadlines = deadlines;
    this.nowMs = nowMs;
    this.#tasks = states.filter(isTask);
    this.#byName = new Map(this.#tasks.map((state) => [state.task.name, state]));
    this.#graph = graphOf(this.#tasks.map(({ task }) => task));
    this.#results = resultVariables(this.#tasks);
    this.#isStopping = this.#tasks.some(
      (state) => hasFailed(state) && state.task.onError !== 'continue',
    );
  }

  skippingReason(state: TaskState): SkippingReason | undefined {
    if (!this.#reasons.has(state)) {
      this.#reasons.set(state, isTask(state) ? this.#ofTask(state) : this.#ofFinal(state));
    }
    return this.#reasons.get(state);
  }

  isDone(state: TaskState): boolean {
    return hasSucceeded(state) || hasFailed(state) || this.skippingReason(state) !== undefined;
  }

  tasksAreDone(): boolean {
    return this.#tasks.every((state) => this.isDone(state));
  }

  resolved({ task, role }: TaskState): PipelineTask | undefined {
    if (role !== 'final') return withResults(task, this.#results);
    const variables = statusVariables(this.#tasks, (state) => this.skippingReason(state));
    return withResults(substituteTask(task, variables), this.#results);
  }

  next(): readonly TaskState[] {
    const waiting = this.states.filter(({ run }) => run === undefined);
    if (this.tasksAreDone()) return waiting.filter((state) => !isTask(state));
    return waiting.filter(
      (state) =>
        isTask(state) && this.skippingReason(state) === undefined && this.#parentsAreDone(state),
    );
  }

  #parentsOf({ task, role }: TaskState): TaskState[] {
    return [...((role === 'task' && this.#graph.get(task.name)) || [])].flatMap(
      (name) => this.#byName.get(name) ?? [],
    );
  }

  #parentsAreDone(state: TaskState): boolean {
    return this.#parentsOf(state).every((parent) => this.isDone(parent));
  }

  #guardsHold(state: TaskState): boolean {
    return allowsExecution((this.resolved(state) ?? state.task).when);
  }

  #lacksResultOfGuarded(state: TaskState): boolean {
    return (
      this.resolved(state) === undefined &&
      resultReferencesIn(state.task).some(({ task }) => {
        const producer = this.#byName.get(task);
        return producer !== undefined && this.skippingReason(producer) === SKIPPED.when;
      })
    );
  }

  /**
   * Asked anew at every moment: a task skipped by its guard is later said to be skipped because the
   * run was stopping, as Tekton says it.
   */
  #ofTask(state: TaskState): SkippingReason | undefined {
    if (state.run) return undefined;
    if (this.#isStopping) return SKIPPED.stopping;
    if (this.requested === 'CancelledRunFinally') return SKIPPED.cancelled;
    if (this.requested === 'StoppedRunFinally') return SKIPPED.stopped;
    const parents = this.#parentsOf(state).map((parent) => this.skippingReason(parent));
    if (parents.some((reason) => reason && reason !== SKIPPED.when)) return SKIPPED.parent;
    if (!this.#parentsAreDone(state)) return undefined;
    if (this.#lacksResultOfGuarded(state)) return SKIPPED.results;
    if (!this.#guardsHold(state)) return SKIPPED.when;
    if (reached(this.deadlines.pipelineAtMs, this.nowMs)) return SKIPPED.pipelineTimeout;
    if (reached(this.deadlines.tasksAtMs, this.nowMs)) return SKIPPED.tasksTimeout;
    return undefined;
  }

  #ofFinal(state: TaskState): SkippingReason | undefined {
    if (state.run || !this.tasksAreDone()) return undefined;
    if (this.resolved(state) === undefined) return SKIPPED.results;
    if (!this.#guardsHold(state)) return SKIPPED.when;
    if (reached(this.deadlines.pipelineAtMs, this.nowMs)) return SKIPPED.pipelineTimeout;
    if (reached(this.deadlines.finallyAtMs, this.nowMs)) return SKIPPED.finallyTimeout;
    return undefined;
  }
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
