/** How far one task of a PipelineRun is. */
import { succeededCondition } from '../../conditions.ts';
import type { PipelineTask } from '../../model/pipeline.ts';
import type { TaskRunSpec, TaskRunStatus } from '../../model/runs.ts';

export const CANCELLED_BY_TIMEOUT =
  'TaskRun cancelled as the PipelineRun it belongs to has timed out.';

export interface ChildRun {
  readonly name: string;
  readonly spec: TaskRunSpec;
  readonly status?: TaskRunStatus;
}

export interface TaskState {
  readonly task: PipelineTask;
  readonly role: 'task' | 'final';
  readonly run: ChildRun | undefined;
}

export function isTask({ role }: TaskState): boolean {
  return role === 'task';
}

export function hasSucceeded({ run }: TaskState): boolean {
  return succeededCondition(run?.status)?.status === 'True';
}

export function hasFailed({ run }: TaskState): boolean {
  return succeededCondition(run?.status)?.status === 'False';
}

export function isRunning(state: TaskState): boolean {
  return state.run !== undefined && !hasSucceeded(state) && !hasFailed(state);
}

export function wasCancelled({ run }: TaskState): boolean {
  const condition = succeededCondition(run?.status);
  return condition?.status === 'False' && condition.reason === 'TaskRunCancelled';
}

export function wasTimedOut(state: TaskState): boolean {
  return wasCancelled(state) && state.run?.spec.statusMessage === CANCELLED_BY_TIMEOUT;
}

/** `$(tasks.<name>.status)` */
export function statusWord(state: TaskState): 'Succeeded' | 'Failed' | 'None' {
  if (hasSucceeded(state)) return 'Succeeded';
  return hasFailed(state) ? 'Failed' : 'None';
}

/** `$(tasks.<name>.reason)` */
export function reasonWord({ run }: TaskState): string {
  return succeededCondition(run?.status)?.reason ?? '';
}
