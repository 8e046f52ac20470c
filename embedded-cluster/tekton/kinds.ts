/** Tekton's kinds, in both versions that a stock install serves. */

import type { Kind } from '../kubernetes/definitions/kind.ts';
import {
  convertPipeline,
  convertPipelineRun,
  convertTask,
  convertTaskRun,
} from './conversion/convert.ts';
import {
  pipelineDefaults,
  pipelineRunDefaults,
  taskDefaults,
  taskRunDefaults,
} from './defaults.ts';

export const PIPELINES: Kind = {
  group: 'tekton.dev',
  versions: ['v1', 'v1beta1'],
  kind: 'Pipeline',
  plural: 'pipelines',
  singular: 'pipeline',
  scope: 'Namespaced',
  categories: ['tekton', 'tekton-pipelines'],
  subresources: ['status'],
  origin: 'custom',
  generation: 'counted',
  defaults: pipelineDefaults,
  convert: convertPipeline,
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
  origin: 'custom',
  generation: 'counted',
  defaults: pipelineRunDefaults,
  convert: convertPipelineRun,
};

export const TASKS: Kind = {
  group: 'tekton.dev',
  versions: ['v1', 'v1beta1'],
  kind: 'Task',
  plural: 'tasks',
  singular: 'task',
  scope: 'Namespaced',
  categories: ['tekton', 'tekton-pipelines'],
  subresources: ['status'],
  origin: 'custom',
  generation: 'counted',
  defaults: taskDefaults,
  convert: convertTask,
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
  origin: 'custom',
  generation: 'counted',
  defaults: taskRunDefaults,
  convert: convertTaskRun,
};

export const TEKTON_KINDS: readonly Kind[] = [PIPELINES, PIPELINE_RUNS, TASKS, TASK_RUNS];
