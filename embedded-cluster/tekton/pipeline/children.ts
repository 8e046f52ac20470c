/** The TaskRuns of a PipelineRun: how far they are, how they are started and how they are cancelled. */

import { controllerOf } from '../../kubernetes/controllers/owners.ts';
import { ApiFailure } from '../../kubernetes/definitions/failure.ts';
import type { World } from '../../kubernetes/world.ts';
import { taskRuns, tasks } from '../collections.ts';
import type { PipelineTask } from '../model/pipeline.ts';
import type { PipelineRun } from '../model/runs.ts';
import type { TaskSpec } from '../model/task.ts';
import { taskBindings } from '../workspaces/bindings.ts';
import type { Cancellation, Start } from './decision/decide.ts';
import { taskRunDraft, taskRunName } from './tasks/task-run.ts';
import type { ChildRun, TaskState } from './tasks/task-state.ts';
import { contextVariables, nameOfPipeline, pipelineParams } from './variables.ts';

export function statesOf(world: World, run: PipelineRun): TaskState[] {
  const { tasks: first = [], finally: last = [] } = run.status?.pipelineSpec ?? {};
  const stateOf = (task: PipelineTask, role: TaskState['role']): TaskState => ({
    task,
    role,
    run: childOf(world, run, taskRunName(run, task.name)),
  });
  return [
    ...first.map((task) => stateOf(task, 'task')),
    ...last.map((task) => stateOf(task, 'final')),
  ];
}

function childOf(world: World, run: PipelineRun, name: string): ChildRun | undefined {
  const child = taskRuns(world).get(run.metadata.namespace, name);
  if (!child || controllerOf(child)?.uid !== run.metadata.uid) return undefined;
  const { spec, status } = child;
  return { name, spec, ...(status && { status }) };
}

/** The Task that a task of the run's Pipeline is, wherever it is written down. */
export function specOfTask(world: World, run: PipelineRun, name: string): TaskSpec | undefined {
  const task = tasksOf(run).find((other) => other.name === name);
  return (
    task?.taskSpec ?? tasks(world).get(run.metadata.namespace, task?.taskRef?.name ?? '')?.spec
  );
}

function tasksOf({ status }: PipelineRun): readonly PipelineTask[] {
  return [...(status?.pipelineSpec?.tasks ?? []), ...(status?.pipelineSpec?.finally ?? [])];
}

export function cancelChild(
  world: World,
  run: PipelineRun,
  { taskRun, message }: Cancellation,
): void {
  const child = taskRuns(world).get(run.metadata.namespace, taskRun);
  if (!child) return;
  const spec = { ...child.spec, status: 'TaskRunCancelled', statusMessage: message } as const;
  taskRuns(world).update({ ...child, spec });
}

/** Starts a task. What the API will never accept is a fault; anything else may be tried again. */
export function startFault(
  world: World,
  run: PipelineRun,
  { task, role }: Start,
): string | undefined {
  const pipeline = run.status?.pipelineSpec ?? { tasks: [] };
  const spec = specOfTask(world, run, task.name) ?? { steps: [] };
  const layers = [pipelineParams(pipeline, run), contextVariables(nameOfPipeline(run), run)];
  const bound = taskBindings(task, spec, run, layers);
  if ('fault' in bound) return bound.fault;
  try {
    taskRuns(world).create(taskRunDraft(run, task, role, bound.bindings));
    return undefined;
  } catch (failure) {
    if (failure instanceof ApiFailure && NEVER_ACCEPTED.has(failure.reason)) return failure.message;
    throw failure;
  }
}

const NEVER_ACCEPTED: ReadonlySet<string> = new Set(['Invalid', 'BadRequest', 'AlreadyExists']);
