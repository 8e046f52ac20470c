/** What Tekton's webhook fills in when an object is written, so that everybody reads the same. */

import { formatDuration, parseDuration } from '../base/duration.ts';
import type { DraftObject } from '../kubernetes/store/object.ts';
import type { PipelineSpec, PipelineTask, TaskRef } from './model/pipeline.ts';
import type { PipelineRunSpec, TaskRunSpec, Timeouts } from './model/runs.ts';
import type { ParamSpec, TaskResultSpec, TaskSpec } from './model/task.ts';
import { declaredType } from './params.ts';

/** Tekton's `default-timeout-minutes`, for runs of Pipelines and of Tasks. */
export const DEFAULT_TIMEOUT = '1h0m0s';

const DEFAULT_SERVICE_ACCOUNT = 'default';

export function taskDefaults(draft: DraftObject): DraftObject {
  return withSpec<TaskSpec>(draft, taskSpecDefaults);
}

export function pipelineDefaults(draft: DraftObject): DraftObject {
  return withSpec<PipelineSpec>(draft, pipelineSpecDefaults);
}

export function pipelineRunDefaults(draft: DraftObject): DraftObject {
  return withSpec<PipelineRunSpec>(draft, ({ pipelineSpec, timeouts, ...spec }) => ({
    ...spec,
    ...(pipelineSpec && { pipelineSpec: pipelineSpecDefaults(pipelineSpec) }),
    timeouts: plainTimeouts({ pipeline: DEFAULT_TIMEOUT, ...timeouts }),
    taskRunTemplate: { serviceAccountName: DEFAULT_SERVICE_ACCOUNT, ...spec.taskRunTemplate },
  }));
}

export function taskRunDefaults(draft: DraftObject): DraftObject {
  const { metadata } = draft;
  const labels = { 'app.kubernetes.io/managed-by': 'tekton-pipelines', ...metadata.labels };
  return withSpec<TaskRunSpec>(
    { ...draft, metadata: { ...metadata, labels } },
    ({ taskRef, taskSpec, timeout, ...spec }) => ({
      ...spec,
      serviceAccountName: spec.serviceAccountName ?? DEFAULT_SERVICE_ACCOUNT,
      ...(taskRef && { taskRef: taskRefDefaults(taskRef) }),
      ...(taskSpec && { taskSpec: taskSpecDefaults(taskSpec) }),
      timeout: plain(timeout ?? DEFAULT_TIMEOUT),
    }),
  );
}

function withSpec<Spec>(draft: DraftObject, fill: (spec: Spec) => Spec): DraftObject {
  // Admission has looked at the shape of what clients send; controllers send what they mean.
  return { ...draft, spec: fill((draft.spec ?? {}) as Spec) };
}

function taskSpecDefaults<Spec extends TaskSpec>(spec: Spec): Spec {
  const { params, results } = spec;
  return {
    ...spec,
    ...(params && { params: params.map(paramDefaults) }),
    ...(results && { results: results.map(resultDefaults) }),
  };
}

function paramDefaults(spec: ParamSpec): ParamSpec {
  const { properties } = spec;
  const typed = Object.keys(properties ?? {}).map((key) => [key, { type: 'string' }] as const);
  return {
    ...spec,
    type: declaredType(spec),
    ...(properties && { properties: { ...Object.fromEntries(typed), ...properties } }),
  };
}

function resultDefaults(result: TaskResultSpec): TaskResultSpec {
  return { ...result, type: result.type ?? (result.properties ? 'object' : 'string') };
}

function taskRefDefaults(ref: TaskRef): TaskRef {
  return { kind: 'Task', ...ref };
}

function pipelineSpecDefaults(spec: PipelineSpec): PipelineSpec {
  const { params, tasks, finally: finals } = spec;
  return {
    ...spec,
    ...(params && { params: params.map(paramDefaults) }),
    ...(tasks && { tasks: tasks.map(pipelineTaskDefaults) }),
    ...(finals && { finally: finals.map(pipelineTaskDefaults) }),
  };
}

function pipelineTaskDefaults(task: PipelineTask): PipelineTask {
  const { taskRef, taskSpec, timeout } = task;
  return {
    ...task,
    ...(taskRef && { taskRef: taskRefDefaults(taskRef) }),
    ...(taskSpec && { taskSpec: taskSpecDefaults(taskSpec) }),
    ...(timeout && { timeout: plain(timeout) }),
  };
}

/** Go writes every duration in one way: a minute is always `1m0s`. */
function plain(duration: string): string {
  const milliseconds = parseDuration(duration);
  return milliseconds === undefined ? duration : formatDuration(milliseconds);
}

function plainTimeouts(timeouts: Timeouts): Timeouts {
  return Object.fromEntries(
    Object.entries(timeouts).map(([phase, timeout]) => [phase, plain(timeout)]),
  );
}
