/** Tekton's kinds, in both versions that a stock install serves. */
import type { Kind } from '../api/kind.ts';

export const PIPELINES: Kind = {
  group: 'tekton.dev',
  versions: ['v1', 'v1beta1'],
  kind: 'Pipeline',
  plural: 'pipelines',
  singular: 'pipeline',
  scope: 'Namespaced',
  categories: ['tekton', 'tekton-pipelines'],
  generation: 'counted',
};

export const PIPELINE_RUNS: Kind = {
  group: 'tekton.dev',
  versions: ['v1', 'v1beta1'],
  kind: 'PipelineRun',
  plural: 'pipelineruns',
  singular: 'pipelinerun',
  scope: 'Namespaced',
  shortNames: ['pr', 'prs'],
  categories: ['tekton', 'tekton-pipelines'],
  subresources: ['status'],
  generation: 'counted',
};

export const TASKS: Kind = {
  group: 'tekton.dev',
  versions: ['v1', 'v1beta1'],
  kind: 'Task',
  plural: 'tasks',
  singular: 'task',
  scope: 'Namespaced',
  categories: ['tekton', 'tekton-pipelines'],
  generation: 'counted',
};

export const TASK_RUNS: Kind = {
  group: 'tekton.dev',
  versions: ['v1', 'v1beta1'],
  kind: 'TaskRun',
  plural: 'taskruns',
  singular: 'taskrun',
  scope: 'Namespaced',
  shortNames: ['tr', 'trs'],
  categories: ['tekton', 'tekton-pipelines'],
  subresources: ['status'],
  generation: 'counted',
};
